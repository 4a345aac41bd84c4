"""When a check is due: a fixed grid, so that restarts shift nothing, and the account of slots that were skipped."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from slawatch.model import SECOND, CheckId, Instant, Micros

#: A slot begun later than this after its time (or half an interval) is not looked at any more: it was skipped.
LATEST: Micros = 10 * SECOND

#: Of a long standstill so many skipped slots are written; the silence after them says the same.
MOST_SKIPPED = 1_000


@dataclass(frozen=True, slots=True)
class Grid:
    """The slots of one check: all instants that are `phase` past a multiple of `every`."""

    every: Micros
    phase: Micros

    @classmethod
    def of(cls, check: CheckId, every: Micros) -> Grid:
        """The check's grid: its phase follows from its name, which spreads the load and survives restarts."""
        number = int.from_bytes(hashlib.sha256(str(check).encode()).digest()[:8])
        return cls(every, number % (every // 1000) * 1000)

    def latest(self, now: Instant) -> Instant:
        """The last slot at or before `now`."""
        return now - (now - self.phase) % self.every

    def after(self, now: Instant) -> Instant:
        """The first slot after `now`."""
        return self.latest(now) + self.every

    def between(self, starts: Instant, ends: Instant) -> int:
        """How many slots lie in [starts, ends)."""
        return max(0, (ends - 1 - self.phase) // self.every - (starts - 1 - self.phase) // self.every)


@dataclass(frozen=True, slots=True)
class Pace:
    """How far a check has come: its `latest` slot dealt with, and until when it was being looked at."""

    latest: Instant
    busy_until: Instant = 0


@dataclass(frozen=True, slots=True)
class Due:
    """What a tick means: the slot to look at now, if any, and those that nobody looked at."""

    slot: Instant | None
    skipped: tuple[Instant, ...] = ()


def due(grid: Grid, pace: Pace, now: Instant) -> Due:
    """Rule 2's account of slots, for a check that is not being looked at.

    Slots that came while it was being looked at are no miss. A slot that is too late to look at is skipped.
    """
    newest = grid.latest(now)
    if newest <= pace.latest:
        return Due(None)
    # A range, not a list: when a clock that stood at 1970 is set, the slots in between are many millions.
    open_slots = range(grid.after(max(pace.latest, pace.busy_until)), newest + 1, grid.every)
    on_time = now - newest <= min(LATEST, grid.every // 2)
    if on_time and open_slots:
        return Due(newest, tuple(open_slots[:-1][:MOST_SKIPPED]))
    return Due(None, tuple(open_slots[:MOST_SKIPPED]))
