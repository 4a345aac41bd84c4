"""The loads that a month can still have by the grid: slow ones beyond what may be slow of all are never made good."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import NamedTuple

from slawatch.model import Instant
from slawatch.rules.agreed import Agreed
from slawatch.rules.calendar import Period
from slawatch.rules.exclusions import Excluded, Interval, clipped
from slawatch.rules.grid import Grid
from slawatch.rules.records import CheckBook, uncounted_from


class Slots(NamedTuple):
    """The slots of one speed page in [starts, ends). `allows`: how much of each load may be slow, in parts."""

    page: str
    grid: Grid
    starts: Instant
    ends: Instant
    allows: int


@dataclass(frozen=True, slots=True)
class Coming:
    """All slots of a month. So many `parts` are a load: what may be slow is then counted in whole numbers."""

    slots: tuple[Slots, ...]
    parts: int

    def allows(self, books: Mapping[str, CheckBook], now: Instant) -> int:
        """How much may be slow of the loads that are not counted at `now` and may still come, in parts of a load.

        A slot that has its load counts there; one that passes without a load is lost, and less may be slow.
        """
        found = 0
        for page, grid, starts, ends, each in self.slots:
            found += each * grid.between(max(starts, uncounted_from(books[page], now)), ends)
        return found

    def loads(self, books: Mapping[str, CheckBook], now: Instant) -> Fraction:
        """The same in loads."""
        return Fraction(self.allows(books, now), self.parts)


def coming(agreed: Agreed, whole: Period, excluded: Sequence[Excluded]) -> Coming:
    """The slots of the speed pages in the whole month, while the customer is watched and nothing is left out.

    `excluded`: of the whole month, also what is still to come.
    """
    stages = agreed.stages(whole)
    parts = lcm(*((1 - stage.terms.speed.objective).denominator for stage in stages))
    return Coming(
        tuple(
            Slots(page, Grid.of(check.id, check.every), *open_, int((1 - terms.speed.objective) * parts))
            for period, terms, watched in stages
            if watched
            for page in terms.speed.pages
            for check in (terms.checks[page],)
            for open_ in _open(period, clipped(excluded, period))
        ),
        parts,
    )


def _open(period: Period, excluded: Sequence[Excluded]) -> Iterator[Interval]:
    """What of the period lies outside `excluded`, which is in order."""
    since = period.starts
    for starts, ends, _ in excluded:
        if since < starts:
            yield since, starts
        since = ends
    if since < period.ends:
        yield since, period.ends
