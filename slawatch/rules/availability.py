"""Rules 4 and 6: one customer's time, booked to the microsecond, and the share of it that was up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise

from slawatch.model import AvailabilityTerms, ExclusionKind, Instant, Micros
from slawatch.rules.calendar import Period
from slawatch.rules.exclusions import Excluded
from slawatch.rules.timeline import Rating, Stretch


def merged(checks: Iterable[Sequence[Stretch]], period: Period) -> tuple[Stretch, ...]:
    """A customer's timeline over the whole period: at each instant the largest rating of its checks (rule 4)."""
    lanes = [[stretch for stretch in check if stretch.ends > period.starts] for check in checks]
    edges = {period.starts, period.ends}
    for lane in lanes:
        for starts, ends, _ in lane:
            edges.update((starts, ends))
    inside = sorted(edge for edge in edges if period.starts <= edge <= period.ends)
    positions = [0] * len(lanes)
    timeline: list[Stretch] = []
    for starts, ends in pairwise(inside):
        rating = Rating.UNKNOWN
        for number, lane in enumerate(lanes):
            while positions[number] < len(lane) and lane[positions[number]].ends <= starts:
                positions[number] += 1
            if positions[number] < len(lane) and lane[positions[number]].starts <= starts:
                rating = max(rating, lane[positions[number]].rating)
        if timeline and timeline[-1].rating is rating:
            timeline[-1] = timeline[-1]._replace(ends=ends)
        else:
            timeline.append(Stretch(starts, ends, rating))
    return tuple(timeline)


def outside(timeline: Sequence[Stretch], excluded: Sequence[Excluded]) -> Iterator[Stretch]:
    """The parts of a timeline that no exclusion covers; `excluded` in order and without overlap."""
    first = 0
    for starts, ends, rating in timeline:
        at = starts
        while first < len(excluded) and excluded[first].ends <= at:
            first += 1
        for hole in excluded[first:]:
            if hole.starts >= ends:
                break
            if at < hole.starts:
                yield Stretch(at, hole.starts, rating)
            at = hole.ends
            if at >= ends:
                break
        if at < ends:
            yield Stretch(at, ends, rating)


@dataclass(frozen=True, slots=True)
class Booking:
    """One customer's period in microseconds, each in exactly one place; the parts sum to the period (rule 6)."""

    period: Micros
    ratings: tuple[Micros, ...]  # by Rating, exclusions left out
    excluded: dict[ExclusionKind, Micros] = field(default_factory=dict)
    maintenance_as_up: bool = False

    def __post_init__(self) -> None:
        total = sum(self.ratings) + sum(self.excluded.values())
        if total != self.period:
            raise AssertionError(f"the parts sum to {total} of the period's {self.period} microseconds")

    @property
    def _booked_up(self) -> Micros:
        return self.excluded.get(ExclusionKind.MAINTENANCE, 0) if self.maintenance_as_up else 0

    @property
    def up(self) -> Micros:
        return self.ratings[Rating.UP] + self.ratings[Rating.DOUBTED_UP] + self._booked_up

    @property
    def down(self) -> Micros:
        return self.ratings[Rating.LENIENT_UP] + self.ratings[Rating.DOWN]

    @property
    def unknown(self) -> Micros:
        return self.ratings[Rating.UNKNOWN]

    @property
    def left_out(self) -> Micros:
        """The excluded time, without what `as_up` books as up."""
        return sum(self.excluded.values()) - self._booked_up

    @property
    def measured(self) -> Micros:
        return self.up + self.down

    @property
    def ratio(self) -> Fraction | None:
        return self._share(self.down)

    @property
    def lower(self) -> Fraction | None:
        return self._share(self.down + self.ratings[Rating.DOUBTED_UP])

    @property
    def upper(self) -> Fraction | None:
        return self._share(self.ratings[Rating.DOWN])

    @property
    def coverage(self) -> Fraction | None:
        judged = self.period - self.left_out
        return Fraction(self.measured, judged) if judged else None

    def _share(self, down: Micros) -> Fraction | None:
        return Fraction(self.measured - down, self.measured) if self.measured else None


def book(
    timeline: Sequence[Stretch], excluded: Sequence[Excluded], period: Period, *, maintenance_as_up: bool
) -> Booking:
    """Each instant of the period in one place: excluded, else by the customer's rating there."""
    ratings = [0] * len(Rating)
    for starts, ends, rating in outside(timeline, excluded):
        ratings[rating] += ends - starts
    by_kind: dict[ExclusionKind, Micros] = dict.fromkeys(ExclusionKind, 0)
    for starts, ends, kind in excluded:
        by_kind[kind] += ends - starts
    return Booking(period.length, tuple(ratings), by_kind, maintenance_as_up)


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether the objective was met; None where it cannot be said, and then `why`."""

    met: bool | None
    why: str | None
    proven_breach: bool


def judge(booking: Booking, terms: AvailabilityTerms) -> Judgement:
    """Rule 6's verdict: with too little measured time nothing is claimed, unless down alone breaks the objective."""
    ratio, coverage, upper = booking.ratio, booking.coverage, booking.upper
    proven = upper is not None and upper < terms.objective
    if coverage is None:
        return Judgement(None, "all_excluded", proven)
    if coverage < terms.coverage or ratio is None:
        if booking.down > (1 - terms.objective) * (booking.period - booking.left_out):
            return Judgement(met=False, why=None, proven_breach=proven)
        return Judgement(None, "insufficient_coverage", proven)
    return Judgement(ratio >= terms.objective, None, proven)


def seconds_down(timeline: Sequence[Stretch], excluded: Sequence[Excluded], starts: Instant, ends: Instant) -> Micros:
    """The down time that counts between two instants: what an outage cost."""
    return sum(
        max(0, min(ends, stretch.ends) - max(starts, stretch.starts))
        for stretch in outside(timeline, excluded)
        if stretch.rating >= Rating.LENIENT_UP
    )
