"""A summary as CSV: a figure a row, for machines or for a Dutch Excel."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from enum import StrEnum
from io import StringIO
from zoneinfo import ZoneInfo

from slawatch.reporters.summary.facts import Summary
from slawatch.reporters.summary.tables.all_tables import tables
from slawatch.reporters.summary.tables.cells import Cell, Kind, Table, called
from slawatch.reporters.summary.tables.plain_text import exact, floored, harmless, in_seconds
from slawatch.reporters.wording.phrasing import local
from slawatch.reporters.wording.tongue import SUMMARY, Tongue, mark, tongue
from slawatch.rules.calendar import text as rfc3339


class Profile(StrEnum):
    """How it is written.

    MACHINE: commas, decimal points, UTC, English names, nothing rounded (RFC 4180). EXCEL: as a Dutch Excel reads it.
    """

    MACHINE = "machine"
    EXCEL = "excel"


#: The columns, for machines and for people.
HEADER = (
    ("customer", mark("Customer")),
    ("month", mark("Month")),
    ("revision", mark("Revision")),
    ("part", mark("Part")),
    ("item", mark("Item")),
    ("field", mark("What")),
    ("value", mark("Value")),
    ("unit", mark("Unit")),
)

_UNITS = {
    Kind.SHARE: ("share", mark("share")),
    Kind.LENGTH: ("seconds", mark("seconds")),
    Kind.SECONDS: ("seconds", mark("seconds")),
    Kind.COUNT: ("count", mark("number")),
    Kind.TIME: ("time", mark("time")),
    Kind.DATE: ("date", mark("day")),
    Kind.FLAG: ("boolean", mark("yes or no")),
    Kind.WORD: ("word", mark("word")),
    Kind.WORDS: ("words", mark("words")),
    Kind.TEXT: ("text", mark("text")),
}

_BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"


def as_csv(summary: Summary, language: str, profile: Profile) -> bytes:
    """UTF-8, each line ending in CRLF. `language`: of EXCEL's words; raises LookupError for one that is not spoken."""
    out, zone = StringIO(), ZoneInfo(summary.zone)
    form: _Machine | _Excel = _Machine(zone) if profile is Profile.MACHINE else _Excel(zone, tongue(language, SUMMARY))
    revision = "" if summary.revision is None else str(summary.revision.revision)
    rows = csv.writer(out, delimiter=form.delimiter, lineterminator="\r\n")
    rows.writerow([form.name(name, label) for name, label in HEADER])
    for table in tables(summary):
        for told in _rows(table, form):
            rows.writerow([harmless(summary.customer), summary.statement["month"], revision, *told])
    return (form.begins + out.getvalue()).encode("utf-8", "replace")


def _rows(table: Table, form: _Machine | _Excel) -> Iterator[tuple[str, ...]]:
    """Part, item, field, value and unit of each cell."""
    part = form.name(table.part, table.title)
    for row in table.rows:
        item = form.value(row.item)
        for column, cell in zip(table.columns, row.cells, strict=True):
            yield part, item, form.name(column.name, column.label), form.value(cell), form.unit(cell)


class _Machine:
    delimiter, begins = ",", ""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone

    def name(self, name: str, label: str) -> str:
        del label
        return harmless(name)

    def unit(self, cell: Cell) -> str:
        return _UNITS[cell.kind][0]

    def value(self, cell: Cell) -> str:
        if cell.value is None:
            return ""
        match cell.kind:
            case Kind.SHARE | Kind.SECONDS | Kind.COUNT:
                return exact(cell.value)
            case Kind.LENGTH:
                return exact(in_seconds(cell.value))
            case Kind.TIME:
                return rfc3339(cell.value)
            case Kind.DATE:
                return f"{local(cell.value, self._zone):%Y-%m-%d}"
        return harmless(self._words(cell))

    def _words(self, cell: Cell) -> str:
        if cell.kind is Kind.FLAG:
            return "true" if cell.value else "false"
        return " ".join(cell.value) if cell.kind is Kind.WORDS else str(cell.value)


class _Excel:
    """A share is cut to what Excel shows of it; times are those of the agreement's zone, whose name is their unit."""

    delimiter, begins = ";", _BOM

    def __init__(self, zone: ZoneInfo, spoken: Tongue) -> None:
        self._zone = zone
        self._spoken = spoken

    def name(self, name: str, label: str) -> str:
        del name
        return harmless(self._say(label))

    def unit(self, cell: Cell) -> str:
        if cell.kind is Kind.TIME and cell.value is not None:
            return harmless(local(cell.value, self._zone).tzname() or "")
        return self._say(_UNITS[cell.kind][1])

    def value(self, cell: Cell) -> str:
        if cell.value is None:
            return ""
        match cell.kind:
            case Kind.SHARE:
                return _comma(exact(floored(cell.value)))
            case Kind.SECONDS | Kind.COUNT:
                return _comma(exact(cell.value))
            case Kind.LENGTH:
                return _comma(exact(in_seconds(cell.value)))
            case Kind.TIME:
                return f"{local(cell.value, self._zone):%Y-%m-%d %H:%M:%S}"
            case Kind.DATE:
                return f"{local(cell.value, self._zone):%Y-%m-%d}"
        return harmless(called(cell, self._spoken))

    def _say(self, sentence: str) -> str:
        return self._spoken.catalogue.gettext(sentence)


def _comma(written: str) -> str:
    return written.replace(".", ",")
