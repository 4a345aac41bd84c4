"""What the overview and a customer's page show, as values: figures of the account's statements, as they stand there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from slawatch.model import MINUTE, Instant, Micros
from slawatch.rules.document import Document
from slawatch.web.look.figures import floored
from slawatch.web.pages.news import News

#: Of the percentages in a row. A load in time more or less is hardly ever seen, a second of downtime is.
AVAILABILITY_DECIMALS, SPEED_DECIMALS = 3, 1


class State(StrEnum):
    """How a customer stands now, the worst first."""

    DOWN = "down"
    UNKNOWN = "unknown"
    MAINTENANCE = "maintenance"
    UP = "up"


@dataclass(frozen=True, slots=True)
class Row:
    """One customer among all. Shares are numbers from 0 to 1; what is None has no figure (yet).

    `since`: when it came to stand so, None where that was before anybody looked. `availability`, `speed`: of the month
    so far, with whether they are met. `budget`: how long the whole month may be down; `left`: what is left of it, below
    0 where it is overdrawn. `outages`: of this month; `lasting`: of them those that last. `window`: the maintenance
    that comes next, from and to.
    """

    customer: str
    name: str
    zone: str
    state: State = State.UNKNOWN
    since: Instant | None = None
    availability: float | None = None
    objective: float | None = None
    met: bool | None = None
    budget: Micros = 0
    left: Micros = 0
    speed: float | None = None
    speed_objective: float | None = None
    speed_met: bool | None = None
    outages: int = 0
    lasting: int = 0
    window: tuple[Instant, Instant] | None = None

    @property
    def missed(self) -> bool:
        """Whether a promise is not kept, as the month stands."""
        return self.met is False or self.speed_met is False

    @property
    def left_share(self) -> float:
        """How much of the budget is left, from 0 to 1."""
        return max(0.0, min(1.0, self.left / self.budget)) if self.budget > 0 else 0.0

    @property
    def order(self) -> str:
        """Rows by this text have the worst first: down, a promise missed, unknown, then by what is left to lose."""
        rank = 0 if self.state is State.DOWN else 1 if self.missed else 2 if self.state is State.UNKNOWN else 3
        return f"{rank} {int(self.left_share * 1000):04} {self.name.casefold()} {self.customer}"

    def as_shown(self) -> tuple[object, ...]:
        """Of two rows with the same one sees no difference."""
        return (
            *(self.name, self.zone, self.state, self.since, *self.shares_shown(self.availability, self.speed)),
            *(self.objective, self.met, self.speed_objective, self.speed_met),
            *(self.budget // MINUTE, self.left // MINUTE, self.outages, self.lasting, self.window),
        )

    @staticmethod
    def shares_shown(availability: float | None, speed: float | None) -> tuple[object, object]:
        """The two figures to the decimals that a row shows of them."""
        return (
            None if availability is None else floored(availability, AVAILABILITY_DECIMALS),
            None if speed is None else floored(speed, SPEED_DECIMALS),
        )


def counted(rows: Iterable[Row]) -> Mapping[str, int]:
    """How many customers are in each state, and of how many a promise is `missed`."""
    counts = dict.fromkeys((*map(str, State), "missed"), 0)
    for row in rows:
        counts[row.state] += 1
        counts["missed"] += row.missed
    return counts


@dataclass(frozen=True, slots=True)
class Sheet:
    """All of one customer. `row`: as it stands among the others; `month`: its statement so far, with what was said of
    outages; `checks`: each with its last look, `windows`: all by start, both as the API shows them. `calendar`: where
    its calendar is, None where customers reach no pages; `status`: the path of its status page, None where it has none.
    """

    row: Row
    url: str
    now: Instant
    month: Document
    checks: Sequence[Document]
    windows: Sequence[Document]
    calendar: str | None
    status: str | None = None


class Board(Protocol):
    """What the pages show. `news`: who of the customers changed."""

    @property
    def news(self) -> News: ...

    @property
    def rows(self) -> Sequence[Row]:
        """All customers of the configuration in force, in its order."""

    def now(self) -> Instant: ...

    async def sheet(self, customer: str) -> Sheet | None:
        """All of one customer; None where there is no such. Raises StoreError."""
