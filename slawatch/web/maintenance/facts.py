"""What the pages of maintenance show and ask for, as values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from slawatch.model import Instant
from slawatch.rules.wishes import Wish


@dataclass(frozen=True, slots=True)
class Line:
    """A window as several customers have it in common. `customers`: their names; `everyone`: these are all.

    `state`, `reason`, `counted`, `proof` and `why` as the API shows them. `more`: so many later times of its series
    that are to come and not listed.
    """

    id: str
    customers: tuple[str, ...]
    everyone: bool
    state: str
    reason: str
    text: str | None
    zone: str
    starts: Instant
    ends: Instant
    counted: bool | None
    proof: str | None
    why: str | None
    configured: bool
    more: int = 0

    @property
    def series(self) -> str | None:
        """The id of all its times, where it comes again."""
        name, dot, _ = self.id.partition(".")
        return name if dot else None


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail that would go out, in one language. `lines`: how it begins. `to`: whom, by address."""

    language: str
    subject: str
    lines: tuple[str, ...]
    to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """What a window would mean for customers who have it in common: by their names, and of the first of its times.

    `counted`: of how many of its `times` something is left out of the figures, else `why` not, and `proof` of what.
    `deadline`: by when it had to be told. `preferred`: the hours that were agreed, and whether it lies `inside` them.
    """

    customers: tuple[str, ...]
    everyone: bool
    times: int
    counted: int
    proof: str | None
    why: str | None
    deadline: Instant
    preferred: tuple[str, str] | None
    inside: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """What a wish would do. `times`: its first few, of `total`. `unmailed`: names of customers of whom nobody is."""

    times: tuple[tuple[Instant, Instant], ...]
    total: int
    judged: tuple[Judged, ...]
    letters: tuple[Letter, ...]
    unmailed: tuple[str, ...]


class Planner(Protocol):
    """What the pages need of those who declare."""

    def now(self) -> Instant: ...

    def customers(self) -> Sequence[tuple[str, str]]:
        """Id and name of each."""

    def zone(self, customers: Sequence[str]) -> str:
        """The agreement's zone of these; of those with different ones, or of none, that of what is agreed with all."""

    async def lines(self, customer: str | None = None) -> Sequence[Line]:
        """All windows, of one customer or all, by start. Raises StoreError."""

    async def preview(self, wish: Wish) -> Preview:
        """Nothing is declared. Raises Refused, StoreError."""

    async def ask(self, wish: Wish) -> dict[str, Any]:
        """Declare it; gives its `id` and `warnings`. Raises Refused, StoreError."""
