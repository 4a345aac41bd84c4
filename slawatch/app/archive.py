"""Where the pages find summaries: a customer's months in the ledger, documents at the children that make them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from zoneinfo import ZoneInfo

from slawatch.app.ledgered import promised
from slawatch.app.rendering import CannotRender, Made, Renderers, Wanted
from slawatch.app.statements import difference
from slawatch.app.wiring import Wiring
from slawatch.config import UnknownCustomer
from slawatch.model import Instant
from slawatch.rules.asked import NoSuchMonth
from slawatch.rules.calendar import month, month_of
from slawatch.rules.document import Document, document
from slawatch.store import StoredStatement
from slawatch.web import Ask, Edition, MonthKept, NoDocument, Shelf


@dataclass(frozen=True, slots=True)
class Archive:
    """Of the customers of the configuration in force, and of those that the ledger knows from before."""

    wiring: Wiring
    renderers: Renderers

    async def shelf(self, customer: str) -> Shelf | None:
        """The customer's months, the newest first. Raises StoreBusy."""
        wiring, config, now = self.wiring, self.wiring.in_force(), self.wiring.clock()
        try:
            agreed = await promised(wiring.store, config, customer)
        except UnknownCustomer:
            return None
        own = next((one for one in config.customers if one.id == customer), None)
        zone, closed = ZoneInfo(agreed.latest.timezone), await wiring.store.statements(customer)
        first = await wiring.store.first_at(customer)
        running = document(wiring.account.statement(customer, now)) if customer in wiring.account else None
        return Shelf(
            customer,
            customer if own is None else own.name,
            zone.key,
            "nl" if own is None else own.language,
            now,
            await asyncio.to_thread(lambda: tuple(_months(closed, running, first, now, zone))),
        )

    async def differences(self, customer: str, month: str, between: tuple[int, int]) -> Document:
        """What the later revision says otherwise. Raises NoDocument, StoreBusy."""
        try:
            return await difference(
                self.wiring.store, self.wiring.in_force(), customer, month, self.wiring.clock(), between
            )
        except (NoSuchMonth, UnknownCustomer) as none:
            raise NoDocument(str(none)) from None

    async def make(self, ask: Ask, out: Path) -> Made:
        """Have the document written to the file `out`. Raises NoDocument."""
        wanted = Wanted(
            ask.customer, ask.month, ask.format, self.wiring.clock(), ask.language, ask.revision, ask.profile
        )
        try:
            return await self.renderers.render(wanted, out)
        except CannotRender as none:
            raise NoDocument(str(none), busy=none.busy, fault=none.fault) from None


def _months(
    closed: Iterable[StoredStatement], running: Document | None, first: Instant | None, now: Instant, zone: ZoneInfo
) -> Iterator[MonthKept]:
    """`closed`: by month and revision. `first`: when something was seen for the first time."""
    kept = {name: tuple(own) for name, own in groupby(closed, key=lambda one: one.month)}
    this = month_of(now, zone)
    begun = month(this, zone).starts
    before = month_of(begun - 1, zone)
    if running is not None:
        yield MonthKept(this, begun, running)
    if before not in kept and first is not None and first < begun:
        yield MonthKept(before, month(before, zone).starts, None)
    for name in sorted(kept, reverse=True):
        editions = tuple(Edition(one.revision, one.recorded, one.who, one.why, one.digest) for one in kept[name])
        yield MonthKept(name, month(name, zone).starts, json.loads(kept[name][-1].document), editions)
