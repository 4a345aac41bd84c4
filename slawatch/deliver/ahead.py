"""What is claimed but not being sent yet: enough that no connection waits for the store, and no more.

What is claimed is put together, and says what was true then.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass, field

from slawatch.model import Message
from slawatch.rules.telling import OF_OUTAGES

#: So many at most.
MOST = 64
#: And no more than go out in so many seconds, at the pace since the last claim.
SECONDS = 0.5
#: Seconds after which what was claimed and is not being sent may not be true any more.
STALE = 2.0


@dataclass(eq=False)
class Ahead:
    """In the order in which they are to be sent. Times are seconds of the event loop."""

    _waiting: list[tuple[bool, int, float, Message]] = field(default_factory=list)
    _numbered: int = 0
    _ended: int = 0
    _since: float = 0.0
    _wanted: int = 0

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def ids(self) -> set[str]:
        return {message.id for *_, message in self._waiting}

    @property
    def is_low(self) -> bool:
        """Whether it is time to claim more."""
        return len(self._waiting) <= self._wanted // 2

    def ended(self) -> None:
        """One was sent, or not: it makes the pace."""
        self._ended += 1

    def missing(self, now: float) -> int:
        """How many to claim, by the pace since this was last asked."""
        pace = self._ended / max(now - self._since, 0.001)
        self._wanted, self._ended, self._since = min(MOST, int(pace * SECONDS)), 0, now
        return self._wanted - len(self._waiting)

    def add(self, messages: Iterable[Message], now: float) -> None:
        """Behind what is there; but what is told of outages before all the rest."""
        for message in messages:
            self._numbered += 1
            heapq.heappush(self._waiting, (message.kind not in OF_OUTAGES, self._numbered, now, message))

    def next(self, now: float) -> Message | None:
        """The next to be sent, unless it is stale; None without one."""
        if not self._waiting or now - self._waiting[0][2] > STALE:
            return None
        return heapq.heappop(self._waiting)[-1]

    def take_stale(self, now: float) -> list[str]:
        """The ids of what waited too long; it is not here any more."""
        stale = [message.id for *_, since, message in self._waiting if now - since > STALE]
        self._waiting = [one for one in self._waiting if now - one[2] <= STALE]
        heapq.heapify(self._waiting)
        return stale
