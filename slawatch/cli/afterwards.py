"""The verbs of what is said afterwards: exclusion, notice, outage."""

from __future__ import annotations

from pathlib import Path

import click

from slawatch.cli.asking import declare, listed
from slawatch.cli.listing import Shown, plain, show, time
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
from slawatch.rules.wishes import ALL, Acknowledge, Exclude, Remark, Update, Void, Withdraw


@click.group(
    no_args_is_help=False,
    short_help="Leave force majeure out of the figures.",
    epilog="""\b
Examples:
  slawatch exclusion list
  slawatch exclusion withdraw x1 --reason "It was our own switch"
""",
)
def exclusion() -> None:
    """Leave a past stretch out of the figures, with who approved it and why; or take that back."""


@exclusion.command(
    epilog="""\b
Examples:
  slawatch exclusion add --starts "2026-11-12 11:00" --ends "2026-11-12 11:30" \\
      --approved-by "A. Jansen" --reason "Power cut at the data centre"
"""
)
@config_option
@click.option("--customer", default=ALL, show_default=True, help="The customer's id, several with commas, or all.")
@click.option(
    "--kind",
    type=click.Choice(["force_majeure"]),
    default="force_majeure",
    show_default=True,
    expose_value=False,
    help="What it was.",
)
@click.option("--starts", required=True, help="When it began.")
@click.option("--ends", required=True, help="When it ended.")
@click.option("--approved-by", required=True, help="Who approved that it does not count.")
@click.option("--reason", required=True, help="Why it does not count.")
@by_option
def add(config_path: Path, customer: str, starts: str, ends: str, approved_by: str, reason: str, by: str) -> None:
    """Leave force majeure that is over out of the figures."""
    config = load(config_path)
    zone = zone_of(config, customer)
    wish = Exclude(
        customer=customer,
        starts=instant("--starts", starts, zone),
        ends=instant("--ends", ends, zone),
        approved_by=approved_by,
        reason=reason,
        by=by,
    )
    click.echo(f"added {declare(config, wish)}")


@exclusion.command(
    "list",
    epilog="""\b
Examples:
  slawatch exclusion list --customer duinzicht
""",
)
@config_option
@customer_filter
@json_flag
def list_exclusions(config_path: Path, customer: str | None, as_json: bool) -> None:
    """List all force majeure, also what was withdrawn."""
    config = load(config_path)
    rows = of_customer(config, customer, listed(config, "exclusions"))
    zone = zones(config)
    columns = (
        ("id", plain("id")),
        ("customer", plain("customer")),
        ("starts", time("starts", zone)),
        ("ends", time("ends", zone)),
        ("approved by", plain("approved_by")),
        ("withdrawn", time("withdrawn", zone)),
        ("reason", plain("reason")),
    )
    show(rows, columns, as_json=as_json)


@exclusion.command(
    epilog="""\b
Examples:
  slawatch exclusion withdraw x1 --reason "It was our own switch"
"""
)
@config_option
@click.argument("exclusion_id", metavar="EXCLUSION")
@click.option("--reason", required=True, help="Why it does count.")
@by_option
def withdraw(config_path: Path, exclusion_id: str, reason: str, by: str) -> None:
    """Take an exclusion back: its time counts again."""
    click.echo(f"withdrew {declare(load(config_path), Withdraw(exclusion_id, reason, by))}")


@click.group(
    no_args_is_help=False,
    short_help="Say that an announcement did not arrive.",
    epilog="""\b
Examples:
  slawatch notice void w3 --reason "The mail came back"
""",
)
def notice() -> None:
    """Correct what is known of announcements."""


@notice.command(
    epilog="""\b
Examples:
  slawatch notice void w3 --reason "The mail came back"
  slawatch notice void w3/2 --reason "Nobody was called"
"""
)
@config_option
@click.argument("message")
@click.option("--reason", required=True, help="How it turned out.")
@by_option
def void(config_path: Path, message: str, reason: str, by: str) -> None:
    """Say that an announcement turned out not to have arrived: it proves nothing any more.

    MESSAGE is a message's id, a window's or a series' (w3: all that was announced of it so far), or a version's (w3/2).
    """
    click.echo(f"voided {declare(load(config_path), Void(message, reason, by))}")


@click.group(
    no_args_is_help=False,
    short_help="List outages, and say what was known of them.",
    epilog="""\b
Examples:
  slawatch outage list --customer duinzicht
  slawatch outage note duinzicht-20261112T110000000 "Disk full" --ticket INC-204
  slawatch outage ack duinzicht-20261112T110000000
""",
)
def outage() -> None:
    """List outages; add the cause as people found it; say that somebody has one in hand."""


@outage.command(
    "list",
    epilog="""\b
Examples:
  slawatch outage list --customer duinzicht
""",
)
@config_option
@customer_filter
@json_flag
def list_outages(config_path: Path, customer: str | None, as_json: bool) -> None:
    """List all outages, the latest first, with what was said of them."""
    config = load(config_path)
    rows = of_customer(config, customer, listed(config, "outages"))
    zone = zones(config)
    columns = (
        ("id", plain("id")),
        ("starts", time("starts", zone)),
        ("ends", time("ends", zone)),
        ("cause", plain("cause")),
        ("acknowledged by", plain("acknowledged_by")),
        ("notes", _notes),
    )
    show(rows, columns, as_json=as_json)


def _notes(row: Shown) -> str:
    return "; ".join(f"{one['text']} ({one['ticket']})" if one["ticket"] else one["text"] for one in row["notes"])


@outage.command(
    epilog="""\b
Examples:
  slawatch outage note duinzicht-20261112T110000000 "Disk full" --ticket INC-204
"""
)
@config_option
@click.argument("outage_id", metavar="OUTAGE")
@click.argument("text")
@click.option("--ticket", help="Where it is dealt with.")
@by_option
def note(config_path: Path, outage_id: str, text: str, ticket: str | None, by: str) -> None:
    """Add words to an outage: its cause, what was done."""
    click.echo(f"noted on {declare(load(config_path), Remark(outage_id, text, by, ticket))}")


@outage.command(
    epilog="""\b
Examples:
  slawatch outage update duinzicht-20261112T110000000 "We verwachten om 15:00 klaar te zijn."
"""
)
@config_option
@click.argument("outage_id", metavar="OUTAGE")
@click.argument("text")
@by_option
def update(config_path: Path, outage_id: str, text: str, by: str) -> None:
    """Mail the customer's contacts an update on an outage that lasts, in your words."""
    click.echo(f"updated {declare(load(config_path), Update(outage_id, text, by))}")


@outage.command(
    epilog="""\b
Examples:
  slawatch outage ack duinzicht-20261112T110000000
"""
)
@config_option
@click.argument("outage_id", metavar="OUTAGE")
@by_option
def ack(config_path: Path, outage_id: str, by: str) -> None:
    """Say that somebody has an outage in hand: no further updates go out by themselves."""
    click.echo(f"acknowledged {declare(load(config_path), Acknowledge(outage_id, by))}")
