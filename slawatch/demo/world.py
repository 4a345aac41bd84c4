"""The world that slawatch watches in the demo, in a process of its own so that it disturbs no measurement.

    python -m slawatch.demo.world [--port 8800] [--mail-port 8025] [--session-seconds 600] [--pace 1]
                                  [--metrics http://127.0.0.1:9464/metrics] [--mails http://127.0.0.1:8025/]

Prints one JSON line with its addresses (`Places`) when all of it answers, and lives until its standard input closes: it
never outlives its parent. Who may sign in stands in the environment: SLAWATCH_DEMO_PASSWORD.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from slawatch import clock
from slawatch.demo.door import Door, address, reserve
from slawatch.demo.faults import Bell, Switch
from slawatch.demo.mails import mails_application
from slawatch.demo.parks import PARKS
from slawatch.demo.places import HOST, USERNAME, VARIABLE, WELCOME, Places, Wishes
from slawatch.demo.sink import Mailbox, receive
from slawatch.demo.standin import Manners, StandIn
from slawatch.demo.switches import Links, switchboard


@asynccontextmanager
async def open_world(wishes: Wishes, *, password: str) -> AsyncIterator[Places]:
    """All of it, in this process: the parks, the switches, the mail sink. A taken port is replaced by a free one."""
    moved: list[str] = []

    def seat(port: int, what: str) -> socket.socket:
        try:
            return reserve(port)
        except OSError:
            instead = reserve(0)
            moved.append(f"port {port} is in use: {what} at {address(instead)} instead")
            return instead

    bell = Bell()
    mailbox = Mailbox(bell)
    manners = Manners(USERNAME, password, wishes.session_seconds, wishes.pace)
    standins = {park.id: StandIn(park, manners, clock=clock.now, switch=Switch(bell)) for park in PARKS}
    board, mails = seat(wishes.port, "the switches"), seat(wishes.mail_port, "the mails")
    doors = {
        park.id: Door(standins[park.id].app, seat(wishes.port and wishes.port + index, park.name))
        for index, park in enumerate(PARKS, start=1)
    }
    links = Links(wishes.mails or address(mails), wishes.metrics, USERNAME, password)
    async with AsyncExitStack() as stack:
        for door in doors.values():
            await stack.enter_async_context(door)
        smtp_port = await stack.enter_async_context(receive(mailbox, clock=clock.now))
        await stack.enter_async_context(Door(mails_application(mailbox, switches=address(board)), mails))
        switches = switchboard(standins, doors, bell=bell, mailbox=mailbox, links=links)
        await stack.enter_async_context(Door(switches, board))
        parks = {park: door.url for park, door in doors.items()}
        yield Places(address(board), parks, address(mails), f"{HOST}:{smtp_port}", tuple(moved))


async def _live_with_parent(wishes: Wishes, password: str) -> None:
    """The world, until standard input closes."""
    # Ctrl-C in the terminal reaches the whole group; the parent ends us when it no longer needs a world to look at.
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, lambda: None)
    reader = asyncio.StreamReader()
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    try:
        async with open_world(wishes, password=password) as places:
            sys.stdout.write(places.to_json() + "\n")
            sys.stdout.flush()
            await reader.read()
    finally:
        transport.close()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m slawatch.demo.world", description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--mail-port", type=int, default=0)
    parser.add_argument("--session-seconds", type=float, default=600.0)
    parser.add_argument("--pace", type=float, default=1.0)
    parser.add_argument("--metrics")
    parser.add_argument("--mails")
    wishes = Wishes(**vars(parser.parse_args()))
    asyncio.run(_live_with_parent(wishes, os.environ.get(VARIABLE, WELCOME)))


if __name__ == "__main__":
    main()
