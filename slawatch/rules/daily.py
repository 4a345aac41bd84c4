"""A period day by day: where each microsecond was booked (rule 6), and what was loaded, by the statement's own code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from zoneinfo import ZoneInfo

from slawatch.model import ExclusionKind, Instant, Micros
from slawatch.rules import availability, exclusions
from slawatch.rules.agreed import Agreed, Stage
from slawatch.rules.calendar import Period, day
from slawatch.rules.exclusions import Excluded
from slawatch.rules.piece import CheckRecord, Piece
from slawatch.rules.timeline import Rating


class Booked(StrEnum):
    """In which of rule 6's four places a moment is."""

    UP = "up"
    DOWN = "down"
    EXCLUDED = "excluded"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Day:
    """One calendar day of a period, as far as that reaches: its edges, its time by place, and its loads."""

    starts: Instant
    ends: Instant
    seconds: Mapping[Booked, Micros]
    loads: int
    slow: int


@dataclass(frozen=True, slots=True)
class Strip:
    """A stretch of a period in which the customer was in one place; the strips follow one another without a gap."""

    starts: Instant
    ends: Instant
    booked: Booked


@dataclass(frozen=True, slots=True)
class Daily:
    """A period in days and in strips. `times`: by page, how many of its loads that opened took each millisecond."""

    days: tuple[Day, ...]
    strips: tuple[Strip, ...]
    times: Mapping[str, Mapping[int, int]]


def daily(
    agreed: Agreed, records: Mapping[str, CheckRecord], excluded: Sequence[Excluded], period: Period, zone: ZoneInfo
) -> Daily:
    """The calendar days of `zone` that the period meets: together they are the statement's time and loads exactly.

    `excluded`: what is left out of the period, as `exclusions.flatten` gives it.
    """
    days: list[Day] = []
    strips: list[Strip] = []
    times: dict[str, Counter[int]] = {}
    for calendar_day in _days(period, zone):
        pieces = [(stage, Piece.of(stage, records, excluded)) for stage in agreed.stages(calendar_day)]
        days.append(_day(calendar_day, [piece for _, piece in pieces]))
        for stage, piece in pieces:
            strips += _strips(stage, piece, excluded)
            for page, seen in piece.pages.items():
                times.setdefault(page, Counter()).update(seen.by_millisecond)
    return Daily(tuple(days), tuple(_joined(strips)), times)


def _days(period: Period, zone: ZoneInfo) -> Iterator[Period]:
    at = period.starts
    while at < period.ends:
        ends = min(day(at, zone).ends, period.ends)
        yield Period(at, ends)
        at = ends


def _day(period: Period, pieces: Sequence[Piece]) -> Day:
    bookings = [piece.booking for piece in pieces]
    whole = sum(bookings[1:], bookings[0])
    pages = [page for piece in pieces for page in piece.pages.values()]
    return Day(
        starts=period.starts,
        ends=period.ends,
        seconds={
            Booked.UP: whole.up,
            Booked.DOWN: whole.down,
            Booked.EXCLUDED: whole.left_out,
            Booked.UNKNOWN: whole.unknown,
        },
        loads=sum(page.loads for page in pages),
        slow=sum(page.slow for page in pages),
    )


def _strips(stage: Stage, piece: Piece, excluded: Sequence[Excluded]) -> list[Strip]:
    """The stage's time in order. Maintenance that `as_up` books as up is up here too."""
    inside = exclusions.clipped(excluded, stage.period)
    as_up = stage.watched and stage.terms.maintenance.as_up
    held = [
        Strip(starts, ends, Booked.UP if as_up and kind is ExclusionKind.MAINTENANCE else Booked.EXCLUDED)
        for starts, ends, kind in inside
    ]
    seen = [Strip(starts, ends, place(rating)) for starts, ends, rating in availability.outside(piece.timeline, inside)]
    return sorted([*held, *seen], key=lambda one: one.starts)


def place(rating: Rating) -> Booked:
    """Where what is rated so is booked, as `availability.Booking` adds it up."""
    if rating is Rating.UNKNOWN:
        return Booked.UNKNOWN
    return Booked.DOWN if rating >= Rating.LENIENT_UP else Booked.UP


def _joined(strips: Iterable[Strip]) -> list[Strip]:
    """The same with neighbours in one place made one."""
    found: list[Strip] = []
    for one in strips:
        if found and found[-1].booked is one.booked:
            found[-1] = Strip(found[-1].starts, one.ends, one.booked)
        else:
            found.append(one)
    return found
