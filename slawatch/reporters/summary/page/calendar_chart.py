"""The month as a calendar: each day with its downtime, and a strip of how it went from midnight to midnight."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from babel.dates import get_day_names

from slawatch.model import HOUR, MINUTE, Instant, Micros
from slawatch.reporters.summary.facts import Booked, Day, Strip
from slawatch.reporters.summary.page.pen import Pen
from slawatch.reporters.wording.phrasing import local
from slawatch.rules.calendar import day

#: From how much downtime on a day is shown in a darker shade.
SHADES = (1, 5 * MINUTE, 30 * MINUTE)
#: A stretch that is narrower, in percent of the day, would not be seen.
NARROWEST = 0.8
#: What is drawn over what.
_ORDER = (Booked.UP, Booked.EXCLUDED, Booked.UNKNOWN, Booked.DOWN)


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a day's strip; `left` and `width` in percent of the day."""

    booked: Booked
    left: float
    width: float


@dataclass(frozen=True, slots=True)
class Cell:
    """One day. `shade`: 0 to 3, None of a day that has no figures. `odd`: its hours where the clocks change."""

    number: int
    shade: int | None
    down: str
    odd: str
    told: str
    pieces: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True)
class Week:
    """`cells`: Monday first; None beyond the month."""

    number: int
    cells: tuple[Cell | None, ...]


def weekdays(pen: Pen) -> tuple[tuple[str, str], ...]:
    """Short and long names, Monday first."""
    short, long = (get_day_names(width, locale=pen.tongue.locale) for width in ("abbreviated", "wide"))
    return tuple((short[number], long[number]) for number in range(7))


def weeks(pen: Pen) -> tuple[Week, ...]:
    known = {local(one.starts, pen.zone).date(): one for one in pen.summary.days}
    strips = _by_day(pen.summary.strips, pen.summary.days)
    found = []
    dates = list(_midnights(pen))
    for (_, number), group in groupby(dates, key=lambda one: one[0].isocalendar()[:2]):
        row: list[Cell | None] = [None] * 7
        for when, starts in group:
            row[when.weekday()] = _cell(pen, when, starts, known.get(when), strips)
        found.append(Week(number, tuple(row)))
    return tuple(found)


def _midnights(pen: Pen) -> Iterator[tuple[date, Instant]]:
    starts = pen.month.starts
    while starts < pen.month.ends:
        yield local(starts, pen.zone).date(), starts
        starts = day(starts, pen.zone).ends


def _by_day(strips: Sequence[Strip], days: Sequence[Day]) -> dict[Instant, list[Strip]]:
    """The strips that meet each day, by its start."""
    found: dict[Instant, list[Strip]] = {one.starts: [] for one in days}
    first = 0
    for one in days:
        while first < len(strips) and strips[first].ends <= one.starts:
            first += 1
        for strip in strips[first:]:
            if strip.starts >= one.ends:
                break
            found[one.starts].append(strip)
    return found


def _cell(pen: Pen, when: date, starts: Instant, known: Day | None, strips: dict[Instant, list[Strip]]) -> Cell:
    whole = day(starts, pen.zone)
    odd = "" if whole.length == 24 * HOUR else pen.say("{number} h", number=str(whole.length // HOUR))
    if known is None:
        return Cell(when.day, None, "", odd, pen.say("{day}: no figures", day=pen.day(starts)))
    down = known.seconds.get(Booked.DOWN, 0)
    return Cell(
        when.day,
        sum(down >= least for least in SHADES),
        _minutes(pen, down),
        odd,
        _told(pen, known),
        tuple(_pieces(strips[known.starts], known, whole.length)),
    )


def _minutes(pen: Pen, down: Micros) -> str:
    """In whole minutes, and below one in seconds."""
    if down < MINUTE:
        return pen.short(down) if down else ""
    return pen.say("{number} min", number=str(down // MINUTE))


def _told(pen: Pen, known: Day) -> str:
    said = {
        Booked.DOWN: pen.say("down"),
        Booked.EXCLUDED: pen.say("left out"),
        Booked.UNKNOWN: pen.say("unknown"),
        Booked.UP: pen.say("up"),
    }
    parts = [f"{word} {pen.short(known.seconds[one])}" for one, word in said.items() if known.seconds.get(one)]
    return f"{pen.day(known.starts)}: {', '.join(parts)}"


def _pieces(strips: Sequence[Strip], known: Day, whole: Micros) -> Iterator[Piece]:
    """The time up as one, under what was not; of `whole`, the day's length."""
    yield Piece(Booked.UP, 0, _percent(known.ends - known.starts, whole))
    for one in sorted(strips, key=lambda one: _ORDER.index(one.booked)):
        if one.booked is Booked.UP:
            continue
        left = _percent(max(one.starts, known.starts) - known.starts, whole)
        width = max(NARROWEST, _percent(min(one.ends, known.ends) - max(one.starts, known.starts), whole))
        yield Piece(one.booked, min(left, 100 - NARROWEST), width)


def _percent(part: Micros, whole: Micros) -> float:
    return round(100 * part / whole, 2)
