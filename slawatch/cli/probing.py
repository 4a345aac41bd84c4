"""The verb probe: one look, told to a person."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import click
from rich.table import Table

from slawatch import logs
from slawatch.browser import NoBrowser, open_engine
from slawatch.cli.options import config_option
from slawatch.cli.refusal import BadInput, NotStarted
from slawatch.cli.streams import Screen
from slawatch.clock import now
from slawatch.config import Config, Customer, load
from slawatch.model import Look, Verdict
from slawatch.probes import build, open_tools
from slawatch.store import StoreError, open_store

STYLES = {Verdict.UP: "green", Verdict.DOWN: "bold red", Verdict.UNKNOWN: "yellow"}


@click.command(
    short_help="Look once at a page and tell what was seen.",
    epilog="""\b
Examples:
  slawatch probe duinzicht dashboard
  slawatch probe duinzicht http --json
""",
)
@config_option
@click.option("--json", "as_json", is_flag=True, help="Print the look as JSON.")
@click.argument("customer")
@click.argument("page")
def probe(config_path: Path, as_json: bool, customer: str, page: str) -> None:
    """Look once at a customer's PAGE (or `http`), as the daemon would, and tell what was seen. Records nothing."""
    logs.set_up(level="error")
    config = load(config_path)
    one = config.customer(customer)
    if page not in one.checks:
        raise BadInput(f"{customer} has no page {page!r}: expected one of {', '.join(one.checks)}")
    if one.credentials is not None:
        one.credentials.password.reveal()  # a secret that cannot be read is told before a browser starts
    look = asyncio.run(_look(config, one, page))
    if as_json:
        click.echo(json.dumps(_document(look), indent=2, ensure_ascii=False))
    else:
        _show(look, f"{one.name}, {page}")


async def _look(config: Config, customer: Customer, page: str) -> Look:
    try:
        async with open_engine(config.monitor.browser) as engine, open_tools(engine, config.monitor) as tools:
            return await build(customer, page, tools, seen_ready=await _seen_ready(config, customer, page)).look()
    except NoBrowser as error:
        raise NotStarted(str(error)) from error


async def _seen_ready(config: Config, customer: Customer, page: str) -> bool:
    """Whether the page was ever up by the ledger: if not, the selector may be at fault. Without a ledger: never."""
    try:
        async with open_store(config.store, write=False) as store:
            return await store.last_up(customer.id, page, now()) is not None
    except StoreError:
        return False


def _document(look: Look) -> dict[str, object]:
    return {
        "verdict": str(look.verdict),
        "cause": None if look.cause is None else str(look.cause),
        "seconds": None if look.milliseconds is None else look.milliseconds / 1000,
        "phases": {name: round(length / 1000, 6) for name, length in look.phases.items()},
        "facts": dict(look.facts),
    }


def _show(look: Look, what: str) -> None:
    console = Screen()
    took = "" if look.milliseconds is None else f" after {look.milliseconds / 1000:.3f} s"
    cause = "" if look.cause is None else f", {look.cause}"
    console.print(f"{what}: ", end="")
    console.print(f"{look.verdict}{took}{cause}", style=STYLES[look.verdict])
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column()
    table.add_column(justify="right")
    for name, length in look.phases.items():
        table.add_row(f"  {name}", f"{length / 1000:.3f} s")
    console.print(table)
    for name, value in look.facts.items():
        said = ("yes" if value else "no") if isinstance(value, bool) else value
        console.print(f"  {name}: {said}", markup=False)
