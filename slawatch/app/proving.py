"""What becomes of an announcement is proof of notice, or the lack of it: in force as soon as it is in the ledger."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection

import structlog

from slawatch.deliver import DeliveryObserver
from slawatch.model import Message, MessageKind, Saying
from slawatch.store import Store, StoreBusy

log = structlog.get_logger()

#: Between two times: of a hundred mails that go out together few are proof on their own.
PAUSE_SECONDS = 1.0


class Proving:
    """Told by the delivery loop, passes it on `to` another, and has `declared` called for the customers concerned."""

    def __init__(
        self, to: DeliveryObserver, store: Store, declared: Callable[[Collection[str]], Awaitable[None]]
    ) -> None:
        self._to = to
        self._store = store
        self._declared = declared
        self._customers: set[str] = set()
        self._digests: set[str] = set()
        self._settled = asyncio.Event()

    def on_accepted(self, message: Message, delay_seconds: float | None) -> None:
        self._to.on_accepted(message, delay_seconds)
        self._note(message)

    def on_failure(self, message: Message, *, permanent: bool) -> None:
        self._to.on_failure(message, permanent=permanent)
        if permanent:
            self._note(message)

    def on_repeat(self, message: Message) -> None:
        self._to.on_repeat(message)

    def _note(self, message: Message) -> None:
        if message.says is Saying.DIGEST:
            self._digests.add(message.id)
        if message.kind is MessageKind.MAINTENANCE:
            self._customers.add(message.customer)
        if self._digests or self._customers:
            self._settled.set()

    async def run(self) -> None:
        """Until cancelled; what comes meanwhile goes together."""
        failing = False
        while True:
            await self._settled.wait()
            self._settled.clear()
            customers, self._customers = self._customers, set()
            digests, self._digests = self._digests, set()
            try:
                customers |= await self._told_in(digests)
                await self._declared(customers)
                failing = False
            except StoreBusy as busy:
                if not failing:
                    log.error("proof.waiting", reason=str(busy))
                failing = True
                self._customers |= customers
                self._digests |= digests
                self._settled.set()
            await asyncio.sleep(PAUSE_SECONDS)

    async def _told_in(self, digests: Collection[str]) -> set[str]:
        """The customers of whose maintenance these tell."""
        folded = [one for id_ in digests for one in await self._store.folded_into(id_)]
        return {one.customer for one in folded if one.kind is MessageKind.MAINTENANCE}
