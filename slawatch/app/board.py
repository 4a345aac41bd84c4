"""What the pages of the web show of the customers: rows as they are kept, and all of one from account and store."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from slawatch.account import shown, standing, with_words
from slawatch.app.rows import row_of
from slawatch.app.wiring import Wiring
from slawatch.model import Instant, MessageKind
from slawatch.rules.declared import standing as declared_standing
from slawatch.web import News, Row, Sheet


@dataclass(frozen=True, slots=True)
class Board:
    """The customers of whatever configuration is in force."""

    wiring: Wiring

    @property
    def news(self) -> News:
        return self.wiring.rows.news

    @property
    def rows(self) -> Sequence[Row]:
        return tuple(self.wiring.rows)

    def now(self) -> Instant:
        return self.wiring.clock()

    async def sheet(self, customer: str) -> Sheet | None:
        """All of one customer; None where there is no such. Raises StoreBusy."""
        wiring, row, now = self.wiring, self.wiring.rows.of(customer), self.wiring.clock()
        account, store = wiring.account, wiring.store
        if row is None or customer not in account or wiring.config is None:
            return None
        own, statement = wiring.config.customer(customer), account.statement(customer, now)
        told = standing(own.name, statement, account.latest)
        row = row_of(row, statement, account.judged(customer), int(account.budget(customer)))
        said = await store.declarations(customer)
        messages = await store.messages(customer, kind=MessageKind.MAINTENANCE)

        def windows() -> list[dict[str, object]]:
            return shown.windows(declared_standing(said, customer), statement.terms, messages, now)

        return Sheet(
            row=row,
            url=str(own.url),
            now=now,
            month=await with_words(store, told["month"]),
            checks=told["checks"],
            windows=await asyncio.to_thread(windows),
            calendar=wiring.links.calendar(customer),
            status=wiring.links.status(customer),
        )
