"""The loads that a month can still have by the grid: slow ones beyond what may be slow of all are never made good."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from slawatch.model import Instant
from slawatch.rules.agreed import Agreed
from slawatch.rules.calendar import Period
from slawatch.rules.exclusions import Excluded, Interval, clipped
from slawatch.rules.grid import Grid
from slawatch.rules.records import CheckBook, uncounted_from


@dataclass(frozen=True, slots=True)
class Slots:
    """The slots of one speed page in a stretch of time. `may_be_slow`: the share of their loads."""

    page: str
    grid: Grid
    starts: Instant
    ends: Instant
    may_be_slow: Fraction

    def since(self, at: Instant) -> int:
        """How many of them are at `at` or later."""
        return self.grid.between(max(self.starts, at), self.ends)


def slots(agreed: Agreed, whole: Period, excluded: Sequence[Excluded]) -> tuple[Slots, ...]:
    """Those of the whole month whose looks are eligible loads when the customer is up and they succeed or fail.

    `excluded`: of the whole month, also what is still to come.
    """
    return tuple(
        Slots(page, Grid.of(check.id, check.every), starts, ends, 1 - terms.speed.objective)
        for period, terms, watched in agreed.stages(whole)
        if watched
        for page in terms.speed.pages
        if (check := terms.checks[page])
        for starts, ends in _open(period, clipped(excluded, period))
    )


def allowance(so_far: Fraction, month: Sequence[Slots], books: Mapping[str, CheckBook], now: Instant) -> Fraction:
    """How many loads of the month may be slow: `so_far` of those that are counted at `now`, and of all to come.

    A slot that has its load counts once; one that passes without a load is lost, and the allowance shrinks.
    """
    since = {page: uncounted_from(books[page], now) for page in {each.page for each in month}}
    return so_far + sum((each.may_be_slow * each.since(since[each.page]) for each in month), Fraction())


def _open(period: Period, excluded: Sequence[Excluded]) -> Iterator[Interval]:
    """What of the period lies outside `excluded`, which is in order."""
    since = period.starts
    for starts, ends, _ in excluded:
        if since < starts:
            yield since, starts
        since = ends
    if since < period.ends:
        yield since, period.ends
