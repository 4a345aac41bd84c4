"""The verbs about figures: replay, report, export-observations."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from slawatch import recorded
from slawatch.account import observations as observations_of
from slawatch.app.ledgered import declared, promised
from slawatch.cli.options import config_option, json_format
from slawatch.cli.refusal import BadInput
from slawatch.config import Config, load
from slawatch.model import DAY, Exclusion, Instant
from slawatch.replay import BadSpan, span
from slawatch.replay import replay as replayed
from slawatch.rules.agreed import Agreed
from slawatch.rules.calendar import parse
from slawatch.rules.document import Document
from slawatch.rules.statement import Span
from slawatch.store import Store, StoreError, open_store


@click.command(
    short_help="Compute a statement from recorded looks.",
    epilog="""\b
Examples:
  slawatch replay --month 2026-03 --customer duinzicht --observations observations.jsonl
  zcat march.jsonl.gz | slawatch replay --month 2026-03 --customer duinzicht --observations -
""",
)
@config_option
@click.option("--month", required=True, help="The calendar month, as 2026-03, in the agreement's zone.")
@click.option("--customer", required=True, help="The customer's id.")
@click.option(
    "--observations", "observations_path", required=True, help="Recorded observations, as JSON lines; - is stdin."
)
@click.option(
    "--exclusions", "exclusions_path", help="Declared exclusions, as JSON lines, instead of the configuration's."
)
@click.option("--until", help="Judge the month only as far as this time, as 2026-03-20T12:00:00Z.")
@json_format
def replay(
    config_path: Path,
    month: str,
    customer: str,
    observations_path: str,
    exclusions_path: str | None,
    until: str | None,
) -> None:
    """Compute a statement from recorded observations, with the very rules of the daemon; never reads the clock."""
    if observations_path == exclusions_path == "-":
        raise BadInput("--observations and --exclusions: only one of them can be stdin")
    config = load(config_path)
    terms = config.customer(customer).terms()
    every = {one.id: one.terms() for one in config.customers}
    limit = None if until is None else _until(until)
    which = _span(month, terms.timezone, limit)
    if exclusions_path is None:
        declared: Iterable[Exclusion] = config.exclusions(customer, which.period.ends + DAY)
    else:
        declared = recorded.exclusions(_lines(exclusions_path), _name(exclusions_path), customer, every)
    seen = recorded.observations(_lines(observations_path), _name(observations_path), customer, every)
    _print(replayed(Agreed.always(terms), which, seen, tuple(declared), until=limit))


@click.command(
    "export-observations",
    short_help="Write a month's looks as JSON lines.",
    epilog="""\b
Examples:
  slawatch export-observations duinzicht 2026-10 > observations.jsonl
""",
)
@config_option
@click.argument("customer")
@click.argument("month")
def export_observations(config_path: Path, customer: str, month: str) -> None:
    """Write a customer's observations of a month, with their context, as JSON lines that replay reads."""
    asyncio.run(_export(load(config_path), customer, month))


@click.command(
    "export-exclusions",
    short_help="Write what may be left out of a month as JSON lines.",
    epilog="""\b
Examples:
  slawatch export-exclusions duinzicht 2026-10 > exclusions.jsonl
""",
)
@config_option
@click.argument("customer")
@click.argument("month")
def export_exclusions(config_path: Path, customer: str, month: str) -> None:
    """Write the windows and the force majeure of a customer that meet a month, as JSON lines that replay reads."""
    asyncio.run(_export(load(config_path), customer, month, exclusions=True))


async def _export(config: Config, customer: str, month: str, *, exclusions: bool = False) -> None:
    _span(month, config.agreement.timezone, None)  # what no month is needs no store to say so
    try:
        async with open_store(config.store, write=False) as store:
            agreed = await promised(store, config, customer)
            which = _span(month, agreed.latest.timezone, None)
            if exclusions:
                await _write_exclusions(store, config, customer, which)
            else:
                for observation in await observations_of(store, agreed, which.period.starts, which.as_of):
                    sys.stdout.write(recorded.line(observation) + "\n")
    except StoreError as error:
        config.customer(customer)  # who is nowhere is named first
        raise BadInput(str(error)) from error


async def _write_exclusions(store: Store, config: Config, customer: str, which: Span) -> None:
    for one in await declared(store, config, customer, which.period.ends):
        if one.starts < which.period.ends and which.period.starts < one.ends:
            sys.stdout.write(recorded.exclusion_line(one) + "\n")


def _span(written: str, timezone: str, until: Instant | None) -> Span:
    try:
        return span(written, ZoneInfo(timezone), until)
    except BadSpan as error:
        raise BadInput(str(error)) from error


def _until(written: str) -> Instant:
    try:
        return parse(written)
    except ValueError as error:
        raise BadInput(f"--until: {error}") from error


def _name(path: str) -> str:
    return "stdin" if path == "-" else path


def _lines(path: str) -> Iterable[bytes]:
    if path == "-":
        yield from sys.stdin.buffer
        return
    try:
        with Path(path).open("rb") as file:
            yield from file
    except OSError as error:
        raise BadInput(f"{path}: cannot be read: {error.strerror}") from error


def _print(document: Document) -> None:
    click.echo(json.dumps(document, indent=2, ensure_ascii=False))
