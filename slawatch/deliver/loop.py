"""Claim, send, settle, until every message is accepted or refused for good.

At least once, always with the Message-ID that the message was stored with. A message may go out twice only where the
answer of a relay was lost, or slawatch died between that answer and writing it down.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import KW_ONLY, dataclass, field, replace
from email.message import EmailMessage
from functools import partial
from random import Random
from typing import Protocol, TypeVar

import structlog

from slawatch.clock import Clock
from slawatch.deliver.ahead import MOST, Ahead
from slawatch.deliver.attempts import LONGEST, backoff, is_given_up
from slawatch.model import DAY, SECOND, Lane, Message, MessageKind, MessageState
from slawatch.reporters.mail import Accepted, Undeliverable, Unrenderable
from slawatch.store import Store, StoreBusy

log = structlog.get_logger()

T = TypeVar("T")

#: Seconds between two tries of a store that is busy.
STORE_RETRY = 1.0
#: Seconds that the loop sleeps at most, in case the wall clock was set meanwhile.
LONGEST_SLEEP = 60.0
#: While the outcome of a mail is written down its connection sends the next; so many may wait to be written down, for
#: each connection. They are what may go out again when slawatch dies.
UNWRITTEN = 4
#: Seconds that a mail on its way has at shutdown.
GRACE = 2.0


@dataclass(frozen=True, slots=True)
class Limits:
    """How many mails are sent side by side, and how many a contact gets in an hour; None: as many as there are."""

    connections: int = 4
    most_per_hour: int | None = None


class Post(Protocol):
    async def send(self, email: EmailMessage, message: Message) -> Accepted:
        """Hand over the message's mail. Raises Undeliverable."""


class DeliveryObserver(Protocol):
    """Told on the event loop, after the outcome is in the store; must not block and must not raise."""

    def on_accepted(self, message: Message, delay_seconds: float | None) -> None:
        """A relay took it. `delay_seconds`: since the confirmation that an outage mail tells of; else None."""

    def on_failure(self, message: Message, *, permanent: bool) -> None:
        """An attempt failed; `permanent`: the message was refused for good, or given up."""

    def on_repeat(self, message: Message) -> None:
        """A mail was handed over again that may have been taken before, for nobody heard the answer."""


#: Makes the mail of a message; the same bytes each time. Raises Unrenderable, Undeliverable or StoreBusy.
Compose = Callable[[Message], Awaitable[EmailMessage]]


async def deliver(
    store: Store,
    post: Post,
    *,
    compose: Compose,
    clock: Clock,
    wake: asyncio.Event,
    observer: DeliveryObserver,
    random: Random,
    limits: Callable[[], Limits] = Limits,
    lane: Lane = Lane.NEWS,
) -> None:
    """Deliver what is owed in this `lane` until cancelled. `wake`: set when something new is owed. `limits`: those in
    force, asked each time.

    A message on its way when it is cancelled has GRACE seconds.
    """
    loop = _Loop(store, post, compose, clock, wake=wake, observer=observer, random=random, limits=limits, lane=lane)
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
    limits: Callable[[], Limits]
    lane: Lane
    ahead: Ahead = field(default_factory=Ahead)
    on_their_way: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    sending: int = 0
    stirred: asyncio.Event = field(default_factory=asyncio.Event)
    waiting_for_store: int = 0
    ending: bool = False

    async def run(self) -> None:
        released = await self._patiently(lambda: self.store.release_claims(self.lane))
        if released:
            log.info("outbox.released", messages=released)
        while True:
            woken = self.wake.is_set()
            self.wake.clear()
            self.stirred.clear()
            self._reap()
            await self._give_stale_back()
            if not await self._claim_more(woken=woken):
                await self._rest()

    async def finish(self) -> None:
        """Wait a little for what is on its way, then break it off: its claim stays, for the next start to release."""
        self.ending = True
        tasks = tuple(self.on_their_way.values())
        given_back = asyncio.create_task(self._give_all_back(), name="deliver give back")
        if not tasks:
            await given_back
            return
        _, late = await asyncio.wait(tasks, timeout=GRACE)
        for task in late:
            task.cancel()
        for ended in await asyncio.gather(*tasks, given_back, return_exceptions=True):
            if isinstance(ended, Exception):
                log.error("delivery.broken", exc_info=ended)
        if late:
            log.warning("messages.unfinished", messages=len(late))

    async def _claim_more(self, *, woken: bool) -> bool:
        """Whether anything was claimed. What was sent but cannot be written down yet comes before anything else.

        While enough is ours, only what is told of outages is claimed, when something new is owed.
        """
        limits, now = self.limits(), asyncio.get_running_loop().time()
        idle = limits.connections - self.sending
        enough = idle <= 0 and not self.ahead.is_low
        if self.waiting_for_store or (enough and not woken):
            return False
        room = MOST if enough else idle + self.ahead.missing(now)
        if room <= 0:
            return False
        found = await self._patiently(
            lambda: self.store.claim(
                self.clock(),
                room,
                most_per_hour=limits.most_per_hour,
                urgent_only=enough,
                ours=self.ahead.ids | self.on_their_way.keys(),
                lane=self.lane,
            )
        )
        self.ahead.add(found, now)
        self._begin()
        return bool(found)

    def _begin(self) -> None:
        """Send what is ours, as far as there are connections for it."""
        now, connections = asyncio.get_running_loop().time(), self.limits().connections
        while self._may_begin(connections):
            message = self.ahead.next(now)
            if message is None:
                return
            self.sending += 1
            task = asyncio.create_task(self._hand_over(message), name=f"deliver {message.id}")
            self.on_their_way[message.id] = task
            task.add_done_callback(partial(self._ended, message.id))

    def _may_begin(self, connections: int) -> bool:
        if self.waiting_for_store or self.ending:
            return False
        return self.sending < connections and len(self.on_their_way) < connections * (1 + UNWRITTEN)

    def _ended(self, id_: str, task: asyncio.Task[None]) -> None:
        """A task that ended in a fault stays, for `_reap` to find."""
        failed = task.cancelled() or task.exception() is not None
        if not failed:
            del self.on_their_way[id_]
        if failed:
            self.stirred.set()
        self._go_on()

    def _go_on(self) -> None:
        """A connection is free, or an outcome is written down."""
        self._begin()
        if self.ahead.is_low or self.sending < self.limits().connections:
            self.stirred.set()

    def _reap(self) -> None:
        """What ended in a fault of slawatch ends the loop."""
        for task in self.on_their_way.values():
            if task.done():
                task.result()

    async def _give_stale_back(self) -> None:
        """What waited too long for a connection is put together anew when its turn comes."""
        if stale := self.ahead.take_stale(asyncio.get_running_loop().time()):
            await self._patiently(lambda: self.store.give_back(stale))

    async def _give_all_back(self) -> None:
        if ids := self.ahead.ids:
            with suppress(StoreBusy):  # then the next start releases them
                await self.store.give_back(ids)

    async def _rest(self) -> None:
        """Until something is owed, ends, or comes due."""
        waiting = [
            asyncio.create_task(self.wake.wait(), name="deliver wake"),
            asyncio.create_task(self.stirred.wait(), name="deliver stirred"),
        ]
        try:
            await asyncio.wait(waiting, timeout=await self._seconds_to_sleep(), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waiting:
                task.cancel()

    async def _seconds_to_sleep(self) -> float:
        if self.sending >= self.limits().connections or self.waiting_for_store:
            return LONGEST_SLEEP
        due = await self._patiently(lambda: self.store.next_claim(self.lane))
        if due is None:
            return LONGEST_SLEEP
        return min(max((due - self.clock()) / SECOND, 0.05), LONGEST_SLEEP)

    async def _hand_over(self, message: Message) -> None:
        """One attempt, and its outcome into the store."""
        outcome = await self._send(message)
        if isinstance(outcome, Accepted):
            await self._accepted(message, outcome)
        else:
            await self._failed(message, outcome)

    async def _send(self, message: Message) -> Accepted | Undeliverable:
        """What came of it; then the connection is free."""
        try:
            email = await self._patiently(lambda: self.compose(message))
            return await self.post.send(email, message)
        except Undeliverable as error:
            return error
        except Unrenderable as error:
            return Undeliverable(str(error), permanent=True)
        finally:
            self.sending -= 1
            self.ahead.ended()
            asyncio.get_running_loop().call_soon(self._go_on)

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
        self._repeated(message)
        self.observer.on_accepted(taken, delay)

    async def _failed(self, message: Message, error: Undeliverable) -> None:
        now, reason, permanent = self.clock(), error.reason, error.permanent
        if not permanent and is_given_up(message, now):
            reason, permanent = f"given up after {LONGEST // DAY} days: {reason}", True
        if permanent:
            log.error("message.failed", message=message.id, customer=message.customer, reason=reason)
            await self._patiently(lambda: self.store.settle_failed(message.id, reason))
        else:
            failures = message.attempts + 1
            wait = backoff(failures, self.random)
            log.warning(
                "message.delayed",
                message=message.id,
                customer=message.customer,
                reason=reason,
                failures=failures,
                again_in_seconds=round(wait / SECOND),
            )
            await self._patiently(lambda: self.store.settle_retry(message.id, now + wait, reason, lost=error.handed_to))
        if error.handed_to is not None:
            self._repeated(message)
        self.observer.on_failure(message, permanent=permanent)

    def _repeated(self, message: Message) -> None:
        """It was handed over; by an attempt before, whose answer nobody heard, it may have been too."""
        if message.handed_over:
            log.info("message.repeated", message=message.id, customer=message.customer)
            self.observer.on_repeat(message)

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
