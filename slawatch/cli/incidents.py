"""The verb incidents: what customers reported to the service desk, taken from its export, and what is overdue."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import click

from slawatch import logs, recorded
from slawatch.account import Helpdesk
from slawatch.cli.asking import ask_daemon, ask_for_all, note_declared
from slawatch.cli.listing import Shown, plain, show, time
from slawatch.cli.options import by_option, config_option, customer_filter, json_flag, of_customer, zone_of, zones
from slawatch.cli.refusal import BadInput, NotStarted
from slawatch.clock import now
from slawatch.config import Config, load
from slawatch.model import Incident
from slawatch.store import Store, StoreError, open_store
from slawatch.web import INCIDENTS, MOST_INCIDENTS, import_of


@click.group(
    "incidents",
    no_args_is_help=False,
    short_help="Take in the service desk's incidents; list them.",
    epilog="""\b
Examples:
  slawatch incidents import incidents.csv
  slawatch incidents list
""",
)
def incidents_verbs() -> None:
    """Take in what customers reported to the service desk, and list what is open and overdue."""


@incidents_verbs.command(
    "import",
    epilog="""\b
Examples:
  slawatch incidents import incidents.csv
  cat incidents.jsonl | slawatch incidents import - --source zendesk
""",
)
@config_option
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True, dir_okay=False, readable=False))
@click.option("--source", help="Where they come from; without it: the file's name.")
@click.option("--skip-unknown", is_flag=True, help="Leave out incidents of customers that are not configured.")
@by_option
def import_incidents(config_path: Path, *, file: Path, source: str | None, skip_unknown: bool, by: str) -> None:
    """Take in how incidents stand, from a table (CSV) or lines of JSON: all of them, or none where one is wrong."""
    config = load(config_path)
    name = "stdin" if file == Path("-") else str(file)
    found, skipped = recorded.incidents(_read(file, name), name, _desk(config), skip_unknown=skip_unknown)
    if len(found) > MOST_INCIDENTS:
        raise BadInput(f"{name}: {len(found)} incidents, expected at most {MOST_INCIDENTS} at once; split it")
    logs.set_up(level="error")
    told = asyncio.run(_taken_in(config, found, source or Path(name).name, by))
    left_out = f"; {skipped} of others left out" if skipped else ""
    click.echo(f"{name}: {told['new']} new, {told['changed']} changed, {told['same']} the same{left_out}")


@incidents_verbs.command(
    "list",
    epilog="""\b
Examples:
  slawatch incidents list --customer duinzicht
  slawatch incidents list --all --json | jq '.[] | select(.in_time == false)'
""",
)
@config_option
@customer_filter
@click.option("--all", "everything", is_flag=True, help="Also those that are solved.")
@json_flag
def list_incidents(config_path: Path, customer: str | None, *, everything: bool, as_json: bool) -> None:
    """List the incidents that are not solved: the overdue first, then by when each is due."""
    config = load(config_path)
    found = asyncio.run(_listed(config, everything=everything))
    found.sort(key=lambda row: (not row["overdue"], row["due"] is None, row["due"] or row["opened"]))
    zone = zones(config)
    columns = (
        ("customer", plain("customer")),
        ("id", plain("id")),
        ("priority", plain("priority")),
        ("opened", time("opened", zone)),
        ("due", time("due", zone)),
        ("", _standing),
        ("subject", plain("subject")),
    )
    show(of_customer(config, customer, found), columns, as_json=as_json)


def _standing(row: Shown) -> str:
    if row["overdue"]:
        return "overdue"
    if row["solved"] is not None:
        return "solved late" if row["in_time"] is False else "solved"
    return "answered" if row["answered"] is not None else ""


def _read(file: Path, name: str) -> bytes:
    if file == Path("-"):
        return sys.stdin.buffer.read()
    try:
        return file.read_bytes()
    except OSError as error:
        raise BadInput(f"{name}: cannot be read: {error.strerror}") from error


def _desk(config: Config) -> recorded.Desk:
    names = {one.name.strip().lower(): one.id for one in config.customers}
    return recorded.Desk(names | {one.id: one.id for one in config.customers}, lambda one: zone_of(config, one), now())


async def _taken_in(config: Config, found: Sequence[Incident], source: str, by: str) -> Any:
    path, body = import_of(found, source, by)
    told = await ask_daemon(Path(config.web.socket), path, body)
    if told is not None:
        return told

    async def take_in(store: Store, helpdesk: Helpdesk) -> Any:
        done = await helpdesk.take_in(found, source, by)
        await note_declared(store, path, "", by)
        return done

    return await _in_the_store(config, take_in, write=True)


async def _listed(config: Config, *, everything: bool) -> list[Shown]:
    path = INCIDENTS if everything else f"{INCIDENTS}?open=true"
    told = await ask_for_all(Path(config.web.socket), path, "incidents")
    if told is not None:
        return told

    async def find(_store: Store, helpdesk: Helpdesk) -> Any:
        return (await helpdesk.incidents(solved=None if everything else False))[0]

    found: list[Shown] = await _in_the_store(config, find, write=False)
    return found


async def _in_the_store(config: Config, use: Callable[[Store, Helpdesk], Awaitable[Any]], *, write: bool) -> Any:
    """The store's lock is ours meanwhile: where a daemon holds it, this is refused."""
    terms = {one.id: one.terms() for one in config.customers}
    try:
        async with open_store(config.store, write=write) as store:
            return await use(store, Helpdesk(store, now, lambda: terms))
    except StoreError as error:
        raise NotStarted(f"no daemon answers at {config.web.socket}, and {error}") from error
