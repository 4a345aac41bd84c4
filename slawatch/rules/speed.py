"""Rule 8: how many loads were fast enough, and the p95 as an exact nearest rank over whole milliseconds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from slawatch.model import Instant, SpeedTerms
from slawatch.rules.availability import outside
from slawatch.rules.calendar import Period
from slawatch.rules.exclusions import Excluded
from slawatch.rules.timeline import Rating, Stretch


class Load(NamedTuple):
    """A look at a speed page on its grid slot that was not unknown; `milliseconds` is None when it failed."""

    at: Instant
    milliseconds: int | None


@dataclass(frozen=True, slots=True)
class PageSpeed:
    """Counts over eligible loads. `by_millisecond` counts the good and the slow that did open; the rest failed."""

    loads: int
    failed: int
    by_millisecond: Counter[int]

    def slow(self, within: int) -> int:
        return self.failed + sum(count for took, count in self.by_millisecond.items() if took > within)

    def p95(self) -> int | None:
        """The nearest-rank 95th percentile in milliseconds; None when nothing loaded or the rank is a failed load."""
        if not self.loads:
            return None
        rank = -(-95 * self.loads // 100)
        for took in sorted(self.by_millisecond):
            rank -= self.by_millisecond[took]
            if rank <= 0:
                return took
        return None

    def __add__(self, other: PageSpeed) -> PageSpeed:
        return PageSpeed(
            self.loads + other.loads, self.failed + other.failed, self.by_millisecond + other.by_millisecond
        )


NOTHING = PageSpeed(0, 0, Counter())


def eligible(
    loads: Iterable[Load], timeline: Sequence[Stretch], excluded: Sequence[Excluded], period: Period
) -> Iterator[Load]:
    """The loads, in order, whose slot lies in the period where the customer was neither excluded nor down."""
    spans = iter([stretch for stretch in outside(timeline, excluded) if stretch.rating < Rating.LENIENT_UP])
    span = next(spans, None)
    for load in loads:
        while span is not None and span.ends <= load.at:
            span = next(spans, None)
        if span is None:
            return
        if span.starts <= load.at and period.starts <= load.at < period.ends:
            yield load


def count(loads: Iterable[Load]) -> PageSpeed:
    by_millisecond: Counter[int] = Counter()
    failed = total = 0
    for _, took in loads:
        total += 1
        if took is None:
            failed += 1
        else:
            by_millisecond[took] += 1
    return PageSpeed(total, failed, by_millisecond)


@dataclass(frozen=True, slots=True)
class Speed:
    """The speed figure over all speed pages together. `met` is None where nothing was eligible."""

    loads: int
    slow: int
    p95_milliseconds: int | None
    met: bool | None
    pages: dict[str, PageSpeed]

    @property
    def share(self) -> Fraction | None:
        return Fraction(self.loads - self.slow, self.loads) if self.loads else None


def judge(pages: dict[str, PageSpeed], terms: SpeedTerms) -> Speed:
    """Met when the good loads are at least the objective's share of the eligible ones, in whole counts."""
    together = sum(pages.values(), NOTHING)
    slow = together.slow(terms.within_milliseconds)
    objective = terms.objective
    good_enough = (together.loads - slow) * objective.denominator >= objective.numerator * together.loads
    return Speed(together.loads, slow, together.p95(), good_enough if together.loads else None, pages)
