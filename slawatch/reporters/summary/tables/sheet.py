"""Sheets of a workbook: how each kind of cell is typed and looks, and tables laid out for screen and paper."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from slawatch.model import DAY
from slawatch.reporters.summary.tables.cells import Cell, Column, Kind, Table, called
from slawatch.reporters.summary.tables.plain_text import floored
from slawatch.reporters.wording.phrasing import local
from slawatch.reporters.wording.tongue import Tongue, mark

#: What a cell can hold, by Excel's specification.
MOST_LETTERS = 32_767
#: Columns, in letters.
NARROWEST, WIDEST = 9, 46
A4 = 9

INK, HEAD, LINE = "#1b2733", "#e8eef4", "#c3ccd6"
_BASE = {"font_name": "Calibri", "font_size": 11, "font_color": INK, "valign": "top"}
_FORMS: dict[Kind, dict[str, Any]] = {
    Kind.SHARE: {"num_format": "0.0000%", "align": "right"},
    Kind.LENGTH: {"num_format": "[h]:mm:ss", "align": "right", "indent": 1},
    Kind.SECONDS: {"num_format": '0.0##" s"', "align": "right"},
    Kind.COUNT: {"num_format": "#,##0", "align": "right", "indent": 1},
    Kind.DATE: {"num_format": "yyyy-mm-dd", "align": "left"},
}
#: How wide the kinds are that are not as wide as their text.
_WIDTHS = {Kind.SHARE: 11, Kind.LENGTH: 11, Kind.SECONDS: 11, Kind.COUNT: 9, Kind.TIME: 22, Kind.DATE: 12}


@dataclass
class Pen:
    """Writes cells in one language and zone; formats are made once."""

    book: Workbook
    spoken: Tongue
    zone: ZoneInfo
    _formats: dict[str, Format] = field(default_factory=dict)

    def form(self, **look: Any) -> Format:
        key = repr(sorted(look.items()))
        if key not in self._formats:
            self._formats[key] = self.book.add_format({**_BASE, **look})
        return self._formats[key]

    def say(self, sentence: str) -> str:
        """What stands in the code in English, in the pen's language."""
        return self.spoken.catalogue.gettext(sentence)

    def write(self, sheet: Worksheet, at: tuple[int, int], cell: Cell, **look: Any) -> None:
        """The cell with its type: a number, a date, or text that is never a formula or a link."""
        value, kind = cell.value, cell.kind
        form = self.form(**{**_FORMS.get(kind, {"text_wrap": True}), **look})
        if value is None:
            sheet.write_blank(*at, None, form)
        elif kind is Kind.SHARE:
            sheet.write_number(*at, float(floored(value)), form)
        elif kind is Kind.LENGTH:
            sheet.write_number(*at, value / DAY, form)
        elif kind in {Kind.SECONDS, Kind.COUNT}:
            sheet.write_number(*at, value, form)
        elif kind in {Kind.TIME, Kind.DATE}:
            self._moment(sheet, at, cell, look)
        else:
            sheet.write_string(*at, self.text(cell), form)

    def _moment(self, sheet: Worksheet, at: tuple[int, int], cell: Cell, look: dict[str, Any]) -> None:
        """A real date; its format says the zone, as an hour a year comes twice."""
        wall = local(cell.value, self.zone)
        named = {"num_format": f'yyyy-mm-dd hh:mm:ss" {wall.tzname()}"', "align": "left"}
        form = self.form(**{**(_FORMS[Kind.DATE] if cell.kind is Kind.DATE else named), **look})
        sheet.write_datetime(*at, wall.replace(tzinfo=None), form)

    def text(self, cell: Cell) -> str:
        """A cell's words, as far as a cell of Excel can hold them."""
        words = called(cell, self.spoken)
        return words if len(words) <= MOST_LETTERS else f"{words[: MOST_LETTERS - 1]}…"

    def width(self, cell: Cell) -> int:
        """How wide the cell would like its column to be."""
        if cell.value is None:
            return 0
        return _WIDTHS.get(cell.kind) or max(map(len, self.text(cell).splitlines()), default=0)


def table(pen: Pen, sheet: Worksheet, row: int, told: Table) -> int:
    """The table with its headings from `row` on; gives the row after it."""
    heading = pen.form(bold=True, bg_color=HEAD, bottom=1, bottom_color=LINE, text_wrap=True, valign="vcenter")
    for place, label in enumerate((told.item, *(column.label for column in told.columns))):
        sheet.write_string(row, place, pen.say(label), heading)
    sheet.set_row(row, 32)
    for number, one in enumerate(told.rows, row + 1):
        pen.write(sheet, (number, 0), one.item, bottom=4, bottom_color=LINE, align="left", indent=0)
        for place, cell in enumerate(one.cells, 1):
            pen.write(sheet, (number, place), cell, bottom=4, bottom_color=LINE)
    if not told.rows:
        sheet.write_string(row + 1, 0, pen.say(mark("None.")), pen.form(italic=True))
        return row + 2
    return row + 1 + len(told.rows)


def pairs(pen: Pen, sheet: Worksheet, row: int, told: Table) -> int:
    """A table of one row as lines, each a label and its value; gives the row after it."""
    for line in told.rows:
        for column, cell in zip(told.columns, line.cells, strict=True):
            sheet.write_string(row, 0, pen.say(column.label), pen.form(bottom=4, bottom_color=LINE))
            pen.write(sheet, (row, 1), cell, bottom=4, bottom_color=LINE, align="left", indent=0, text_wrap=False)
            row += 1
    return row


def title(pen: Pen, sheet: Worksheet, row: int, words: str) -> int:
    """Gives the row after it."""
    sheet.write_string(row, 0, pen.say(words), pen.form(bold=True, font_size=14))
    sheet.set_row(row, 24)
    return row + 1


def fit(pen: Pen, sheet: Worksheet, tables: Iterable[Table]) -> None:
    """Columns as wide as what stands in them, of all these tables."""
    wanted: dict[int, int] = {}
    for told in tables:
        for place, column in enumerate((Column("", told.item), *told.columns)):
            cells = [row.item if place == 0 else row.cells[place - 1] for row in told.rows]
            longest = max((pen.width(cell) for cell in cells), default=0)
            heading = _in_two_lines(pen.say(column.label)) if column.label else 0
            wanted[place] = max(wanted.get(place, NARROWEST), heading + 3, longest + 2)
    for place, letters in wanted.items():
        sheet.set_column(place, place, min(letters, WIDEST))


def _in_two_lines(heading: str) -> int:
    """How wide a heading is in two lines, or its longest word."""
    words = heading.split()
    halves = [(" ".join(words[:cut]), " ".join(words[cut:])) for cut in range(len(words))]
    return min(max(map(len, half)) for half in halves)


def paper(sheet: Worksheet, heading: str) -> None:
    """A4, across, as wide as the sheet, with what it is of at the top and page numbers below."""
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.5, right=0.5, top=0.8, bottom=0.7)
    sheet.set_header(f"&L{heading.replace('&', '&&')[:200]}&R&A")
    sheet.set_footer("&R&P / &N")
    sheet.hide_gridlines(2)
