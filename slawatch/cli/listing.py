"""Lists of windows, force majeure and outages as a person reads them in a terminal."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import click
from rich.table import Table

from slawatch.cli.standings import WIDE
from slawatch.cli.streams import Screen
from slawatch.rules.calendar import moment, parse

Shown = dict[str, Any]
#: A heading, and what stands under it of one row.
Column = tuple[str, Callable[[Shown], str]]

#: Why a window is not left out of the figures.
WHY = {
    "hotfix": "no: hotfix",
    "late_notice": "no: told too late",
    "declared_late": "no: declared after it began",
    "no_notice": "no: nothing proves the notice",
}


def show(rows: Sequence[Shown], columns: Sequence[Column], *, as_json: bool) -> None:
    """JSON, or a table with a row for each."""
    if as_json:
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 1))
    for heading, _ in columns:
        table.add_column(heading, no_wrap=heading != columns[-1][0])
    for row in rows:
        table.add_row(*(tell(row) for _, tell in columns))
    console = Screen(width=None if sys.stdout.isatty() else WIDE)
    console.print(table, markup=False, emoji=False)


def plain(key: str) -> Callable[[Shown], str]:
    return lambda row: "" if row[key] is None else str(row[key])


def time(key: str, zone_of: Callable[[Shown], ZoneInfo]) -> Callable[[Shown], str]:
    """An instant in the agreement's zone, to the minute."""
    return lambda row: "" if row[key] is None else f"{moment(parse(row[key])).astimezone(zone_of(row)):%Y-%m-%d %H:%M}"


def left_out(row: Shown) -> str:
    """Whether a window will be left out of the figures, and why not."""
    if row["counted"] is None:
        return ""
    if not row["counted"]:
        return WHY[row["why"]]
    proof = row["proof"] or "by the agreement"
    return f"yes: {proof}" if row["why"] is None else f"in part: {proof}; the rest: {WHY[row['why']]}"
