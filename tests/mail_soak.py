"""Kill -9 at random moments while outages come and go and the relay misbehaves; afterwards no mail is lost.

    python tests/mail_soak.py [--rounds 100] [--seed 1]

A round: a process records what happens and delivers what is owed because of it, until it is killed. The suite runs a
short one.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from random import Random
from typing import Self

import structlog
from delivering import Outcomes, Sending, delivering, plainly, relay
from smtp_server import Received, SmtpServer

from slawatch import clock
from slawatch.deliver import deliver
from slawatch.model import DAY, SECOND, Event, EventKind, Message, MessageKind, MessageState, Saying
from slawatch.reporters.mail import Patience, Transport
from slawatch.store import Batch, Store, open_store

PARKS = tuple(f"park{number}" for number in range(6))
CONTACTS = ("a", "b", "c")
#: At each stage of a dialogue, one time in twenty.
FAULTS = {
    "greeting": ("421 closing", "close"), "mail": ("421 closing", "close"), "rcpt": ("451 later", "close"),
    "data": ("451 later", "close"), "answer": ("close",),
}  # fmt: skip
OVER_SAID = {Saying.RECOVERY, Saying.OVER}


# -- who lives and is killed ------------------------------------------------------------------------------------------


@dataclass
class Life:
    """Parks that go down and come up and have windows announced, each with the mails that it owes; as the store says."""

    store: Store
    random: Random
    wake: asyncio.Event
    events: Counter[str] = field(default_factory=Counter)
    owed: Counter[tuple[str, MessageKind]] = field(default_factory=Counter)

    async def run(self) -> None:
        self.events.update(event.outage for event in await self.store.events())
        self.owed.update((one.outage, one.kind) for one in await self.store.messages() if one.contact.startswith("a@"))
        while True:
            await asyncio.sleep(self.random.uniform(0, 0.01))
            park = self.random.choice(PARKS)
            await (self._announce(park) if self.random.random() < 0.3 else self._turn(park))
            self.wake.set()

    async def _turn(self, park: str) -> None:
        now, turns = clock.now(), self.events[park]
        kind = EventKind.CLOSED if turns % 2 else EventKind.REOPENED if turns else EventKind.OPENED
        mail = MessageKind.RECOVERY if turns % 2 else MessageKind.OUTAGE
        event = Event(f"{park}/{turns}", park, kind, park, now, now, ("dashboard",))
        later = self.random.choice((0, 0, SECOND // 20)) if turns % 2 else 0
        await self.store.record(Batch(events=(event,), messages=self._messages(park, park, mail, now, later)))
        self.events[park] += 1

    async def _announce(self, park: str) -> None:
        messages = self._messages(f"{park}.w", park, MessageKind.MAINTENANCE, clock.now())
        await self.store.record(Batch(messages=messages))

    def _messages(self, subject: str, park: str, kind: MessageKind, now: int, later: int = 0) -> tuple[Message, ...]:
        self.owed[subject, kind] += 1
        sequence = self.owed[subject, kind]
        return tuple(
            Message(
                id_ := f"{subject}.{kind}.{sequence}.{contact}", park, f"{contact}@{park}.example", "nl", kind,
                subject, sequence, f"<{id_}@x.example>", f"<{subject}.{contact}@x.example>", now, now + later,
            )
            for contact in CONTACTS
        )  # fmt: skip


async def live(url: str, port: int, seed: int) -> None:
    """Until it is killed."""
    random, wake = Random(seed), asyncio.Event()
    async with (
        open_store(url, write=True) as store,
        Transport([relay(port)], patience=Patience(2, 2)) as transport,
        asyncio.TaskGroup() as group,
    ):
        group.create_task(Life(store, random, wake).run())
        group.create_task(
            deliver(
                store,
                Sending(transport),
                compose=compose,
                clock=clock.now,
                wake=wake,
                observer=Outcomes(),
                random=random,
            )
        )


async def compose(message: Message) -> EmailMessage:
    return plainly(message)


def breed(url: str, port: int) -> None:
    """A process for each seed that is read, whose id is told; once it is killed, that too."""
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    for seed in sys.stdin:
        child = os.fork()
        if child == 0:
            try:
                asyncio.run(live(url, port, int(seed)))
            finally:
                os._exit(1)
        print(child, flush=True)
        _, status = os.waitpid(child, 0)
        print("killed" if os.WIFSIGNALED(status) else f"ended: {status}", flush=True)


class Breeder:
    def __init__(self, url: str, port: int, log: Path) -> None:
        command = [sys.executable, __file__, "--breed", url, "--port", str(port)]
        with log.open("ab") as errors:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True
            )

    def start(self, seed: int) -> int:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{seed}\n")
        self._process.stdin.flush()
        return int(self._said())

    def kill(self, process: int) -> None:
        os.kill(process, signal.SIGKILL)
        assert self._said() == "killed"

    def _said(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate(timeout=10)


# -- who kills, and looks afterwards ----------------------------------------------------------------------------------


async def soak(folder: Path, rounds: int, random: Random) -> dict[str, int]:
    """The counts of what was seen. Raises AssertionError."""
    url = f"sqlite:///{folder / 'slawatch.db'}"
    with SmtpServer() as server:
        server.behaviour.whim = lambda stage: (
            random.choice(FAULTS[stage]) if stage in FAULTS and random.random() < 0.05 else None
        )
        with Breeder(url, server.port, folder / "log") as breeder:
            for _ in range(rounds):
                wanted = len(server.received) + random.randint(1, 12)
                process = breeder.start(random.randrange(1 << 30))
                if random.random() < 0.8:
                    await server.receiving(wanted, 20)
                await asyncio.sleep(random.uniform(0, 0.1))
                breeder.kill(process)
        server.behaviour.whim = lambda _: None
        between = len(server.received)
        counts = await empty(url, server.port)
        return {"rounds": rounds, "between_kills": between, **counts, **await verdict(url, server.received)}


async def empty(url: str, port: int) -> dict[str, int]:
    """A daemon that is not killed, and a relay that behaves, until nothing is owed any more."""
    async with (
        open_store(url, write=True) as store,
        Transport([relay(port)]) as transport,
        delivering(store, transport, compose=compose) as delivery,
    ):
        left = await store.message_counts()
        delivery.clock.at = clock.now()
        async with asyncio.timeout(120):
            while (counts := await store.message_counts())[MessageState.QUEUED] + counts[MessageState.SENDING]:
                delivery.pass_time(DAY // 24)
                await asyncio.sleep(0.05)
    return {"left_at_the_end": left[MessageState.QUEUED] + left[MessageState.SENDING]}


async def verdict(url: str, received: list[Received]) -> dict[str, int]:
    async with open_store(url, write=False) as store:
        rows = {one.message_id: one for one in await store.messages()}
        events = await store.events()
    told = {id_: row for id_, row in rows.items() if row.state is MessageState.ACCEPTED}
    came = Counter(one.message_id for one in received)
    assert {row.state for row in rows.values()} <= {MessageState.ACCEPTED, MessageState.FOLDED, MessageState.DROPPED}
    assert set(came) == set(told), "each mail arrived, and no other"
    for id_, row in told.items():
        assert came[id_] <= 1 + row.handed_over, "a repeat only where it may have been handed over without an answer"
        copies = [one for one in received if one.message_id == id_]
        assert len({one.content for one in copies}) == 1
        assert copies[0].parsed["Subject"] == f"{row.says} {row.known}"
    for park in PARKS:
        over = [event.kind for event in events if event.outage == park][-1:] == [EventKind.CLOSED]
        for contact in CONTACTS:
            order = dict.fromkeys(one.message_id for one in received if one.recipient == f"{contact}@{park}.example")
            in_order([told[id_] for id_ in order if told[id_].outage == park], over=over)
            versions = [told[id_].sequence for id_ in order if told[id_].outage == f"{park}.w"]
            assert versions == sorted(versions)
            announced = [row.sequence for row in rows.values() if row.outage == f"{park}.w"]
            assert versions[-1:] == sorted(announced)[-1:], "the last version was told"
    return {
        "owed": len(rows),
        "mails": len(told),
        "came_again": sum(came.values()) - len(came),
        "may_have_come_again": sum(row.handed_over for row in told.values()),
    }


def in_order(heard: list[Message], *, over: bool) -> None:
    """What one contact heard of one park: down first, then by turns, and the truth last."""
    down = False
    for message in heard:
        assert message.says is not None
        assert down if message.says is Saying.RECOVERY else not down, [one.says for one in heard]
        down = message.says not in OVER_SAID
    assert not heard or down is not over


async def _main(rounds: int, seed: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        try:
            print(await soak(Path(folder), rounds, Random(seed)))
        except BaseException:
            sys.stderr.write((Path(folder) / "log").read_text()[-20_000:])
            raise


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--breed", help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.breed:
        breed(arguments.breed, arguments.port)
    else:
        asyncio.run(_main(arguments.rounds, arguments.seed))
