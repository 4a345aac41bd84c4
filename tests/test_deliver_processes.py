"""Processes that are stopped and killed: the SMTP server, and slawatch's own delivery."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Self

import pytest
from delivering import delivering, owe, relay
from mail_samples import CONFIRMED, message
from smtp_server import SmtpServer

from slawatch.model import DAY, MINUTE, SECOND, Message, MessageKind, MessageState
from slawatch.reporters.mail import Patience, Transport
from slawatch.rules.calendar import parse
from slawatch.store import open_store

TESTS = Path(__file__).parent
ROUNDS = 12
LONG_AGO = parse("2026-01-05T09:00:00Z")


class ServerProcess:
    def __init__(self, folder: Path) -> None:
        self._mails = folder / "mails.jsonl"
        self.port = 0
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        command = [sys.executable, TESTS / "smtp_server.py", "--port", str(self.port), "--mails", self._mails]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline())

    def send(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate(timeout=10)
            self._process = None

    @property
    def message_ids(self) -> list[str]:
        return [json.loads(line)["message_id"] for line in self._mails.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    process = ServerProcess(tmp_path)
    process.start()
    yield process
    process.kill()


async def test_a_stopped_server_delays_mail_and_loses_none(server: ServerProcess, tmp_path: Path) -> None:
    contacts = ["first@park.example", "second@park.example", "third@park.example"]
    async with (
        open_store(f"sqlite:///{tmp_path / 'slawatch.db'}", write=True) as store,
        Transport([relay(server.port)], patience=Patience(connect=0.5, mail=0.5)) as transport,
        delivering(store, transport) as delivery,
    ):
        await delivery.owe(message(contact=contacts[0]))
        await delivery.outcomes.acceptance()
        server.send(signal.SIGSTOP)
        await delivery.owe(message(contact=contacts[1]), message(contact=contacts[2]))
        failed = [await delivery.outcomes.failure() for _ in range(2)]
        assert not any(permanent for _, permanent in failed)
        server.send(signal.SIGCONT)
        delivery.pass_time(MINUTE)
        for _ in range(2):
            await delivery.outcomes.acceptance()
    assert sorted(server.message_ids) == sorted(message(contact=contact).message_id for contact in contacts)


async def test_a_killed_server_that_comes_back_gets_what_it_missed(server: ServerProcess, tmp_path: Path) -> None:
    async with (
        open_store(f"sqlite:///{tmp_path / 'slawatch.db'}", write=True) as store,
        Transport([relay(server.port)], patience=Patience(connect=2, mail=2)) as transport,
        delivering(store, transport) as delivery,
    ):
        await delivery.owe(message())
        await delivery.outcomes.acceptance()
        server.kill()
        recovery = message(MessageKind.RECOVERY, created=CONFIRMED + SECOND)
        delivery.pass_time(SECOND)
        await delivery.owe(recovery)
        assert not (await delivery.outcomes.failure())[1]
        server.start()
        delivery.pass_time(MINUTE)
        await delivery.outcomes.acceptance()
    assert server.message_ids == [message().message_id, recovery.message_id]


class Deliverers:
    """Processes that deliver, one after the other, each to be killed."""

    def __init__(self, store: str, port: int) -> None:
        environment = {**os.environ, "PYTHONPATH": str(TESTS)}
        command = [sys.executable, str(TESTS / "delivering.py"), store, str(port)]
        self._breeder = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )

    def start(self) -> int:
        assert self._breeder.stdin is not None
        self._breeder.stdin.write("\n")
        self._breeder.stdin.flush()
        return int(self._said())

    def kill(self, process: int) -> None:
        os.kill(process, signal.SIGKILL)
        assert self._said() == "killed"

    def _said(self) -> str:
        assert self._breeder.stdout is not None
        return self._breeder.stdout.readline().strip()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._breeder.communicate(timeout=10)


def owed() -> list[Message]:
    """An outage mail and a recovery mail to each of many contacts."""
    return [
        message(kind, contact=f"contact{number:03}@park.example", created=LONG_AGO)
        for kind in (MessageKind.OUTAGE, MessageKind.RECOVERY)
        for number in range(70)
    ]


async def test_delivery_killed_at_any_moment_loses_no_mail_and_invents_no_identifier(tmp_path: Path) -> None:
    url, messages, random = f"sqlite:///{tmp_path / 'slawatch.db'}", owed(), Random(2)
    async with open_store(url, write=True) as store:
        await owe(store, *messages)
    with SmtpServer() as server:
        with Deliverers(url, server.port) as deliverers:
            for _ in range(ROUNDS):
                wanted = len(server.received) + random.randint(0, 8)
                process = deliverers.start()
                await server.receiving(wanted, 20)
                deliverers.kill(process)
        assert len({one.message_id for one in server.received}) < len(messages), "it was killed at work each time"
        async with (
            open_store(url, write=True) as store,
            Transport([relay(server.port)]) as transport,
            delivering(store, transport) as delivery,
        ):
            left = await store.message_counts()
            delivery.pass_time(10_000 * DAY)  # past all that the processes put off
            for _ in range(left[MessageState.QUEUED] + left[MessageState.SENDING]):
                await delivery.outcomes.acceptance()
            assert {one.state for one in await store.messages()} == {MessageState.ACCEPTED}
    arrived = [one.message_id for one in server.received]
    assert set(arrived) == {one.message_id for one in messages}
    assert len(arrived) - len(messages) <= 4 * ROUNDS, "at most what was on its way at each kill came twice"
    for one in messages:
        assert arrived.index(one.thread) <= arrived.index(one.message_id)
