"""What becomes of an announcement is proof of notice, or the lack of it: in force as soon as it is in the ledger."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection

import structlog

from slawatch.deliver import DeliveryObserver
from slawatch.model import Message, MessageKind
from slawatch.store import StoreBusy

log = structlog.get_logger()

#: Between two times: of a hundred mails that go out together few are proof on their own.
PAUSE_SECONDS = 1.0


class Proving:
    """Told by the delivery loop, passes it on `to` another, and has `declared` called for the customers concerned."""

    def __init__(self, to: DeliveryObserver, declared: Callable[[Collection[str]], Awaitable[None]]) -> None:
        self._to = to
        self._declared = declared
        self._customers: set[str] = set()
        self._settled = asyncio.Event()

    def on_accepted(self, message: Message, delay_seconds: float | None) -> None:
        self._to.on_accepted(message, delay_seconds)
        self._note(message)

    def on_failure(self, message: Message, *, permanent: bool) -> None:
        self._to.on_failure(message, permanent=permanent)
        if permanent:
            self._note(message)

    def _note(self, message: Message) -> None:
        if message.kind is MessageKind.MAINTENANCE:
            self._customers.add(message.customer)
            self._settled.set()

    async def run(self) -> None:
        """Until cancelled; what comes meanwhile goes together."""
        failing = False
        while True:
            await self._settled.wait()
            self._settled.clear()
            customers, self._customers = self._customers, set()
            try:
                await self._declared(customers)
                failing = False
            except StoreBusy as busy:
                if not failing:
                    log.error("proof.waiting", reason=str(busy))
                failing = True
                self._customers |= customers
                self._settled.set()
            await asyncio.sleep(PAUSE_SECONDS)
