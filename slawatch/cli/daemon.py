"""The verbs about the running daemon: run, demo, status."""

from __future__ import annotations

import asyncio
import json
import math
import os
import shutil
import signal
import sys
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from slawatch import logs
from slawatch.account import agreed, in_force_or, standing_of, summary
from slawatch.app import daemon
from slawatch.cli.asking import ask_daemon
from slawatch.cli.options import config_option
from slawatch.cli.refusal import NotStarted
from slawatch.cli.standings import show
from slawatch.clock import now
from slawatch.config import AHEAD, Config, load
from slawatch.demo.child import DemoError
from slawatch.demo.run import DIRECTORY, PORT
from slawatch.demo.run import demo as demonstrate
from slawatch.demo.visitor import admit
from slawatch.store import StoreError, open_store

#: Seconds of a year: who wants more wants no end.
LONGEST_DEMO = 366 * 86_400


@click.command(
    epilog="""\b
Examples:
  slawatch run
  slawatch run --config /etc/slawatch/slawatch.yaml --log-level debug

SIGHUP reads the configuration again; SIGTERM ends within five seconds."""
)
@config_option
@click.option(
    "--log-level",
    type=click.Choice(["debug", "info", "warning", "error"]),
    default="info",
    show_default=True,
    envvar="SLAWATCH_LOG_LEVEL",
    help="How much to log on stderr.",
)
def run(config_path: Path, log_level: str) -> None:
    """Keep watch until told to stop."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # at the start it is read anyway, and at the end no more
    logs.set_up(level=log_level)
    asyncio.run(_watch(config_path))


async def _watch(config_path: Path) -> None:
    status = await daemon.run(config_path)
    # Everything is taken down. What may be left are threads that wait for a name server that never answers; Python
    # would wait for them, and SIGTERM promises an end within five seconds.
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):  # a full disk or a reader that has gone
            stream.flush()
    os._exit(status)


def called_as(path: Path, found: str | None, folder: Path) -> str:
    """How to call slawatch again from `folder`: by its name where that is `found`, else by the path that started it."""
    if path.name != "slawatch" or (found is not None and path.samefile(found)):
        return "slawatch"
    return str(path.relative_to(folder) if path.is_relative_to(folder) else path)


@click.command(
    short_help="Watch a stand-in for Tommy, with switches.",
    epilog="""\b
Examples:
  slawatch demo
  slawatch demo --keep --directory /tmp/demo
""",
)
@click.option(
    "--directory", type=click.Path(path_type=Path), default=DIRECTORY, show_default=True, help="Where its files go."
)
@click.option("--keep", is_flag=True, help="Go on with the store of the last demo.")
@click.option("--seconds", type=click.FloatRange(0, LONGEST_DEMO), help="End by itself after so many seconds.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=PORT,
    show_default=True,
    help="First port of the stand-in; 0 takes any.",
)
def demo(directory: Path, keep: bool, seconds: float | None, port: int) -> int:
    """Watch a bundled stand-in for Tommy, with switches for its faults and a mail sink."""
    if seconds is not None and math.isnan(seconds):
        raise click.BadParameter("expected a number of seconds", param_hint="--seconds")
    logs.set_up(level="error")
    duration = None if seconds is None else timedelta(seconds=seconds)
    command = called_as(Path(sys.argv[0]), shutil.which("slawatch"), Path.cwd())
    try:
        return asyncio.run(
            demonstrate(
                daemon.run, directory=directory, keep=keep, duration=duration, port=port, command=command, admit=admit
            )
        )
    except DemoError as error:
        raise NotStarted(str(error)) from error


@click.command(
    short_help="Show how every customer stands.",
    epilog="""\b
Examples:
  slawatch status
  slawatch status --json | jq '.customers[].state'
""",
)
@config_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
@click.argument("customer", required=False)
def status(config_path: Path, as_json: bool, customer: str | None) -> None:
    """Show how every customer stands: now, this month, and what did not count and why.

    Asks the running daemon; without one, the ledger.
    """
    config = load(config_path)
    if customer is not None:
        config.customer(customer)
    told = asyncio.run(_status(config))
    if customer is not None:
        told["customers"] = [one for one in told["customers"] if one["customer"] == customer]
    if as_json:
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
    else:
        show(told, detailed=customer is not None)


async def _status(config: Config) -> dict[str, Any]:
    socket = Path(config.web.socket)
    live = await ask_daemon(socket, "/api/v1/status")
    if live is None:
        return await _from_ledger(config)
    try:
        return _standings(live)
    except ValueError as error:
        raise NotStarted(f"{socket}: what answers there is not slawatch; set web.socket to another path") from error


def _standings(told: Any) -> dict[str, Any]:
    """What was told, if it has the shape of a status. Raises ValueError."""
    customers = (
        told["customers"] if isinstance(told, dict) and {"running", "outbox", "customers"} <= told.keys() else None
    )
    if not isinstance(customers, list) or any(
        not isinstance(one, dict) or not {"customer", "state", "checks", "month"} <= one.keys() for one in customers
    ):
        raise ValueError("no status")
    return dict(told)


async def _from_ledger(config: Config) -> dict[str, Any]:
    at = now()
    try:
        async with open_store(config.store, write=False) as store:
            customers = [
                await standing_of(
                    store,
                    one.name,
                    await agreed(store, one.id, one.terms()),
                    await in_force_or(store, one.id, config.exclusions(one.id, at + AHEAD)),
                    at,
                )
                for one in config.customers
            ]
            counts = await store.message_counts()
    except StoreError as error:
        raise NotStarted(f"no daemon answers at {config.web.socket}, and {error}") from error
    return {
        "running": False,
        "customers": customers,
        "summary": summary(customers),
        "outbox": {str(state): number for state, number in counts.items()},
    }
