"""The month's close: its statement frozen, and frozen anew when something is declared that changes it.

A closed month is what was known at its close, or at its revision's time (rule 10); whoever computes it as of then comes
to the same text, which is what `verify` does.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from zoneinfo import ZoneInfo

import structlog

from slawatch.account import ledger
from slawatch.account.desk import in_force
from slawatch.clock import Clock
from slawatch.model import Instant
from slawatch.replay import SETTLING, span
from slawatch.rules.agreed import Agreed
from slawatch.rules.calendar import month, month_of
from slawatch.rules.document import Document, exclusions_document
from slawatch.rules.statement import Span, judged_exclusions
from slawatch.store import Store, StoreBusy, StoredStatement

log = structlog.get_logger()

#: How often it is looked whether a month is due; what is declared has it looked at once.
LOOK_SECONDS = 60.0
MONTH_CLOSED = "the month was closed"


async def compute(
    store: Store, customer: str, written: str, as_of: Instant, revision: int = 1, *, sealed: bool = True
) -> Document:
    """A month's statement as the ledger knew it at `as_of`. Raises LookupError where nothing was ever agreed.

    Without `sealed` days it is computed from every observation.
    """
    agreed = await ledger.agreed(store, customer, None, as_of)
    if agreed is None:
        raise LookupError(f"{customer}: the ledger has no terms as of then")
    which = replace(_whole(written, agreed), as_of=as_of)
    declared = await in_force(store, customer, as_of)
    return await ledger.report(store, agreed, which, declared, revision, sealed=sealed)


def text_of(document: Document) -> str:
    """The text that is kept and that digests are taken of."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


class Closing:
    """Closes months that are over and settled, and revises closed ones. `wake` it when something was declared."""

    def __init__(self, store: Store, clock: Clock, complete: Callable[[], bool] = lambda: True) -> None:
        """`complete`: whether all that was seen is in the ledger."""
        self._store = store
        self._clock = clock
        self._complete = complete
        self._failing = False
        self.wake = asyncio.Event()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            self.wake.clear()
            try:
                await self.settle(await self._store.customers_with_terms())
                self._failing = False
            except StoreBusy as busy:
                if not self._failing:
                    log.error("closing.waiting", reason=str(busy))
                self._failing = True
            try:
                async with asyncio.timeout(LOOK_SECONDS):
                    await self.wake.wait()
            except TimeoutError:
                continue

    async def settle(self, customers: Iterable[str]) -> None:
        """Close what is due and revise what was changed, of these customers. Raises StoreBusy."""
        for customer in customers:
            agreed = await ledger.agreed(self._store, customer, None)
            if agreed is None or not self._complete():
                continue
            closed = {one.month for one in await self._store.statements(customer)}
            for written in await self._over(customer, agreed):
                if written not in closed:
                    as_of = _whole(written, agreed).as_of
                    await self._keep(customer, written, 1, as_of, "slawatch", MONTH_CLOSED)
            await self.revise(customer)

    async def _over(self, customer: str, agreed: Agreed) -> list[str]:
        """The months with looks that are over and settled, in order."""
        first, zone = await self._store.first_at(customer), ZoneInfo(agreed.latest.timezone)
        found: list[str] = []
        if first is None:
            return found
        at = first
        while (period := month(month_of(at, zone), zone)).ends + SETTLING <= self._clock():
            found.append(month_of(at, zone))
            at = period.ends
        return found

    async def revise(self, customer: str) -> None:
        """A new revision of each of its closed months, where what is left out is not what it was. Raises StoreBusy."""
        latest = {one.month: one for one in await self._store.statements(customer)}
        for stood in latest.values():
            await self._revise(stood)

    async def _revise(self, stood: StoredStatement) -> None:
        now = self._clock()
        agreed = await ledger.agreed(self._store, stood.customer, None, stood.as_of)
        if agreed is None:
            return
        period = _whole(stood.month, agreed).period
        judged = judged_exclusions(agreed, await in_force(self._store, stood.customer, now))
        if exclusions_document(judged, period) == json.loads(stood.document)["exclusions"]:
            return
        said = [one for one in await self._store.declarations(stood.customer) if one.recorded > stood.as_of]
        who = ", ".join(dict.fromkeys(one.who for one in said)) or "slawatch"
        why = "; ".join(dict.fromkeys(f"{one.kind} {one.subject}" for one in said)) or "another proof of notice"
        await self._keep(stood.customer, stood.month, stood.revision + 1, now, who, why)

    async def _keep(self, customer: str, written: str, revision: int, as_of: Instant, who: str, why: str) -> None:
        document = text_of(await compute(self._store, customer, written, as_of, revision))
        digest = hashlib.sha256(document.encode()).hexdigest()
        kept = StoredStatement(customer, written, revision, as_of, document, digest, self._clock(), who, why)
        if await self._store.keep_statement(kept):
            log.info("month.closed", customer=customer, month=written, revision=revision, why=why, digest=digest)


def _whole(written: str, agreed: Agreed) -> Span:
    return span(written, ZoneInfo(agreed.latest.timezone), None)
