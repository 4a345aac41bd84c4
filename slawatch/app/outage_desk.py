"""A customer's outages with what was said of them, for the page where more is said."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from slawatch.account import shown
from slawatch.app.wiring import Wiring
from slawatch.rules.declared import standing
from slawatch.rules.wishes import Wish
from slawatch.web import OutageSheet


@dataclass(frozen=True, slots=True)
class OutageDesk:
    """The customers of whatever configuration is in force."""

    wiring: Wiring

    async def sheet(self, customer: str) -> OutageSheet | None:
        """Raises StoreBusy."""
        wiring, config = self.wiring, self.wiring.in_force()
        own = next((one for one in config.customers if one.id == customer), None)
        if own is None:
            return None
        said, events = await wiring.store.declarations(customer), await wiring.store.events(customer)
        return OutageSheet(
            customer=customer,
            name=own.name,
            zone=own.agreement.timezone,
            now=wiring.clock(),
            outages=await asyncio.to_thread(lambda: shown.outages({customer: standing(said, customer)}, events)),
        )

    async def ask(self, wish: Wish) -> dict[str, Any]:
        """Raises Refused, StoreBusy."""
        return await self.wiring.desk.ask(wish)
