"""A table of a summary: typed cells under named columns. Who writes it decides how each kind looks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, NamedTuple

from slawatch.model import Instant, Micros
from slawatch.reporters.wording.tongue import Tongue


class Kind(Enum):
    """What a cell holds. Each may be None: there is no such figure, or nobody said."""

    SHARE = auto()  # from 0 to 1
    LENGTH = auto()  # microseconds
    SECONDS = auto()  # how long a load took
    COUNT = auto()
    TIME = auto()  # an instant
    DATE = auto()  # the day that begins at an instant
    FLAG = auto()
    WORD = auto()  # of a closed list
    WORDS = auto()  # several of them
    TEXT = auto()  # what a person wrote, or a name


class Cell(NamedTuple):
    """`words`: of a word, what it is called in the code's language; one that is not there stands for itself."""

    kind: Kind
    value: Any
    words: Mapping[str, str] = {}


class Column(NamedTuple):
    """`name`: for machines; `label`: for people, in the code's language."""

    name: str
    label: str


class Row(NamedTuple):
    """`item`: which of the part's things it is about."""

    item: Cell
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """`part`: its name for machines; `title` and, over the rows' items, `item`: for people, in the code's language.

    Each row has a cell for each column.
    """

    part: str
    title: str
    item: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


def share(value: float | None) -> Cell:
    return Cell(Kind.SHARE, value)


def length(value: Micros | None) -> Cell:
    return Cell(Kind.LENGTH, value)


def seconds(value: float | None) -> Cell:
    return Cell(Kind.SECONDS, value)


def count(value: int | None) -> Cell:
    return Cell(Kind.COUNT, value)


def time(value: Instant | None) -> Cell:
    return Cell(Kind.TIME, value)


def date(value: Instant) -> Cell:
    return Cell(Kind.DATE, value)


def flag(value: bool | None) -> Cell:  # noqa: FBT001 - the cell's value
    return Cell(Kind.FLAG, value)


def word(value: str | None, words: Mapping[str, str]) -> Cell:
    return Cell(Kind.WORD, value, words)


def words(values: tuple[str, ...], called: Mapping[str, str]) -> Cell:
    return Cell(Kind.WORDS, values, called)


def text(value: str | None) -> Cell:
    return Cell(Kind.TEXT, value)


NOTHING = text(None)


def called(cell: Cell, spoken: Tongue) -> str:
    """What a cell of words, of a yes or no, or of text says to a person."""
    if cell.kind is Kind.FLAG:
        return spoken.say("yes") if cell.value else spoken.say("no")
    said = cell.value if cell.kind is Kind.WORDS else (cell.value,)
    return ", ".join(spoken.catalogue.gettext(cell.words[one]) if one in cell.words else str(one) for one in said)
