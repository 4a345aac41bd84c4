"""Rules 4 and 6: one customer's time, booked to the microsecond, and the share of it that was up."""

from __future__ import annotations

from bisect import bisect_right
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
    booked_up: Micros = 0  # of the excluded: maintenance that `as_up` books as up

    def __post_init__(self) -> None:
        total = sum(self.ratings) + sum(self.excluded.values())
        if total != self.period:
            raise AssertionError(f"the parts sum to {total} of the period's {self.period} microseconds")

    def __add__(self, other: Booking) -> Booking:
        return Booking(
            self.period + other.period,
            tuple(map(sum, zip(self.ratings, other.ratings, strict=True))),
            {kind: self.excluded.get(kind, 0) + other.excluded.get(kind, 0) for kind in ExclusionKind},
            self.booked_up + other.booked_up,
        )

    @property
    def up(self) -> Micros:
        return self.ratings[Rating.UP] + self.ratings[Rating.DOUBTED_UP] + self.booked_up

    @property
    def down(self) -> Micros:
        return self.ratings[Rating.LENIENT_UP] + self.ratings[Rating.DOWN]

    @property
    def unknown(self) -> Micros:
        return self.ratings[Rating.UNKNOWN]

    @property
    def left_out(self) -> Micros:
        """The excluded time, without what `as_up` books as up."""
        return sum(self.excluded.values()) - self.booked_up

    @property
    def judged(self) -> Micros:
        """The time that there is something to say about: all but what is left out."""
        return self.period - self.left_out

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
        return Fraction(self.measured, self.judged) if self.judged else None

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
    booked_up = by_kind[ExclusionKind.MAINTENANCE] if maintenance_as_up else 0
    return Booking(period.length, tuple(ratings), by_kind, booked_up)


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether the objective was met; None where it cannot be said, and then `why`.

    `objective`: what the ratio was held against. `budget`: how much may be down, of all that is not left out.
    """

    objective: Fraction
    budget: Fraction
    met: bool | None
    why: str | None
    proven_breach: bool


def judge(stages: Sequence[tuple[Booking, AvailabilityTerms]]) -> Judgement:
    """Rule 6's verdict over the stages of a period, each second held against the objective that was in force then.

    With too little measured time nothing is claimed, unless down alone breaks the objective. Only a breach can be
    proven: where nothing is claimed, `proven_breach` is false.
    """
    bookings = [booking for booking, _ in stages]
    whole = sum(bookings[1:], bookings[0])
    latest = stages[-1][1]
    objective = _mean([(terms.objective, booking.measured) for booking, terms in stages], latest.objective)
    needed = _mean([(terms.coverage, booking.judged) for booking, terms in stages], latest.coverage)
    budget = sum(((1 - terms.objective) * booking.judged for booking, terms in stages), Fraction())
    met, why = _met(whole, objective, needed, budget)
    upper = whole.upper
    return Judgement(objective, budget, met, why, met is False and upper is not None and upper < objective)


def _mean(weighed: Sequence[tuple[Fraction, int]], otherwise: Fraction) -> Fraction:
    """The mean of shares by their weights; with no weight at all `otherwise`."""
    weight = sum(each for _, each in weighed)
    return sum((share * each for share, each in weighed), Fraction()) / weight if weight else otherwise


def _met(booking: Booking, objective: Fraction, needed: Fraction, budget: Fraction) -> tuple[bool | None, str | None]:
    ratio, coverage = booking.ratio, booking.coverage
    if coverage is None:
        return None, "all_excluded"
    if ratio is not None and coverage >= needed:
        return ratio >= objective, None
    if booking.down > budget:
        return False, None
    return None, "insufficient_coverage"


class DownTime:
    """How much of a customer's time was down between any two instants. `down`: its stretches, in order."""

    def __init__(self, down: Sequence[Stretch]) -> None:
        self._starts: list[Instant] = []
        self._ends: list[Instant] = []
        self._before: list[Micros] = [0]
        for starts, ends, _ in down:
            self._starts.append(starts)
            self._ends.append(ends)
            self._before.append(self._before[-1] + ends - starts)

    def between(self, starts: Instant, ends: Instant) -> Micros:
        return self._until(ends) - self._until(starts)

    def _until(self, at: Instant) -> Micros:
        whole = bisect_right(self._ends, at)
        cut = at - self._starts[whole] if whole < len(self._starts) else 0
        return self._before[whole] + max(0, cut)
