"""What others report, as the store keeps it: incidents and heartbeats. Rows are added, never changed."""

from __future__ import annotations

from collections.abc import Sequence

from slawatch.clock import Clock
from slawatch.model import Heartbeat, Incident, Instant
from slawatch.store import heartbeats, incidents
from slawatch.store.people import Run


class Reported:
    """Incidents and heartbeats of an open store. `clock` says when they came in."""

    def __init__(self, write: Run, read: Run, clock: Clock) -> None:
        self._write = write
        self._read = read
        self._clock = clock

    async def add_incidents(self, said: Sequence[Incident]) -> tuple[int, int]:
        """How these stand now: all of them or nothing. Gives how many were new, and how many had changed."""
        recorded = self._clock()
        return await self._write(lambda c: incidents.add(c, said, recorded))

    async def incidents(
        self, customer: str | None = None, as_of: Instant | None = None, *, unsolved: bool = False
    ) -> tuple[Incident, ...]:
        """How each stood at `as_of`, by customer and when it was opened."""
        return await self._read(lambda c: incidents.find(c, customer, as_of, unsolved=unsolved))

    async def last_incident(self, as_of: Instant | None = None) -> Instant | None:
        """When anything of any incident was last recorded, up to `as_of`; None where nothing ever was."""
        return await self._read(lambda c: incidents.last_recorded(c, as_of))

    async def add_heartbeat(self, beat: Heartbeat) -> bool:
        """Whether it was new: what was reported of that moment before stays."""
        recorded = self._clock()
        return await self._write(lambda c: heartbeats.add(c, beat, recorded))

    async def heartbeats(self, since: Instant, until: Instant, as_of: Instant | None = None) -> tuple[Heartbeat, ...]:
        """Those whose `at` lies in [since, until), and each source's last of a kind before; by source, kind and time.

        Only those recorded up to `as_of`.
        """
        return await self._read(lambda c: heartbeats.between(c, since, until, as_of))

    async def latest_heartbeats(self) -> tuple[Heartbeat, ...]:
        """Each source's last one of a kind, and its last good one; by source, kind and time."""
        return await self._read(heartbeats.latest)
