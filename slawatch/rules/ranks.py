"""An exact nearest rank that is kept up to date: adding a time costs a step, not a sort of all of them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from itertools import accumulate


class Ranks:
    """How often each time came, in whole milliseconds; remembers the rank that was asked for last, which moves little.

    `_times`: in order, also those of which none is left. `_before`: how many lie before the one at `_place`.
    """

    def __init__(self) -> None:
        self._times: list[int] = []
        self._counts: dict[int, int] = {}
        self._all = 0
        self._place = 0
        self._before = 0

    @classmethod
    def of(cls, counted: Mapping[int, int]) -> Ranks:
        """So many, at least one, of each time; begins at the 95th percentile, which is what is asked for."""
        ranks = cls()
        ranks._times, ranks._counts, ranks._all = sorted(counted), dict(counted), sum(counted.values())
        if counted:
            up_to = list(accumulate(counted[took] for took in ranks._times))
            ranks._place = bisect_left(up_to, _rank_95(ranks._all))
            ranks._before = up_to[ranks._place] - counted[ranks._times[ranks._place]]
        return ranks

    @property
    def counted(self) -> dict[int, int]:
        """How many there are of each time, in order."""
        return {took: number for took in self._times if (number := self._counts[took])}

    def add(self, counted: Mapping[int, int]) -> None:
        """So many more of each time."""
        for took, number in counted.items():
            self._add(took, number)

    def take_back(self, counted: Mapping[int, int]) -> None:
        """What was added before is not there any more."""
        for took, number in counted.items():
            self._add(took, -number)

    def at(self, rank: int) -> int | None:
        """The time at a rank, of which 1 is the fastest; None beyond the last."""
        if rank > self._all:
            return None
        while self._before >= rank:
            self._place -= 1
            self._before -= self._counts[self._times[self._place]]
        while self._before + self._counts[self._times[self._place]] < rank:
            self._before += self._counts[self._times[self._place]]
            self._place += 1
        return self._times[self._place]

    def p95(self, loads: int) -> int | None:
        """The nearest-rank 95th percentile of so many loads; those that are not here failed, slower than any."""
        return self.at(_rank_95(loads)) if loads else None

    def p95_with(self, more: Sequence[int], loads: int) -> int | None:
        """The same of so many loads, if these times were here too."""
        for took in more:
            self._add(took, 1)
        found = self.p95(loads)
        for took in more:
            self._add(took, -1)
        return found

    def _add(self, took: int, number: int) -> None:
        if took not in self._counts:
            found = bisect_left(self._times, took)
            self._times.insert(found, took)
            self._counts[took] = 0
            if found < self._place:
                self._place += 1
        self._counts[took] += number
        self._all += number
        if took < self._times[self._place]:
            self._before += number


def _rank_95(number: int) -> int:
    """The nearest rank of the 95th percentile."""
    return -(-95 * number // 100)
