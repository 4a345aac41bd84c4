"""Asking the running daemon through its Unix socket; and the desk itself, where no daemon runs."""

from __future__ import annotations

import asyncio
import errno
import json
from collections.abc import Awaitable, Callable, Collection, Mapping
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from typing import Any

import aiohttp
import click
from yarl import URL

from slawatch import logs
from slawatch.account import Closing, Desk
from slawatch.app.mailing import all_recipients, all_summary_readers
from slawatch.cli.refusal import BadInput, NotStarted
from slawatch.clock import now
from slawatch.config import Config
from slawatch.model import DeclarationKind
from slawatch.rules.choices import choices
from slawatch.rules.wishes import Wish
from slawatch.store import Actor, Audited, Deed, Store, StoreError, Way, open_store
from slawatch.web import request_of

ANSWER_SECONDS = 10.0
#: So many rows a list has on a page at most.
PAGE = 1000


async def ask_daemon(socket: Path, path: str, body: Mapping[str, Any] | None = None) -> Any | None:
    """What the daemon answers to a GET of `path`, or a POST of `body`; None when none is running.

    Raises BadInput for what it refuses, NotStarted where no answer comes or none that slawatch gives.
    """
    timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
    method = "GET" if body is None else "POST"
    try:
        async with (
            aiohttp.ClientSession(connector=aiohttp.UnixConnector(str(socket)), timeout=timeout) as session,
            session.request(method, URL(f"http://slawatch{path}", encoded=True), data=_written(body)) as answer,
        ):
            if answer.content_type == "application/problem+json":
                raise _problem(await answer.json(content_type=None))
            if answer.status != HTTPStatus.OK:
                raise NotStarted(f"{socket}: the daemon answers {answer.status}; its log says why")
            return await answer.json(content_type=None)
    except aiohttp.ClientConnectorError as error:
        if error.os_error.errno == errno.EACCES:
            raise NotStarted(f"{socket}: the daemon speaks only to its own user; ask as that user") from error
        return None
    except TimeoutError as error:
        raise NotStarted(f"{socket}: the daemon does not answer within {ANSWER_SECONDS:g} s") from error
    except (aiohttp.ClientError, ValueError) as error:
        raise NotStarted(f"{socket}: what answers there is not slawatch; set web.socket to another path") from error


def _written(body: Mapping[str, Any] | None) -> aiohttp.Payload | None:
    """JSON, sent piece by piece: it may be long."""
    if body is None:
        return None
    return aiohttp.BytesIOPayload(BytesIO(json.dumps(body).encode()), content_type="application/json")


async def ask_for_all(socket: Path, path: str, name: str, most: int | None = None) -> list[Any] | None:
    """All rows of a list of the daemon's, or so many; page by page. Raises as `ask_daemon`, and gives None as that."""
    rows: list[Any] = []
    place: dict[str, Any] = {}
    while most is None or len(rows) < most:
        limit = PAGE if most is None else min(PAGE, most - len(rows))
        told = await ask_daemon(socket, str(URL(path, encoded=True).update_query(place | {"limit": limit})))
        if told is None:
            return None
        rows += told[name]
        place = {"cursor": told["next"]}
        if told["next"] is None:
            break
    return rows


def _problem(told: Mapping[str, Any]) -> Exception:
    detail = str(told["detail"])
    return NotStarted(detail) if told["status"] == HTTPStatus.SERVICE_UNAVAILABLE else BadInput(detail)


def declare(config: Config, wish: Wish) -> str:
    """Declare what is wished, its warnings on stderr; gives the id. Raises BadInput, Refused, NotStarted."""
    logs.set_up(level="error")
    told = asyncio.run(_declare(config, wish))
    for warning in told["warnings"]:
        click.echo(f"warning: {warning}", err=True)
    return str(told["id"])


async def _declare(config: Config, wish: Wish) -> Any:
    path, body = request_of(wish)
    told = await ask_daemon(Path(config.web.socket), path, body)
    if told is not None:
        return told
    return await _at_the_desk(config, lambda desk: desk.ask(wish), path=path, by=str(body["by"]))


def listed(config: Config, name: str) -> list[dict[str, Any]]:
    """The daemon's list of this name, or without a daemon the ledger's. Raises NotStarted."""
    return asyncio.run(_listed(config, name))


async def _listed(config: Config, name: str) -> list[dict[str, Any]]:
    told = await ask_for_all(Path(config.web.socket), f"/api/v1/{name}", name)
    if told is not None:
        return told
    lists: dict[str, Callable[[Desk], Awaitable[list[dict[str, Any]]]]] = {
        "maintenance": Desk.maintenance,
        "exclusions": Desk.exclusions,
        "outages": Desk.outages,
    }
    found: list[dict[str, Any]] = await _at_the_desk(config, lists[name])
    return found


async def note_declared(store: Store, path: str, subject: str, by: str) -> None:
    """Put into the audit list what a daemon would put there, had it been asked at `path`."""
    line = Audited(now(), Actor(by, Way.STORE), Deed.DECLARED, subject, {"request": path})
    await store.people.note(line)


async def _at_the_desk(
    config: Config, use: Callable[[Desk], Awaitable[Any]], *, path: str = "", by: str | None = None
) -> Any:
    """The store's lock is ours meanwhile: where a daemon holds it, this is refused. `by`: who changes something."""
    terms = {one.id: one.terms() for one in config.customers}
    try:
        async with open_store(config.store, write=by is not None) as store:
            chose = choices(await store.declarations(kind=DeclarationKind.CONTACT_CHOSE))
            mailed, readers = all_recipients(config, chose), all_summary_readers(config, chose)

            async def revise(customers: Collection[str]) -> None:
                for customer in customers:
                    await Closing(store, now, readers=readers).revise(customer)

            told = await use(Desk(store, now, lambda: terms, revise, lambda: mailed))
            if by is not None:
                await note_declared(store, path, str(told["id"]), by)
            return told
    except StoreError as error:
        raise NotStarted(f"no daemon answers at {config.web.socket}, and {error}") from error
