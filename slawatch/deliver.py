"""The loop that hands over what is owed: claim, send, settle, until every message is accepted or refused for good.

At least once, always with the Message-ID that the message was stored with. A message may go out twice only where the
answer of a relay was lost, or slawatch died between that answer and writing it down.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import KW_ONLY, dataclass, field, replace
from email.message import EmailMessage
from random import Random
from typing import Protocol, TypeVar

import structlog

from slawatch.clock import Clock
from slawatch.model import MINUTE, SECOND, Message, MessageKind, MessageState, Micros
from slawatch.reporters.mail import Accepted, Undeliverable, Unrenderable
from slawatch.store import Store, StoreBusy

log = structlog.get_logger()

T = TypeVar("T")

#: How long to wait after each failed attempt; the last for all that follow. Each is varied by a fifth either way, so
#: that what failed together does not come back together.
BACKOFF: tuple[Micros, ...] = (
    5 * SECOND,
    15 * SECOND,
    1 * MINUTE,
    2 * MINUTE,
    5 * MINUTE,
    10 * MINUTE,
    15 * MINUTE,
)
JITTER = 0.2
#: Seconds between two tries of a store that is busy.
STORE_RETRY = 1.0
#: Seconds that the loop sleeps at most, in case the wall clock was set meanwhile.
LONGEST_SLEEP = 60.0
#: Seconds that a mail on its way has at shutdown.
GRACE = 2.0


class Post(Protocol):
    async def send(self, email: EmailMessage) -> Accepted:
        """Raises Undeliverable."""


class DeliveryObserver(Protocol):
    """Told on the event loop, after the outcome is in the store; must not block and must not raise."""

    def on_accepted(self, message: Message, delay_seconds: float | None) -> None:
        """A relay took it. `delay_seconds`: since the confirmation that an outage mail tells of; else None."""

    def on_failure(self, message: Message, *, permanent: bool) -> None:
        """An attempt failed; `permanent`: the message was refused for good."""


#: Makes the mail of a message; the same bytes each time. Raises Unrenderable, or StoreBusy.
Compose = Callable[[Message], Awaitable[EmailMessage]]


def backoff(failures: int, random: Random) -> Micros:
    """How long to wait after so many failed attempts (at least one) before the next."""
    longest = BACKOFF[min(failures, len(BACKOFF)) - 1]
    return round(longest * random.uniform(1 - JITTER, 1 + JITTER))


async def deliver(
    store: Store,
    post: Post,
    *,
    compose: Compose,
    clock: Clock,
    wake: asyncio.Event,
    observer: DeliveryObserver,
    random: Random,
    concurrency: int = 4,
) -> None:
    """Deliver until cancelled. `wake`: set when something new is owed. A message on its way then has GRACE seconds."""
    loop = _Loop(store, post, compose, clock, wake=wake, observer=observer, random=random, concurrency=concurrency)
    try:
        await loop.run()
    finally:
        await loop.finish()


@dataclass(eq=False)
class _Loop:
    store: Store
    post: Post
    compose: Compose
    clock: Clock
    _: KW_ONLY
    wake: asyncio.Event
    observer: DeliveryObserver
    random: Random
    concurrency: int
    on_their_way: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    waiting_for_store: int = 0

    async def run(self) -> None:
        released = await self._patiently(self.store.release_claims)
        if released:
            log.info("outbox.released", messages=released)
        while True:
            self.wake.clear()
            self._reap()
            if not await self._start_more():
                await self._rest()

    async def finish(self) -> None:
        """Wait a little for what is on its way, then break it off: its claim stays, for the next start to release."""
        tasks = tuple(self.on_their_way.values())
        if not tasks:
            return
        _, late = await asyncio.wait(tasks, timeout=GRACE)
        for task in late:
            task.cancel()
        for ended in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(ended, Exception):
                log.error("delivery.broken", exc_info=ended)
        if late:
            log.warning("messages.unfinished", messages=len(late))

    async def _start_more(self) -> bool:
        """Whether anything was claimed. What was sent but cannot be written down yet comes before anything else."""
        room = self.concurrency - len(self.on_their_way)
        if room <= 0 or self.waiting_for_store:
            return False
        claimed = await self._patiently(lambda: self.store.claim(self.clock(), room))
        self._reap()
        fresh = [message for message in claimed if message.id not in self.on_their_way]
        for message in fresh:
            task = asyncio.create_task(self._hand_over(message), name=f"deliver {message.id}")
            self.on_their_way[message.id] = task
        return bool(fresh)

    def _reap(self) -> None:
        """Forget what ended; what ended in a fault of slawatch ends the loop."""
        for id_, task in tuple(self.on_their_way.items()):
            if task.done():
                del self.on_their_way[id_]
                task.result()

    async def _rest(self) -> None:
        """Until something is owed, ends, or comes due."""
        waking = asyncio.create_task(self.wake.wait(), name="deliver wake")
        try:
            await asyncio.wait(
                {waking, *self.on_their_way.values()},
                timeout=await self._seconds_to_sleep(),
                return_when=asyncio.FIRST_COMPLETED,
            )
        finally:
            waking.cancel()

    async def _seconds_to_sleep(self) -> float:
        if len(self.on_their_way) >= self.concurrency or self.waiting_for_store:
            return LONGEST_SLEEP
        due = await self._patiently(self.store.next_claim)
        if due is None:
            return LONGEST_SLEEP
        return min(max((due - self.clock()) / SECOND, 0.05), LONGEST_SLEEP)

    async def _hand_over(self, message: Message) -> None:
        """One attempt, and its outcome into the store."""
        try:
            email = await self._patiently(lambda: self.compose(message))
            accepted = await self.post.send(email)
        except Undeliverable as error:
            await self._failed(message, error.reason, permanent=error.permanent)
        except Unrenderable as error:
            await self._failed(message, str(error), permanent=True)
        else:
            await self._accepted(message, accepted)

    async def _accepted(self, message: Message, accepted: Accepted) -> None:
        at = self.clock()
        relay, reply = accepted.relay, accepted.reply
        if not await self._patiently(lambda: self.store.settle_accepted(message.id, at, relay, reply)):
            return
        delay = (at - message.created) / SECOND if message.kind is MessageKind.OUTAGE else None
        taken = replace(
            message,
            state=MessageState.ACCEPTED,
            attempts=message.attempts + 1,
            accepted=at,
            settled=at,
            relay=relay,
            reply=reply,
        )
        self.observer.on_accepted(taken, delay)

    async def _failed(self, message: Message, reason: str, *, permanent: bool) -> None:
        if permanent:
            log.error("message.failed", message=message.id, customer=message.customer, reason=reason)
            await self._patiently(lambda: self.store.settle_failed(message.id, reason))
        else:
            failures = message.attempts + 1
            wait = backoff(failures, self.random)
            due = self.clock() + wait
            log.warning(
                "message.delayed",
                message=message.id,
                customer=message.customer,
                reason=reason,
                failures=failures,
                again_in_seconds=round(wait / SECOND),
            )
            await self._patiently(lambda: self.store.settle_retry(message.id, due, reason))
        self.observer.on_failure(message, permanent=permanent)

    async def _patiently(self, call: Callable[[], Awaitable[T]]) -> T:
        """What `call` returns, once the store is not busy."""
        try:
            return await call()
        except StoreBusy as error:
            log.error("outbox.store_busy", reason=error.reason)
        self.waiting_for_store += 1
        try:
            while True:
                await asyncio.sleep(STORE_RETRY)
                with suppress(StoreBusy):
                    return await call()
        finally:
            self.waiting_for_store -= 1
