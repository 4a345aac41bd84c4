"""Rule 8: how many loads were fast enough, and the p95 as an exact nearest rank over whole milliseconds."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from slawatch.model import Instant, SpeedTerms
from slawatch.rules.availability import outside
from slawatch.rules.exclusions import Excluded
from slawatch.rules.timeline import Rating, Stretch

#: In the place of a time: the page did not open.
FAILED = -1


def _empty() -> array[int]:
    return array("q")


@dataclass(slots=True)
class Loads:
    """The loads of one page in order: looks on its grid slots that were not unknown. `took`: milliseconds, or FAILED.

    Two arrays side by side, so that a stretch of time is two slices, and a load takes 16 bytes and not 80: a hundred
    customers' months stay in memory.
    """

    at: array[int] = field(default_factory=_empty)
    took: array[int] = field(default_factory=_empty)

    def add(self, at: Instant, milliseconds: int | None) -> None:
        """`milliseconds`: None for a failed load."""
        self.at.append(at)
        self.took.append(FAILED if milliseconds is None else milliseconds)

    def forget(self, before: Instant) -> None:
        first = bisect_left(self.at, before)
        del self.at[:first], self.took[:first]

    def between(self, starts: Instant, ends: Instant) -> list[int | None]:
        """What the loads of [starts, ends) took, None for a failed one."""
        return [None if took == FAILED else took for took in self._within(starts, ends)]

    def count(self, starts: Instant, ends: Instant, into: Counter[int]) -> None:
        """Add the loads of [starts, ends) to `into`, by what they took or FAILED."""
        into.update(self._within(starts, ends))

    def _within(self, starts: Instant, ends: Instant) -> array[int]:
        return self.took[bisect_left(self.at, starts) : bisect_left(self.at, ends)]


@dataclass(frozen=True, slots=True)
class PageSpeed:
    """Counts over eligible loads. `by_millisecond` counts the good and the slow that did open; the rest failed.

    `slow`: took longer than what was promised at its time, or failed.
    """

    loads: int
    failed: int
    slow: int
    by_millisecond: Counter[int]

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
            self.loads + other.loads,
            self.failed + other.failed,
            self.slow + other.slow,
            self.by_millisecond + other.by_millisecond,
        )


NOTHING = PageSpeed(0, 0, 0, Counter())


def count(loads: Loads, timeline: Sequence[Stretch], excluded: Sequence[Excluded], within: int) -> PageSpeed:
    """The eligible loads: those whose slot lies where the customer was neither excluded nor down.

    `timeline` covers the period and nothing else, so that the slots outside it drop out. `within`: milliseconds.
    """
    took: Counter[int] = Counter()
    for starts, ends, rating in outside(timeline, excluded):
        if rating < Rating.LENIENT_UP:
            loads.count(starts, ends, into=took)
    failed = took.pop(FAILED, 0)
    slow = failed + sum(number for each, number in took.items() if each > within)
    return PageSpeed(failed + took.total(), failed, slow, took)


@dataclass(frozen=True, slots=True)
class Speed:
    """The speed figure over all speed pages together. `met` is None where nothing was eligible.

    `objective`: what the share was held against.
    """

    objective: Fraction
    loads: int
    slow: int
    p95_milliseconds: int | None
    met: bool | None
    pages: dict[str, PageSpeed]

    @property
    def share(self) -> Fraction | None:
        return Fraction(self.loads - self.slow, self.loads) if self.loads else None


def judge(stages: Sequence[tuple[Mapping[str, PageSpeed], SpeedTerms]]) -> Speed:
    """Met when the good loads are at least the objective's share of the eligible ones, in whole counts.

    Each load is held against what was promised at its time: `stages` of a period, with the pages' counts in each.
    """
    pages: dict[str, PageSpeed] = {}
    wanted = Fraction()
    for counts, terms in stages:
        for page, counted in counts.items():
            pages[page] = pages.get(page, NOTHING) + counted
        wanted += terms.objective * sum(each.loads for each in counts.values())
    together = sum(pages.values(), NOTHING)
    good, loads = together.loads - together.slow, together.loads
    objective = wanted / loads if loads else stages[-1][1].objective
    return Speed(objective, loads, together.slow, together.p95(), good >= wanted if loads else None, pages)
