"""Ten thousand outage mails through four connections, beside a bare loop with the same bytes; and one that overtakes.

    python benchmarks/mails.py [--mails 10000]

The relay is a process of its own (mail_sink.py). Each row is a process too, so that CPU time and memory are its own.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from random import Random
from typing import Any

import aiosmtplib
from measuring import table

from slawatch import clock
from slawatch.app.links import KEY, Links
from slawatch.app.mailing import Mailing
from slawatch.config import load
from slawatch.deliver import deliver
from slawatch.model import Cause, Event, EventKind, Message, MessageKind
from slawatch.observers import Everyone
from slawatch.reporters.metrics import Metrics
from slawatch.store import Batch, Store, open_store

HERE = Path(__file__).parent
PARKS = 100
CONNECTIONS = 4
GOAL_SECONDS = 45.0
CONFIG = """
pages: {{dashboard: {{path: /, ready: main}}}}
agreement: {{availability: {{checks: [dashboard]}}, speed: {{pages: [dashboard]}}}}
mail: {{sender: "Storingen Tommy <storing@example.org>", relays: [{{url: "smtp://127.0.0.1:{port}", tls: "off"}}]}}
customers:
{customers}
"""


@dataclass
class Tally:
    """Counts what is accepted, and notes when: seconds, by the kind of message."""

    accepted: list[tuple[float, MessageKind]] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def on_accepted(self, message: Message, _delay_seconds: float | None) -> None:
        self.accepted.append((time.monotonic(), message.kind))
        self.changed.set()

    def on_failure(self, message: Message, *, permanent: bool) -> None:
        raise AssertionError(f"{message.id} was not taken (for good: {permanent})")

    def on_repeat(self, message: Message) -> None:
        raise AssertionError(f"{message.id} was sent twice")

    async def until(self, count: int, kind: MessageKind | None = None) -> None:
        while sum(kind in {None, one} for _, one in self.accepted) < count:
            self.changed.clear()
            await self.changed.wait()


@dataclass
class Delivering:
    store: Store
    mailing: Mailing
    tally: Tally
    owed: asyncio.Event


@asynccontextmanager
async def delivering(port: int) -> AsyncIterator[Delivering]:
    """slawatch's own store, mailing and loop; announcements are small mails of this file's."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "slawatch.yaml"
        parks = "\n".join(f"  - {{id: park{n}, name: Park {n}, url: 'https://park{n}.example'}}" for n in range(PARKS))
        file.write_text(CONFIG.format(port=port, customers=parks))
        async with open_store(f"sqlite:///{folder}/slawatch.db", write=True) as store:
            mailing, tally, owed = (
                Mailing(store, Metrics(), Everyone(()), Links(await store.key(KEY))),
                Tally(),
                asyncio.Event(),
            )
            await mailing.configure(load(file))

            async def compose(message: Message) -> EmailMessage:
                return (
                    announcement(message) if message.kind is MessageKind.MAINTENANCE else await mailing.compose(message)
                )

            loop = deliver(
                store,
                mailing,
                compose=compose,
                clock=clock.now,
                wake=owed,
                observer=tally,
                random=Random(1),
                limits=lambda: mailing.limits,
            )
            task = asyncio.create_task(loop)
            try:
                yield Delivering(store, mailing, tally, owed)
            finally:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
                await mailing.close()


def announcement(message: Message) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Message-ID"] = "storing@example.org", message.contact, message.message_id
    mail["Subject"] = "Onderhoud"
    mail.set_content("Er is onderhoud.\n" * 200)
    return mail


def outages(count: int) -> Batch:
    """One at each park, owed to `count` contacts in all."""
    now = clock.now()
    events = [
        Event(f"o{n}/1", f"park{n}", EventKind.OPENED, f"park{n}-1", now, now, ("dashboard",), Cause.HTTP_5XX)
        for n in range(PARKS)
    ]
    return Batch(events=tuple(events), messages=tuple(owed(MessageKind.OUTAGE, n, now) for n in range(count)))


def owed(kind: MessageKind, number: int, now: int) -> Message:
    park = f"park{number % PARKS}"
    subject = f"{park}-1" if kind is MessageKind.OUTAGE else f"w{number}"
    id_ = f"{subject}.{kind}.1.{number}"
    return Message(
        id=id_,
        customer=park,
        contact=f"contact{number}@{park}.example",
        language="nl",
        kind=kind,
        outage=subject,
        sequence=1,
        message_id=f"<{id_}@example.org>",
        thread=f"<{id_}@example.org>",
        created=now,
        due=now,
    )


async def by_slawatch(port: int, count: int) -> dict[str, float]:
    async with delivering(port) as here:
        await here.store.record(outages(count))
        began, cpu, before = time.monotonic(), time.process_time(), peak()
        here.owed.set()
        await here.tally.until(count // 4)
        quarter = peak()
        await here.tally.until(count)
        return {
            "seconds": time.monotonic() - began,
            "cpu_ms": (time.process_time() - cpu) / count * 1000,
            "peak_mb": peak(),
            "grown_mb": peak() - quarter,
            "before_mb": before,
        }


async def by_bare_loop(port: int, count: int) -> dict[str, float]:
    """aiosmtplib alone: four connections that stay open, the mails made before."""
    async with delivering(port) as here:
        batch = outages(count)
        await here.store.record(Batch(events=batch.events))
        mails = [(one.contact, (await here.mailing.compose(one)).as_bytes()) for one in batch.messages]
    waiting: Iterator[tuple[str, bytes]] = iter(mails)

    async def send() -> None:
        async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False) as smtp:
            for recipient, content in waiting:
                await smtp.sendmail("storing@example.org", [recipient], content)

    began, cpu = time.monotonic(), time.process_time()
    await asyncio.gather(*(send() for _ in range(CONNECTIONS)))
    return {"seconds": time.monotonic() - began, "cpu_ms": (time.process_time() - cpu) / count * 1000}


async def overtaking(port: int, count: int) -> dict[str, float]:
    """While so many announcements are queued an outage comes to be owed to a hundred contacts."""
    async with delivering(port) as here:
        now = clock.now()
        await here.store.record(Batch(messages=tuple(owed(MessageKind.MAINTENANCE, n, now) for n in range(count))))
        here.owed.set()
        await here.tally.until(count // 10)
        began = time.monotonic()
        await here.store.record(outages(PARKS))
        here.owed.set()
        await here.tally.until(PARKS, MessageKind.OUTAGE)
        told = [at - began for at, kind in here.tally.accepted if kind is MessageKind.OUTAGE]
        return {"first": told[0], "last": told[-1], "queued": count - len(here.tally.accepted) + PARKS}


def peak() -> float:
    """Megabytes of memory that this process had at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


STAGES = {"slawatch": by_slawatch, "bare": by_bare_loop, "overtaking": overtaking}


@contextmanager
def sink() -> Iterator[int]:
    process = subprocess.Popen([sys.executable, HERE / "mail_sink.py"], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline())
    finally:
        process.kill()
        process.communicate()


def measured(stage: str, count: int) -> dict[str, Any]:
    """In a process and with a relay of its own."""
    with sink() as port:
        command = [sys.executable, __file__, "--stage", stage, "--port", str(port), "--mails", str(count)]
        done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
        found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return found


def main(count: int) -> str:
    ours, bare, beside = (measured(stage, count) for stage in STAGES)
    rows = [
        ["slawatch", f"**{ours['seconds']:.1f}**", f"{count / ours['seconds']:.0f}", f"{ours['cpu_ms']:.2f}",
         f"{ours['cpu_ms'] / bare['cpu_ms']:.1f} x", f"{ours['peak_mb']:.0f} (+{ours['grown_mb']:.0f})"],
        ["bare aiosmtplib loop", f"{bare['seconds']:.1f}", f"{count / bare['seconds']:.0f}", f"{bare['cpu_ms']:.2f}",
         "", ""],
    ]  # fmt: skip
    head = ["way", "wall s", "mails a second", "CPU ms each", "of bare", "peak MB (since the first quarter)"]
    return (
        f"{count} outage mails, {CONNECTIONS} connections; goal {GOAL_SECONDS:g} s\n\n{table(head, rows)}\n\n"
        f"With {beside['queued']} announcements still queued the first of {PARKS} outage mails was accepted "
        f"{beside['first']:.2f} s after it came to be owed, the last {beside['last']:.2f} s; goal: the first within 1 s"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mails", type=int, default=10_000)
    parser.add_argument("--stage", choices=STAGES, help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.stage:
        print(json.dumps(asyncio.run(STAGES[arguments.stage](arguments.port, arguments.mails))))
    else:
        print(main(arguments.mails))
