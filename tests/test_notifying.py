"""What systemd is told, on a real socket: by the parts, and by a real daemon."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from slawatch.app.notifying import READY, Manager
from slawatch.web import Health


class Hand:
    """A clock that is set by hand, and how often it was read."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.reads = 0

    def __call__(self) -> float:
        self.reads += 1
        return self.seconds


@pytest.fixture
def systemd(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.setblocking(False)
        yield listening


async def heard(systemd: socket.socket) -> str:
    return (await asyncio.wait_for(asyncio.get_running_loop().sock_recv(systemd, 4096), 10)).decode()


def waiting(systemd: socket.socket) -> list[str]:
    """What was told, and not heard yet."""
    told = []
    try:
        while True:
            told.append(systemd.recv(4096).decode())
    except BlockingIOError:
        return told


@pytest.mark.parametrize(
    ("environment", "manager"),
    [
        ({}, Manager()),
        ({"NOTIFY_SOCKET": ""}, Manager()),
        ({"WATCHDOG_USEC": "60000000"}, Manager()),
        ({"NOTIFY_SOCKET": "/run/n"}, Manager("/run/n")),
        ({"NOTIFY_SOCKET": "/run/n", "WATCHDOG_USEC": "60000000"}, Manager("/run/n", 60.0)),
        ({"NOTIFY_SOCKET": "/run/n", "WATCHDOG_USEC": "500", "WATCHDOG_PID": "self"}, Manager("/run/n", 0.0005)),
        ({"NOTIFY_SOCKET": "/run/n", "WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "1"}, Manager("/run/n")),
        ({"NOTIFY_SOCKET": "/run/n", "WATCHDOG_USEC": "0"}, Manager("/run/n")),
        ({"NOTIFY_SOCKET": "/run/n", "WATCHDOG_USEC": "soon"}, Manager("/run/n")),
    ],
)
def test_who_listens_stands_in_the_environment(environment: dict[str, str], manager: Manager):
    own = {name: str(os.getpid()) if value == "self" else value for name, value in environment.items()}
    assert Manager.of(own) == manager


@pytest.mark.parametrize("name", ["/nowhere/notify", "@nobody-listens-by-this-name", "/" + "long" * 100])
def test_where_nobody_listens_nothing_is_told_and_nothing_breaks(name: str):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as probe, pytest.raises(OSError, match=r".+"):
        probe.sendto(b"READY=1", "\0" + name[1:] if name.startswith("@") else name)
    Manager(name).tell(READY)


async def test_a_name_without_a_file_is_told_too(tmp_path: Path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(f"\0slawatch-test-{os.getpid()}")
        listening.setblocking(False)
        Manager(f"@slawatch-test-{os.getpid()}").tell(READY, "STATUS=well")
        assert await heard(listening) == "READY=1\nSTATUS=well"


async def test_a_listener_that_reads_nothing_holds_nobody_up(systemd: socket.socket):
    manager = Manager(str(systemd.getsockname()))
    for _ in range(10_000):  # more than a socket holds
        manager.tell(READY)
    assert set(waiting(systemd)) == {READY}


async def test_the_watchdog_beats_only_while_every_loop_lives(systemd: socket.socket):
    hand = Hand()
    health = Health(monotonic=hand)
    record, _account = health.sign("record", 10), health.sign("account", 30)
    beating = asyncio.create_task(Manager(str(systemd.getsockname()), 0.003).beat(health))
    assert await heard(systemd) == await heard(systemd) == "WATCHDOG=1"

    hand.seconds = 11  # record was silent for too long, account not yet
    waiting(systemd)
    looked = hand.reads
    async with asyncio.timeout(10):
        while hand.reads < looked + 5:
            await asyncio.sleep(0)
    assert waiting(systemd) == []

    record()
    assert await heard(systemd) == "WATCHDOG=1"
    beating.cancel()


async def test_without_a_watchdog_there_is_no_beat(systemd: socket.socket):
    await asyncio.wait_for(Manager(str(systemd.getsockname())).beat(Health()), 10)
    assert waiting(systemd) == []
