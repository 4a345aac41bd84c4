"""A period cut into cells, one byte a cell, painted over: the brute force under the oracle.

Two ways to cut: one cell a second (`every_second`; all instants must be whole seconds), or at every instant that occurs
in the inputs (`at_instants`; exact to the microsecond and small). Painting knows nothing of intervals' algebra: what is
painted later stands, and a figure is a count of cells.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

SECOND = 1_000_000


@dataclass(frozen=True)
class Grid:
    """`edges`: ascending instants, one more than there are cells; the first and last are the period's."""

    edges: Sequence[int]

    @property
    def starts(self) -> int:
        return self.edges[0]

    @property
    def ends(self) -> int:
        return self.edges[-1]

    def blank(self) -> bytearray:
        return bytearray(len(self.edges) - 1)

    def index(self, instant: int) -> int:
        """The cell that begins at the instant; what lies outside the period is moved to its edge."""
        if instant <= self.starts:
            return 0
        if instant >= self.ends:
            return len(self.edges) - 1
        found = bisect_left(self.edges, instant)
        assert self.edges[found] == instant, f"{instant} is no edge of the grid"
        return found

    def holding(self, instant: int) -> int:
        """The cell in which an instant of the period lies."""
        return bisect_right(self.edges, instant) - 1

    def paint(self, cells: bytearray, start: int, end: int, label: int) -> None:
        first, last = self.index(start), self.index(end)
        if first < last:
            cells[first:last] = bytes([label]) * (last - first)

    def repaint(self, cells: bytearray, start: int, end: int, change: Callable[[bytes], bytes]) -> None:
        """Change the cells of a stretch one by one, by a mapping of their labels."""
        first, last = self.index(start), self.index(end)
        if first < last:
            cells[first:last] = change(bytes(cells[first:last]))

    def over(self, starts: int, ends: int, instants: Iterable[int]) -> Grid:
        """A grid over another stretch of time, cut the way that this one is."""
        return every_second(starts, ends) if isinstance(self.edges, range) else at_instants(starts, ends, instants)

    def stretches(self, cells: bytes | bytearray, label: int) -> list[tuple[int, int]]:
        """From when to when the label stands, without a break."""
        found: list[tuple[int, int]] = []
        for at, value in enumerate(cells):
            if value == label and at and cells[at - 1] == label:
                found[-1] = (found[-1][0], self.edges[at + 1])
            elif value == label:
                found.append((self.edges[at], self.edges[at + 1]))
        return found

    def length(self, cells: bytes | bytearray, label: int, start: int, end: int) -> int:
        """How many microseconds of the stretch carry the label."""
        first, last = self.index(start), self.index(end)
        if isinstance(self.edges, range):
            return cells.count(label, first, last) * self.edges.step if first < last else 0
        return sum(self.edges[i + 1] - self.edges[i] for i in range(first, last) if cells[i] == label)


def every_second(starts: int, ends: int) -> Grid:
    assert (ends - starts) % SECOND == 0
    return Grid(range(starts, ends + SECOND, SECOND))


def at_instants(starts: int, ends: int, instants: Iterable[int]) -> Grid:
    return Grid(sorted({starts, ends, *(t for t in instants if starts < t < ends)}))
