"""Rows are pruned: once a check's sealed day is older than looks are kept, its rows go, and its packed looks stay."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from zoneinfo import ZoneInfo

import structlog

from slawatch.account import ledger
from slawatch.account.sealing import fault_of
from slawatch.clock import Clock
from slawatch.rules.agreed import Agreed
from slawatch.rules.calendar import months_before
from slawatch.store import SealedDay, Store, StoreBusy, StoreTorn

log = structlog.get_logger()

#: How often it is looked whether a day is due.
LOOK_SECONDS = 6 * 3600.0


class Pruning:
    """Prunes days that are older than looks are kept, day by day, as far as all is what was recorded."""

    def __init__(self, store: Store, clock: Clock, months: Callable[[], int]) -> None:
        """`months`: how many calendar months looks are kept."""
        self._store = store
        self._clock = clock
        self._months = months
        self._told: set[tuple[str, str]] = set()
        self._failing = False

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                await self.settle(await self._store.customers_with_terms())
                self._failing = False
            except StoreBusy as busy:
                if not self._failing:
                    log.error("pruning.waiting", reason=str(busy))
                self._failing = True
            await asyncio.sleep(LOOK_SECONDS)

    async def settle(self, customers: Iterable[str]) -> None:
        """Prune what is due of these customers. Raises StoreBusy; what is pruned by then stays so."""
        days = looks = 0
        for customer in customers:
            agreed = await ledger.agreed(self._store, customer, None)
            if agreed is not None:
                async for day in self._prune(agreed):
                    days, looks = days + 1, looks + day.looks
        if days:
            log.info("pruning.done", days=days, looks=looks, months=self._months())

    async def _prune(self, agreed: Agreed) -> AsyncIterator[SealedDay]:
        """Each check's day that was pruned. A day of all checks at once, since their rows share a chain."""
        customer, zone = agreed.latest.customer, ZoneInfo(agreed.latest.timezone)
        limit = months_before(self._clock(), self._months(), zone)
        since = dict.fromkeys(agreed.checks, 0)
        while True:
            found = [await self._store.day_to_prune(customer, check, at, limit) for check, at in since.items()]
            due = [day for day in found if day is not None]
            if not due:
                return
            first = min(due, key=lambda day: day.ends)
            broken = await self._chain_fault(first)
            for day in due:
                if day.starts < first.ends:
                    since[day.check] = day.ends
                    if await self._prune_day(day, broken):
                        yield day

    async def _chain_fault(self, day: SealedDay) -> str | None:
        try:
            return await self._store.chain_fault(day.customer, day.starts, day.ends)
        except StoreTorn as torn:
            return str(torn)

    async def _prune_day(self, day: SealedDay, broken: str | None) -> bool:
        """Whether the day's rows are gone; else why not is told once. `broken`: what is wrong with its chains."""
        fault = broken or await asyncio.to_thread(fault_of, *await self._store.day_with_rows(day))
        if fault is None and await self._store.prune(day):
            return True
        fault = fault or f"{day.check}: its rows changed while they were read"
        if (day.customer, fault) not in self._told:
            self._told.add((day.customer, fault))
            log.error("pruning.kept", customer=day.customer, fault=fault)
        return False
