"""Checkpoints are kept: where each customer's month stands, once an hour and at a clean stop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager

import structlog

from slawatch.account.checkpoint import Checkpoint
from slawatch.account.live import Account
from slawatch.clock import Clock
from slawatch.model import MINUTE, SECOND, Instant
from slawatch.store import Store, StoreBusy, StoredCheckpoint

log = structlog.get_logger()

#: An hour is so many turns: in each a part of the customers is kept, so that no turn holds anything up.
TURNS = 60
#: In one transaction.
LOT = 50
#: At a stop; whoever is not kept by then has a checkpoint that is at most an hour old.
STOP_SECONDS = 2.0


def due(customers: Collection[str], turn: int) -> list[str]:
    """Whose turn it is: in an hour each once, and in each turn about as many."""
    return sorted(customers)[turn % TURNS :: TURNS]


class Keeping:
    """Keeps the checkpoints of the customers who are in the account."""

    def __init__(self, store: Store, account: Account, clock: Clock) -> None:
        self._store = store
        self._account = account
        self._clock = clock
        self._failing = False

    async def run(self) -> None:
        """Until cancelled. A restart goes on with the turn that the clock shows."""
        turn = self._clock() // MINUTE
        while True:
            await self._keep_or_wait(due(self._account.customers, turn))
            await asyncio.sleep(MINUTE / SECOND)
            turn += 1

    @asynccontextmanager
    async def at_the_end(self) -> AsyncIterator[None]:
        """On leaving without an error all are kept, as far as there is time; of a daemon that is broken nothing is."""
        yield
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await self._keep_or_wait(sorted(self._account.customers))
        except TimeoutError:
            log.info("checkpoints.unfinished")

    async def _keep_or_wait(self, customers: Collection[str]) -> None:
        try:
            await self.keep(customers)
            self._failing = False
        except StoreBusy as busy:
            if not self._failing:
                log.error("checkpoints.waiting", reason=str(busy))
            self._failing = True

    async def keep(self, customers: Collection[str]) -> None:
        """Keep where these customers stand. Raises StoreBusy."""
        waiting = list(customers)
        while waiting:
            lot, waiting = waiting[:LOT], waiting[LOT:]
            stood: dict[str, Checkpoint | None] = {}
            for customer in lot:
                stood[customer] = await self._account.checkpoint(customer)
                await asyncio.sleep(0)
            await self._store.save_checkpoints(await asyncio.to_thread(_written, stood, self._clock()))


def _written(stood: Mapping[str, Checkpoint | None], at: Instant) -> list[StoredCheckpoint]:
    return [StoredCheckpoint(customer, at, one.written()) for customer, one in stood.items() if one is not None]
