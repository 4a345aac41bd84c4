"""What a customer's status page says, as values: of that customer alone, and nothing of how it is watched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from slawatch.model import Cause, Instant, Micros
from slawatch.web.pages.facts import State
from slawatch.web.pages.news import News


@dataclass(frozen=True, slots=True)
class Update:
    """What the operator told the customer's people."""

    at: Instant
    text: str


@dataclass(frozen=True, slots=True)
class Interruption:
    """An outage. `down`: what of it counts in its month; `ends`: None while it lasts."""

    starts: Instant
    ends: Instant | None
    down: Micros
    cause: Cause | None
    updates: tuple[Update, ...] = ()


@dataclass(frozen=True, slots=True)
class Work:
    """Maintenance that runs or is to come."""

    starts: Instant
    ends: Instant
    reason: str
    text: str | None


@dataclass(frozen=True, slots=True)
class DaySeen:
    """A day by its midnight. `down`: how long, as the figures count it; None where nobody watched.

    `outage`: whether one was there, of which also nothing may count.
    """

    starts: Instant
    down: Micros | None
    outage: bool = False

    @property
    def kind(self) -> str:
        """`bad` with an outage, `good` without, `none` where nobody watched."""
        return "none" if self.down is None else "bad" if self.outage else "good"


@dataclass(frozen=True, slots=True)
class MonthFigure:
    """A month's availability, None where there is no figure, and what was promised."""

    starts: Instant
    share: float | None
    objective: float


@dataclass(frozen=True, slots=True)
class Notice:
    """All that the page says. `since`: when it came to stand so, where that is known; `outages`: the latest first.

    `calendar`: where its maintenance is as a calendar, None where customers reach none.
    """

    name: str
    service: str
    zone: str
    language: str
    now: Instant
    state: State
    since: Instant | None
    running: tuple[Work, ...]
    planned: tuple[Work, ...]
    outages: tuple[Interruption, ...]
    days: tuple[DaySeen, ...]
    this_month: MonthFigure
    last_month: MonthFigure | None
    calendar: str | None


class Noticeboard(Protocol):
    """What the pages need to know. `news`: who of all customers changed."""

    @property
    def news(self) -> News: ...

    def now(self) -> Instant: ...

    def opened_by(self, key: str) -> tuple[str, bool] | None:
        """Whose page the end of its address opens, and whether that is for everyone; None: nobody's."""

    async def notice(self, customer: str) -> Notice | None:
        """None for who is not watched (any more). Raises StoreError."""
