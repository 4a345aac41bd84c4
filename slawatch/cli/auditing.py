"""The verb audit: who did what, by which way and from where."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from slawatch.cli.listing import Shown, plain, show, time
from slawatch.cli.office import listed
from slawatch.cli.options import config_option, instant, json_flag, zone_of
from slawatch.config import load
from slawatch.rules.calendar import text
from slawatch.store import Deed
from slawatch.web import AUDIT


@click.command(
    short_help="List who did what.",
    epilog="""\b
Examples:
  slawatch audit --what sign_in_refused --since "2026-11-01 00:00"
  slawatch audit --who a.jansen --json | jq '.[].subject'
""",
)
@config_option
@click.option("--who", help="Only by this person, or token.")
@click.option("--what", type=click.Choice([str(one) for one in Deed]), help="Only this.")
@click.option("--subject", help="Only what was done to this user, token, window, ...")
@click.option("--since", help="From then on.")
@click.option("--until", help="Before then.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=100, show_default=True, help="At most so many.")
@json_flag
def audit(
    config_path: Path,
    who: str | None,
    what: str | None,
    subject: str | None,
    since: str | None,
    until: str | None,
    *,
    limit: int,
    as_json: bool,
) -> None:
    """List who did what, by which way and from where, the latest first."""
    config = load(config_path)
    zone = zone_of(config)
    times = {
        name: None if said is None else instant(f"--{name}", said, zone)
        for name, said in (("since", since), ("until", until))
    }
    asked: dict[str, Any] = {"who": who, "what": what, "subject": subject}
    told = {name: None if at is None else text(at) for name, at in times.items()}
    rows = listed(config, AUDIT, lambda office: office.audit(**asked, **times, limit=limit), limit, **asked, **told)
    columns = (
        ("at", time("at", lambda _row: zone)),
        ("who", plain("who")),
        ("by way of", plain("way")),
        ("from", plain("from")),
        ("what", plain("what")),
        ("subject", plain("subject")),
        ("", _facts),
    )
    show(rows, columns, as_json=as_json)


def _facts(row: Shown) -> str:
    """What else is known of it."""
    facts = ((name, ", ".join(value) if isinstance(value, list) else value) for name, value in row["facts"].items())
    return "; ".join(f"{name}: {value}" for name, value in facts)
