"""The verb heartbeat: who makes backups reports one."""

from __future__ import annotations

import asyncio
import math
from pathlib import Path
from typing import Any

import click

from slawatch import logs
from slawatch.account import Copies
from slawatch.cli.asking import ask_daemon
from slawatch.cli.options import by_option, config_option, instant, zone_of
from slawatch.cli.refusal import NotStarted
from slawatch.clock import now
from slawatch.config import Config, load
from slawatch.model import SECOND, BeatKind, Instant, Outcome
from slawatch.rules.calendar import text
from slawatch.store import StoreError, open_store
from slawatch.web import beat_of


class _Seconds(click.FloatRange):
    """A length of time; what is no number is none."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        seconds = super().convert(value, param, ctx)
        if math.isnan(seconds):
            self.fail(f"expected seconds, got {value!r}", param, ctx)
        return seconds


_SECONDS = _Seconds(0, 1e9)


@click.command(
    short_help="Report that a backup or a restore was made.",
    epilog="""\b
Examples:
  slawatch heartbeat db1 --kind hourly --duration 95
  slawatch heartbeat db1 --kind replica --lag 0.4
  slawatch heartbeat vm --kind restore --failed
""",
)
@config_option
@click.argument("source")
@click.option("--kind", type=click.Choice([str(one) for one in BeatKind]), required=True, help="What is reported.")
@click.option("--failed", is_flag=True, help="It was tried, and failed.")
@click.option("--retired", is_flag=True, help="From now on nothing is expected of it any more.")
@click.option("--lag", type=_SECONDS, help="How many seconds the replica is behind.")
@click.option("--duration", type=_SECONDS, help="How many seconds the copy or the restore took.")
@click.option("--at", "written", help="When the copy was made; without it: now.")
@by_option
def heartbeat(
    config_path: Path,
    *,
    source: str,
    kind: str,
    failed: bool,
    retired: bool,
    lag: float | None,
    duration: float | None,
    written: str | None,
    by: str,
) -> None:
    """Report a copy that was made, how a replica stands, or a restore that was tried.

    SOURCE is the name of what is copied, or of where to.
    """
    if failed and retired:
        raise click.UsageError("expected --failed or --retired, one of them")
    config = load(config_path)
    outcome = Outcome.FAILED if failed else Outcome.RETIRED if retired else Outcome.GOOD
    at = None if written is None else instant("--at", written, zone_of(config))
    logs.set_up(level="error")
    facts = {"kind": BeatKind(kind), "outcome": outcome, "lag_seconds": lag, "duration_seconds": duration}
    told = asyncio.run(_told(config, source, by, at, facts))
    click.echo(f"{source} {kind} at {told['at']}{'' if told['new'] else ': was reported before'}")


async def _told(config: Config, source: str, by: str, at: Instant | None, facts: dict[str, Any]) -> Any:
    path, body = beat_of(source, by, at=None if at is None else text(at), **facts)
    told = await ask_daemon(Path(config.web.socket), path, body)
    if told is not None:
        return told
    lag, duration = (
        None if seconds is None else round(seconds * SECOND)
        for seconds in (facts["lag_seconds"], facts["duration_seconds"])
    )
    try:
        async with open_store(config.store, write=True) as store:
            copies = Copies(store, now)
            return await copies.beat(
                source, facts["kind"], by, outcome=facts["outcome"], at=at, lag=lag, duration=duration
            )
    except StoreError as error:
        raise NotStarted(f"no daemon answers at {config.web.socket}, and {error}") from error
