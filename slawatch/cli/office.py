"""Users, tokens and the audit list as verbs reach them: through the running daemon, or in the store where none runs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from slawatch import logs
from slawatch.cli.asking import ask_daemon, ask_for_all
from slawatch.cli.refusal import NotStarted
from slawatch.clock import now
from slawatch.config import Config
from slawatch.people import Hasher, Office
from slawatch.store import Actor, StoreError, Way, open_store

#: What is asked of an office, by whom.
Ask = Callable[[Office, Actor], Awaitable[Any]]


def change(config: Config, path: str, body: Mapping[str, Any], ask: Ask) -> Any:
    """What the daemon answers to a POST, or else `ask` gives; `body` has `by`. Raises BadInput, Refused, NotStarted."""
    logs.set_up(level="error")
    return asyncio.run(_change(config, path, body, ask))


async def _change(config: Config, path: str, body: Mapping[str, Any], ask: Ask) -> Any:
    told = await ask_daemon(Path(config.web.socket), path, body)
    if told is not None:
        return told
    return await _in_the_store(config, lambda office: ask(office, Actor(str(body["by"]), Way.STORE)), write=True)


def listed(
    config: Config, path: str, ask: Callable[[Office], Awaitable[Any]], most: int | None = None, **query: Any
) -> list[dict[str, Any]]:
    """The rows of a list, or so many; `query`: what is asked of it. Raises BadInput, NotStarted."""
    name = path.rpartition("/")[2]
    asked = {key: value for key, value in query.items() if value is not None}

    async def find() -> Any:
        told = await ask_for_all(Path(config.web.socket), f"{path}?{urlencode(asked)}", name, most)
        return told if told is not None else await _in_the_store(config, ask, write=False)

    return list(asyncio.run(find()))


async def _in_the_store(config: Config, ask: Callable[[Office], Awaitable[Any]], *, write: bool) -> Any:
    """The store's lock is ours meanwhile: where a daemon holds it, this is refused."""
    try:
        async with open_store(config.store, write=write) as store:
            return await ask(Office(store.people, now, Hasher()))
    except StoreError as error:
        raise NotStarted(f"no daemon answers at {config.web.socket}, and {error}") from error
