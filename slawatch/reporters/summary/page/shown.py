"""How much of a long month is written out. All of it is in the evidence bundle and in the JSON."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

T = TypeVar("T")

#: Of each kind so many: what a person reads, and a page opens in no time.
MOST = 60
#: Of the mails about one outage or window.
MOST_MAILS = 12


@dataclass(frozen=True, slots=True)
class Shown(Generic[T]):
    """`rows`: those written out, in their order. `left_out`: how many are not."""

    rows: tuple[T, ...]
    left_out: int

    @property
    def number(self) -> int:
        return len(self.rows) + self.left_out


def shown(rows: Sequence[T], weight: Callable[[T], Any], most: int = MOST) -> Shown[T]:
    """The weightiest of many, in the order that they came in."""
    if len(rows) <= most:
        return Shown(tuple(rows), 0)
    chosen = sorted(sorted(range(len(rows)), key=lambda one: weight(rows[one]), reverse=True)[:most])
    return Shown(tuple(rows[one] for one in chosen), len(rows) - most)
