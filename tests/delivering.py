"""The delivery loop with its surroundings, for tests: a real store, a transport, a clock that stands where it is set."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from random import Random

from mail_samples import CONFIRMED, PARK, SENDER, opening

from slawatch.config.mail import Relay
from slawatch.deliver import Compose, Limits, deliver
from slawatch.model import Event, EventKind, Instant, Message, MessageKind, Micros
from slawatch.reporters.mail import Accepted, Transport, facts_as_told, render
from slawatch.rules.telling import OF_WINDOWS
from slawatch.store import Batch, Store


class SetClock:
    def __init__(self, at: Instant = CONFIRMED) -> None:
        self.at = at

    def __call__(self) -> Instant:
        return self.at


@dataclass
class Outcomes:
    """What the loop said, in order: the message and its delay, or whether its failure was for good."""

    accepted: asyncio.Queue[tuple[Message, float | None]] = field(default_factory=asyncio.Queue)
    failed: asyncio.Queue[tuple[Message, bool]] = field(default_factory=asyncio.Queue)
    repeated: list[str] = field(default_factory=list)

    def on_accepted(self, message: Message, delay_seconds: float | None) -> None:
        self.accepted.put_nowait((message, delay_seconds))

    def on_failure(self, message: Message, *, permanent: bool) -> None:
        self.failed.put_nowait((message, permanent))

    def on_repeat(self, message: Message) -> None:
        self.repeated.append(message.message_id)

    async def acceptance(self) -> tuple[Message, float | None]:
        async with asyncio.timeout(15):
            return await self.accepted.get()

    async def failure(self) -> tuple[Message, bool]:
        async with asyncio.timeout(15):
            return await self.failed.get()


@dataclass
class Delivery:
    store: Store
    clock: SetClock
    wake: asyncio.Event
    outcomes: Outcomes
    task: asyncio.Task[None]

    async def owe(self, *messages: Message) -> None:
        await owe(self.store, *messages)
        self.wake.set()

    def pass_time(self, length: Micros) -> None:
        self.clock.at += length
        self.wake.set()


@dataclass(frozen=True)
class Sending:
    """The transport as the loop's post; what a relay may have already goes to that one only."""

    transport: Transport

    async def send(self, email: EmailMessage, message: Message) -> Accepted:
        return await self.transport.send(email, only=message.relay if message.handed_over else None)


@asynccontextmanager
async def delivering(
    store: Store,
    transport: Transport,
    *,
    compose: Compose | None = None,
    connections: int = 4,
    most_per_hour: int | None = None,
) -> AsyncIterator[Delivery]:
    wake, at, outcomes = asyncio.Event(), SetClock(), Outcomes()
    loop = deliver(
        store,
        Sending(transport),
        compose=compose or (lambda message: rendered(store, message)),
        clock=at,
        wake=wake,
        observer=outcomes,
        random=Random(7),
        limits=lambda: Limits(connections, most_per_hour),
    )
    task = asyncio.create_task(loop, name="deliver")
    try:
        yield Delivery(store, at, wake, outcomes, task)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        if not task.cancelled():
            task.result()


async def rendered(store: Store, message: Message) -> EmailMessage:
    if message.kind in OF_WINDOWS:
        return plainly(message)
    return render(message, facts_as_told(message, await store.events(outage=message.outage), PARK), SENDER)


def plainly(message: Message) -> EmailMessage:
    """A mail that says what it says in its subject."""
    mail = EmailMessage()
    mail["From"], mail["To"] = "storing@example.org", message.contact
    mail["Message-ID"], mail["References"] = message.message_id, message.thread
    mail["Subject"] = f"{message.says} {message.known}"
    mail.set_content(f"{message.id}\n")
    return mail


async def owe(store: Store, *messages: Message) -> None:
    """Messages with the events of their outages."""
    events: dict[str, Event] = {}
    for message in messages:
        opened = opening(message)
        if message.kind is MessageKind.OUTAGE:
            events[opened.id] = opened
        elif message.kind is MessageKind.RECOVERY:
            closed = f"{message.outage}/closed"
            events[closed] = Event(
                closed, opened.customer, EventKind.CLOSED, opened.outage, message.created, message.created, ()
            )
    await store.record(Batch(events=tuple(events.values()), messages=messages))


def relay(port: int, **said: object) -> Relay:
    return Relay.model_validate({"url": f"smtp://127.0.0.1:{port}", "tls": "off", **said})
