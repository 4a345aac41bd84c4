"""What becomes of an announcement is proof at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from slawatch.app.proving import Proving
from slawatch.model import Message, MessageKind, MessageState, Saying
from slawatch.store import Batch, Store, StoreBusy, open_store


@dataclass
class Others:
    """Whoever else is told, and the daemon to which proof is declared."""

    told: list[str] = field(default_factory=list)
    declared: asyncio.Queue[Collection[str]] = field(default_factory=asyncio.Queue)
    busy: int = 0

    def on_accepted(self, message: Message, delay_seconds: float | None) -> None:
        self.told.append(f"{message.id} accepted {delay_seconds}")

    def on_failure(self, message: Message, *, permanent: bool) -> None:
        self.told.append(f"{message.id} failed {permanent}")

    def on_repeat(self, message: Message) -> None:
        self.told.append(f"{message.id} repeated")

    async def declare(self, customers: Collection[str]) -> None:
        if self.busy:
            self.busy -= 1
            raise StoreBusy("the disk is away")
        self.declared.put_nowait(customers)

    async def next(self) -> Collection[str]:
        async with asyncio.timeout(10):
            return await self.declared.get()


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with open_store(f"sqlite:///{tmp_path / 'slawatch.db'}", write=True) as opened:
        yield opened


@asynccontextmanager
async def proving(others: Others, store: Store) -> AsyncIterator[Proving]:
    made = Proving(others, store, others.declare)
    task = asyncio.create_task(made.run())
    try:
        yield made
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def message(kind: MessageKind, customer: str) -> Message:
    return Message(f"m-{customer}", customer, "a", "nl", kind, "w1", 1, f"<m-{customer}>", "m", 0, 0)


ANNOUNCEMENT, OUTAGE = MessageKind.MAINTENANCE, MessageKind.OUTAGE


async def test_announcements_that_were_taken_or_refused_for_good_are_in_force_together(store: Store):
    others = Others()
    async with proving(others, store) as made:
        made.on_accepted(message(ANNOUNCEMENT, "duinzicht"), None)
        made.on_failure(message(ANNOUNCEMENT, "bosrand"), permanent=True)
        made.on_failure(message(ANNOUNCEMENT, "woodland"), permanent=False)
        made.on_accepted(message(OUTAGE, "zeezicht"), 0.5)

        assert await others.next() == {"duinzicht", "bosrand"}
        assert others.told == [
            "m-duinzicht accepted None",
            "m-bosrand failed True",
            "m-woodland failed False",
            "m-zeezicht accepted 0.5",
        ]


async def test_while_the_store_is_busy_it_is_tried_again_with_what_came_since(store: Store):
    others = Others(busy=1)
    async with proving(others, store) as made:
        made.on_accepted(message(ANNOUNCEMENT, "duinzicht"), None)
        while others.busy:
            await asyncio.sleep(0)
        made.on_accepted(message(ANNOUNCEMENT, "bosrand"), None)

        assert await others.next() == {"duinzicht", "bosrand"}


async def test_a_digest_is_proof_for_each_customer_of_whose_maintenance_it_tells(store: Store):
    others, digest = Others(), replace(message(OUTAGE, "zeezicht"), says=Saying.DIGEST, known=0)
    told = [
        replace(one, state=MessageState.FOLDED, into=digest.id)
        for one in (message(ANNOUNCEMENT, "duinzicht"), message(OUTAGE, "bosrand"))
    ]
    await store.record(Batch(messages=(digest, *told)))
    async with proving(others, store) as made:
        made.on_accepted(digest, None)

        assert await others.next() == {"duinzicht"}
