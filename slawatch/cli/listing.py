"""Lists of windows, force majeure and outages as a person reads them in a terminal."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import click
from rich.cells import cell_len

from slawatch.cli.standings import WHY
from slawatch.cli.streams import Screen
from slawatch.rules.calendar import minute, parse

Shown = dict[str, Any]
#: A heading, and what stands under it of one row.
Column = tuple[str, Callable[[Shown], str]]

#: Between two columns, and before the lines of a row that follow its first.
GAP, INDENT = "  ", "    "


def show(rows: Sequence[Shown], columns: Sequence[Column], *, as_json: bool) -> None:
    """JSON, or a table with a row for each; on a terminal that is too narrow for it each row takes several lines."""
    if as_json:
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    console = Screen()
    told = [[" ".join(tell(row).split()) for _, tell in columns] for row in rows]
    headings, *lines = laid_out(
        [[heading for heading, _ in columns], *told], console.width if sys.stdout.isatty() else None
    )
    console.print(headings, style="bold", markup=False, emoji=False, soft_wrap=True)
    for line in lines:
        console.print(line, markup=False, emoji=False, soft_wrap=True)


def laid_out(rows: Sequence[Sequence[str]], width: int | None) -> list[str]:
    """Each row as a line, its cells one below the other's; folded into several lines where they are wider than `width`.

    Nothing is cut: a cell that is wider by itself stands alone and leaves the wrapping to the terminal.
    """
    widths = [max(cell_len(row[column]) for row in rows) for column in range(len(rows[0]))]
    folds = [[0]]
    for column in range(1, len(widths)):
        begun = [*folds[-1], column]
        room = sum(widths[one] for one in begun) + len(GAP) * len(folds[-1]) + (len(INDENT) if len(folds) > 1 else 0)
        if width is None or room <= width:
            folds[-1] = begun
        else:
            folds.append([column])
    return [
        "\n".join(filter(None, (_line(row, widths, fold, INDENT if index else "") for index, fold in enumerate(folds))))
        for row in rows
    ]


def _line(row: Sequence[str], widths: Sequence[int], fold: Sequence[int], indent: str) -> str:
    cells = (row[column] + " " * (widths[column] - cell_len(row[column])) for column in fold)
    return (indent + GAP.join(cells)).rstrip()


def plain(key: str) -> Callable[[Shown], str]:
    return lambda row: "" if row[key] is None else str(row[key])


def time(key: str, zone_of: Callable[[Shown], ZoneInfo]) -> Callable[[Shown], str]:
    """An instant in the agreement's zone, to the minute."""
    return lambda row: "" if row[key] is None else minute(parse(row[key]), zone_of(row))


def left_out(row: Shown) -> str:
    """Whether a window will be left out of the figures, and why not."""
    if row["counted"] is None:
        return ""
    if not row["counted"]:
        return f"no: {WHY[row['why']]}"
    proof = row["proof"] or "by the agreement"
    return f"yes: {proof}" if row["why"] is None else f"in part: {proof}; the rest: no: {WHY[row['why']]}"
