"""Days are sealed: once a check's day is over, its looks are packed, and what followed from them is kept beside."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from zoneinfo import ZoneInfo

import structlog

from slawatch.account import ledger
from slawatch.account.spans import Spans, Unreadable, judged_by
from slawatch.clock import Clock
from slawatch.model import Instant, Verdict
from slawatch.replay import rows_digest
from slawatch.rules.agreed import Agreed
from slawatch.rules.calendar import Period, day, text
from slawatch.rules.days import through
from slawatch.rules.records import OVERDUE, reached
from slawatch.rules.timeline import START
from slawatch.store import ObservationRow, SealedDay, Store, StoreBusy, pack, unpack

log = structlog.get_logger()

#: How often it is looked whether a day is due.
LOOK_SECONDS = 600.0


class Sealing:
    """Seals days that are over, each once, check by check in order."""

    def __init__(self, store: Store, clock: Clock, complete: Callable[[], bool] = lambda: True) -> None:
        """`complete`: whether all that was seen is in the ledger."""
        self._store = store
        self._clock = clock
        self._complete = complete
        self._failing = False
        self._told: set[tuple[str, str]] = set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                await self.settle(await self._store.customers_with_terms())
                self._failing = False
            except StoreBusy as busy:
                if not self._failing:
                    log.error("sealing.waiting", reason=str(busy))
                self._failing = True
            await asyncio.sleep(LOOK_SECONDS)

    async def settle(self, customers: Iterable[str]) -> None:
        """Seal what is due of these customers. Raises StoreBusy."""
        for customer in customers:
            agreed = await ledger.agreed(self._store, customer, None)
            if agreed is not None:
                for check in agreed.checks:
                    try:
                        await self.seal(agreed, check)
                    except Unreadable as damaged:  # what follows is read look by look
                        self._tell(customer, check, damaged)

    def _tell(self, customer: str, check: str, damaged: Unreadable) -> None:
        if (customer, check) not in self._told:
            self._told.add((customer, check))
            log.error("sealing.stopped", customer=customer, check=check, reason=str(damaged))

    async def seal(self, agreed: Agreed, check: str) -> None:
        """Seal the days of one check that are due. Raises StoreBusy, or Unreadable where the last one is damaged."""
        customer, zone = agreed.latest.customer, ZoneInfo(agreed.latest.timezone)
        last = await self._last(customer, check)
        while (period := await self._next(customer, check, 0 if last is None else last.ends, zone)) is not None:
            rows = await self._store.observation_rows(customer, period.starts, period.ends, check=check)
            last = await asyncio.to_thread(sealed, agreed, check, period, rows, last, self._clock())
            await self._store.seal_day(last)

    async def _last(self, customer: str, check: str) -> SealedDay | None:
        """The check's latest sealed day. What a clock that was ahead had sealed is not over yet, and is forgotten: on
        the one that is right, looks of it may still come after a restart.
        """
        last, over = await self._store.last_sealed(customer, check), self._clock() - OVERDUE
        if last is not None and last.ends > over:
            await self._store.unseal_days(customer, check, over)
            last = await self._store.last_sealed(customer, check)
        return last

    async def _next(self, customer: str, check: str, since: Instant, zone: ZoneInfo) -> Period | None:
        """The first day with looks from `since` on; None unless no look of it can still come.

        Looks of a check are recorded in order: one after the day shows that the day is whole, whatever clocks do.
        """
        first = await self._store.first_look(customer, check, since)
        if first is None:
            return None
        whole = day(first, zone)
        if whole.ends + OVERDUE > self._clock() or not self._complete():
            return None
        later = await self._store.first_look(customer, check, whole.ends)
        return None if later is None else Period(max(whole.starts, since), whole.ends)


def sealed(
    agreed: Agreed, check: str, period: Period, rows: list[ObservationRow], before: SealedDay | None, recorded: Instant
) -> SealedDay:
    """The day as it is kept. `rows`: its looks, at least one, in order. `before`: the check's sealed day before it.

    Raises Unreadable where that is damaged.
    """
    policy = agreed.policy(check)
    stood = None if before is None else Spans.read(before.spans)
    own = through(START if stood is None else stood.own.after, rows, policy)
    network = None
    if agreed.checks[check].id.kind == "http":
        since = START if stood is None or stood.network is None else stood.network.after
        network = through(since, rows, policy, reached)
    return SealedDay(
        customer=agreed.latest.customer,
        check=check,
        starts=period.starts,
        ends=period.ends,
        looks=len(rows),
        last_up=_last_up(rows),
        digest=rows_digest(rows),
        packed=pack(rows),
        spans=Spans(judged_by(policy, own), own, network).written(),
        recorded=recorded,
    )


def fault_of(sealed: SealedDay, rows: list[ObservationRow]) -> str | None:
    """What is wrong with a sealed day, in words. `rows`: those that are there; none where all are pruned."""
    where = f"{sealed.check}: the day from {text(sealed.starts)} on"
    try:
        looks = unpack(sealed.check, sealed.packed)
    except ValueError:
        return f"{where} has packed looks that cannot be read"
    said = (len(looks), _last_up(looks), rows_digest(looks))
    sound = said == (sealed.looks, sealed.last_up, sealed.digest)
    if not sealed.pruned:
        return None if sound and looks == rows else f"{where} was sealed with other looks than the ledger has"
    if not sound:
        return f"{where} has packed looks that are not those that it was sealed with"
    if rows == looks:
        return f"{where} is marked as pruned, but its rows are there"
    if rows and rows != looks[-len(rows) :]:
        return f"{where} is pruned, but has rows that are not the last of its looks"
    return None


def settled_fault_of(agreed: Agreed, sealed: SealedDay, before: SealedDay | None) -> str | None:
    """What is wrong with what a sound day's looks settled, in words. `before`: the check's sealed day before it.

    A day that was judged by other terms than `agreed` serves nobody, and nothing is said of it.
    """
    where = f"{sealed.check}: what the day from {text(sealed.starts)} on settled"
    policy, rows = agreed.policy(sealed.check), unpack(sealed.check, sealed.packed)
    try:
        spans, ended = Spans.read(sealed.spans), None if before is None else Spans.read(before.spans)
    except Unreadable:
        return f"{where} cannot be read"
    if ended is not None and not spans.follows(ended):
        return f"{where} does not begin where the day before ended"
    if spans.judged != judged_by(policy, spans.own):
        return None
    own, network = through(spans.own.before, rows, policy), spans.network
    again = None if network is None else through(network.before, rows, policy, reached)
    return None if (own, again) == (spans.own, network) else f"{where} is not what its looks come to"


def _last_up(rows: list[ObservationRow]) -> Instant | None:
    return next((at for _, _, at, verdict, *_ in reversed(rows) if verdict == Verdict.UP), None)
