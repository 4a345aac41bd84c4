"""The workbook's charts: availability over twelve months against its objective, and how the loads are spread."""

from __future__ import annotations

from math import ceil
from typing import Any

from xlsxwriter.chart import Chart

from slawatch.reporters.summary.tables.cells import Kind, Table
from slawatch.reporters.summary.tables.plain_text import floored
from slawatch.reporters.summary.tables.sheet import INK, LINE, Pen
from slawatch.reporters.wording.tongue import mark

BLUE, RED = "#1f6fb2", "#b3261e"
#: One for each page, in turn; they differ in lightness too.
FILLS = ("#1f6fb2", "#8fb8de", "#0b3d66", "#c5d9ec")
_FONT = {"name": "Calibri", "size": 10, "color": INK}
#: Steps of an axis, and how many it has at the most, with a little room under the lowest point.
_STEPS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25)
_MOST_STEPS, _ROOM = 6, 0.25
_GRID = {"visible": True, "line": {"color": LINE, "width": 0.5}}


def trend_line(pen: Pen, told: Table) -> Chart:
    """Of the sheet of the trend: its months, its availability and, next to that, the objective."""
    name, last = pen.say(told.title), len(told.rows)
    chart: Any = pen.book.add_chart({"type": "line"})
    months = [name, 1, 0, last, 0]
    marker = {"type": "circle", "size": 6, "fill": {"color": BLUE}, "border": {"color": BLUE}}
    chart.add_series(
        {
            "name": [name, 0, 1],
            "categories": months,
            "values": [name, 1, 1, last, 1],
            "line": {"color": BLUE, "width": 2.25},
            "marker": marker,
        }
    )
    line = {"color": RED, "width": 1.5, "dash_type": "dash"}
    chart.add_series({"name": [name, 0, 2], "categories": months, "values": [name, 1, 2, last, 2], "line": line})
    known = [float(floored(row.cells[0].value)) for row in told.rows if row.cells[0].value is not None]
    chart.set_y_axis(
        {"num_format": "0.00%", **_scale(min((*known, 0.998))), "major_gridlines": _GRID, "num_font": _FONT}
    )
    chart.set_x_axis({"num_font": {**_FONT, "rotation": -45}, "text_axis": True})
    return _shown(pen, chart, mark("Availability over twelve months"))


def _scale(lowest: float) -> dict[str, float]:
    """An axis from under the lowest share up to all, in even steps, of which a person can count the number."""
    step = next((one for one in _STEPS if (1 - lowest) / one <= _MOST_STEPS), _STEPS[-1])
    return {"min": max(0, 1 - step * ceil((1 - lowest) / step + _ROOM)), "max": 1, "major_unit": step}


def distribution(pen: Pen, told: Table, threshold: float) -> Chart:
    """Of the sheet of the speed, which begins with the table; what is too late has a red edge."""
    name, first, last = pen.say(mark("Speed")), 2, len(told.rows) + 1
    chart: Any = pen.book.add_chart({"type": "column", "subtype": "stacked"})
    late = [row.item.kind is not Kind.SECONDS or row.item.value > threshold for row in told.rows]
    for place in range(1, len(told.columns) + 1):
        fill = FILLS[(place - 1) % len(FILLS)]
        chart.add_series(
            {
                "name": [name, first - 1, place],
                "categories": [name, first, 0, last, 0],
                "values": [name, first, place, last, place],
                "fill": {"color": fill},
                "gap": 20,
                "points": [{"border": {"color": RED, "width": 1.5}} if one else None for one in late],
            }
        )
    chart.set_y_axis({"num_format": "#,##0", "major_gridlines": _GRID, "num_font": _FONT})
    chart.set_x_axis({"num_font": {**_FONT, "rotation": -90}})
    return _shown(pen, chart, mark("Loads by seconds; with a red edge: too slow or failed"))


def _shown(pen: Pen, chart: Any, words: str) -> Chart:
    chart.set_title({"name": pen.say(words), "name_font": {**_FONT, "size": 12, "bold": True}})
    chart.set_legend({"position": "bottom", "font": _FONT})
    chart.set_size({"width": 640, "height": 340})
    chart.show_blanks_as("gap")
    shown: Chart = chart
    return shown
