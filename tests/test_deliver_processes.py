"""Processes that are stopped and killed: the SMTP server, and slawatch's own delivery."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from delivering import delivering, relay
from mail_samples import CONFIRMED, message
from mail_soak import soak

from slawatch.model import MINUTE, SECOND, MessageKind
from slawatch.reporters.mail import Patience, Transport
from slawatch.store import open_store

TESTS = Path(__file__).parent


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


async def test_delivery_killed_at_any_moment_loses_no_mail_and_keeps_the_order(tmp_path: Path) -> None:
    """A short form of tests/mail_soak.py, which asserts it all."""
    counts = await soak(tmp_path, 8, Random(2))
    assert counts["between_kills"] > 4, "it was killed at work"
