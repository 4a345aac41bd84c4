"""Rule 8: how many loads were fast enough, and the p95 as an exact nearest rank over whole milliseconds."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

from slawatch.model import Instant, SpeedTerms
from slawatch.rules.availability import outside
from slawatch.rules.exclusions import Excluded
from slawatch.rules.ranks import Ranks
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

    def extend(self, loads: Sequence[tuple[Instant, int]]) -> None:
        """Loads in order, each with what it took: milliseconds, or FAILED."""
        self.at.extend([at for at, _ in loads])
        self.took.extend([took for _, took in loads])

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
class PageLoads:
    """Eligible loads of one page. `by_millisecond` counts the good and the slow that did open; the rest failed.

    `slow`: took longer than what was promised at its time, or failed.
    """

    loads: int
    slow: int
    by_millisecond: Counter[int]


NOTHING = PageLoads(0, 0, Counter())


def count(loads: Loads, timeline: Sequence[Stretch], excluded: Sequence[Excluded], within: int) -> PageLoads:
    """The eligible loads: those whose slot lies where the customer was neither excluded nor down.

    `timeline` covers the period and nothing else, so that the slots outside it drop out. `within`: milliseconds.
    """
    took: Counter[int] = Counter()
    for starts, ends, rating in outside(timeline, excluded):
        if rating < Rating.LENIENT_UP:
            loads.count(starts, ends, into=took)
    failed = took.pop(FAILED, 0)
    slow = failed + sum(number for each, number in took.items() if each > within)
    return PageLoads(failed + took.total(), slow, took)


class Counted(NamedTuple):
    """How many loads of a page were eligible, and how many of these slow."""

    loads: int
    slow: int


@dataclass(frozen=True, slots=True)
class PageSpeed:
    """One page's figure. `p95_milliseconds`: None when nothing loaded or the rank falls on a failed load."""

    loads: int
    slow: int
    p95_milliseconds: int | None


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

    @property
    def may_be_slow(self) -> Fraction:
        """How many of the loads."""
        return (1 - self.objective) * self.loads


def judge(
    stages: Sequence[tuple[Mapping[str, Counted], SpeedTerms]], times: Mapping[str, Ranks], together: Ranks
) -> Speed:
    """Met when the good loads are at least the objective's share of the eligible ones, in whole counts.

    Each load is held against what was promised at its time: `stages` of a period, with the pages' counts in each.
    `times`: of the loads that opened, by page; `together`: of all pages.
    """
    pages: dict[str, Counted] = {}
    wanted = Fraction()
    for counts, terms in stages:
        for page, counted in counts.items():
            before = pages.get(page, Counted(0, 0))
            pages[page] = Counted(before.loads + counted.loads, before.slow + counted.slow)
        wanted += terms.objective * sum(each.loads for each in counts.values())
    loads, slow = sum(one.loads for one in pages.values()), sum(one.slow for one in pages.values())
    return Speed(
        objective=wanted / loads if loads else stages[-1][1].objective,
        loads=loads,
        slow=slow,
        p95_milliseconds=together.p95(loads),
        met=loads - slow >= wanted if loads else None,
        pages={page: PageSpeed(*counted, times[page].p95(counted.loads)) for page, counted in pages.items()},
    )
