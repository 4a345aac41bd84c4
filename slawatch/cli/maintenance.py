"""The verb maintenance: announce, list, end, cancel and move windows."""

from __future__ import annotations

from pathlib import Path

import click

from slawatch.cli.asking import declare, listed
from slawatch.cli.listing import left_out, plain, show, time
from slawatch.cli.options import (
    by_option,
    config_option,
    customer_filter,
    instant,
    json_flag,
    of_customer,
    zone_of,
    zones,
)
from slawatch.config import load
from slawatch.model import Reason
from slawatch.rules.wishes import ALL, Announce, Cancel, End, Move


@click.group(
    no_args_is_help=False,
    short_help="Announce maintenance, and say how it went.",
    epilog="""\b
Examples:
  slawatch maintenance announce --starts "2026-12-01 23:00" --ends "2026-12-02 05:00" --reason new_version
  slawatch maintenance list
  slawatch maintenance end w3

Times are the time of day in the agreement's zone, or have Z or an offset.""",
)
def maintenance() -> None:
    """Announce maintenance windows, list, end, cancel and move them.

    Through the running daemon; without one, in the store itself. Nothing is edited: what was declared stays, with who
    said it and when.
    """


@maintenance.command(
    epilog="""\b
Examples:
  slawatch maintenance announce --starts "2026-12-01 23:00" --ends "2026-12-02 05:00" --reason new_version
  slawatch maintenance announce --customer duinzicht --starts "2026-12-01 23:00" --ends "2026-12-02 01:00" \\
      --reason preventive --text "Onderhoud aan de database" --announced "2026-11-20 10:00"
  slawatch maintenance announce --starts "2026-12-01 02:00" --ends "2026-12-01 02:30" \
      --repeat "FREQ=MONTHLY;BYDAY=1TU"
"""
)
@config_option
@click.option("--customer", default=ALL, show_default=True, help="The customer's id, several with commas, or all.")
@click.option("--starts", required=True, help="When it starts.")
@click.option("--ends", required=True, help="When it is planned to end.")
@click.option(
    "--reason",
    type=click.Choice([str(one) for one in Reason]),
    default=str(Reason.OTHER),
    show_default=True,
    help="What the work is.",
)
@click.option("--repeat", help="When it comes again: a rule such as FREQ=WEEKLY;BYDAY=TU.")
@click.option("--text", help="What is told about it.")
@click.option("--announced", help="When the customers were told by other means; without it: now.")
@by_option
def announce(
    config_path: Path,
    *,
    customer: str,
    starts: str,
    ends: str,
    reason: str,
    repeat: str | None,
    text: str | None,
    announced: str | None,
    by: str,
) -> None:
    """Announce a window to come."""
    config = load(config_path)
    zone = zone_of(config, customer)
    wish = Announce(
        customer=customer,
        starts=instant("--starts", starts, zone),
        ends=instant("--ends", ends, zone),
        by=by,
        reason=Reason(reason),
        text=text,
        announced=None if announced is None else instant("--announced", announced, zone),
        repeat=repeat,
    )
    click.echo(f"announced {declare(config, wish)}")


@maintenance.command(
    "list",
    epilog="""\b
Examples:
  slawatch maintenance list --customer duinzicht
  slawatch maintenance list --json | jq '.[] | select(.counted | not)'
""",
)
@config_option
@customer_filter
@json_flag
def list_(config_path: Path, customer: str | None, as_json: bool) -> None:
    """List all windows, and whether each is left out of the customer's figures."""
    config = load(config_path)
    rows = of_customer(config, customer, listed(config, "maintenance"))
    zone = zones(config)
    columns = (
        ("id", plain("id")),
        ("customer", plain("customer")),
        ("state", plain("state")),
        ("starts", time("starts", zone)),
        ("ends", time("ends", zone)),
        ("ended", time("ended", zone)),
        ("announced", time("announced", zone)),
        ("reason", plain("reason")),
        ("left out of the figures", left_out),
        ("text", plain("text")),
    )
    show(rows, columns, as_json=as_json)


@maintenance.command(
    epilog="""\b
Examples:
  slawatch maintenance end w3
  slawatch maintenance end w3 --at "2026-12-02 03:30"
"""
)
@config_option
@click.argument("window")
@click.option("--at", help="When it ended; without it: now.")
@by_option
def end(config_path: Path, window: str, at: str | None, by: str) -> None:
    """Say that a window is over: from then on downtime counts."""
    config = load(config_path)
    ended = None if at is None else instant("--at", at, zone_of(config))
    click.echo(f"ended {declare(config, End(window, by, ended))}")


@maintenance.command(
    epilog="""\b
Examples:
  slawatch maintenance cancel w3
"""
)
@config_option
@click.argument("window")
@by_option
def cancel(config_path: Path, window: str, by: str) -> None:
    """Say that a window will not be; of a series, all that has not begun."""
    click.echo(f"cancelled {declare(load(config_path), Cancel(window, by))}")


@maintenance.command(
    epilog="""\b
Examples:
  slawatch maintenance move w3 --starts "2026-12-08 23:00" --ends "2026-12-09 05:00"
  slawatch maintenance move w3 --ends "2026-12-02 06:00"
"""
)
@config_option
@click.argument("window")
@click.option("--starts", help="When it starts; without it: as it was.")
@click.option("--ends", help="When it is planned to end; without it: as it was.")
@click.option("--announced", help="When the customers were told by other means; without it: now.")
@by_option
def move(config_path: Path, window: str, starts: str | None, ends: str | None, announced: str | None, by: str) -> None:
    """Give a window other times. Only time that was announced early enough is left out of the figures."""
    config = load(config_path)
    zone = zone_of(config)
    wish = Move(
        window,
        by,
        starts=None if starts is None else instant("--starts", starts, zone),
        ends=None if ends is None else instant("--ends", ends, zone),
        announced=None if announced is None else instant("--announced", announced, zone),
    )
    click.echo(f"moved {declare(config, wish)}")
