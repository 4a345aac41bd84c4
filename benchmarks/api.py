"""n. The API's lists over 1,000 customers and 10,000 outages: how long a page takes, and the event loop stands still.

A real store with two windows for each customer, outages with what was said of them, and a message of each; settled as
the daemon is. Who asks is a process of its own. Beside it the same loop with nobody asking: what the machine does.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import structlog
from aiohttp import web as aiohttp_web
from aiohttp.typedefs import Handler
from measuring import machine, table
from overview import NOW, board, left_alone, row
from scrape import Pulse

from slawatch import web
from slawatch.account import Desk, Lists
from slawatch.app.settling import settle
from slawatch.config import load
from slawatch.model import (
    DAY,
    HOUR,
    MINUTE,
    Cause,
    Declaration,
    DeclarationKind,
    Event,
    EventKind,
    Message,
    MessageKind,
)
from slawatch.reporters.metrics import Metrics
from slawatch.rules.permissions import ROLES, Role
from slawatch.rules.wishes import Announce
from slawatch.store import Batch, Store, open_store
from slawatch.web.application import application
from slawatch.web.people.asker import Asker, Way, recognise
from slawatch.web.scrape import Scrapes

STALL_GOAL = 20
PATHS = (
    "/customers",
    "/customers?limit=1000",
    "/outages",
    "/outages?limit=1000",
    "/outages?open=true",
    "/outages?customer=park-7",
    "/maintenance",
    "/maintenance?limit=1000",
    "/maintenance?customer=park-7",
    "/messages?limit=1000",
)
READER = """
import socket, sys, time
host, port = sys.argv[1:]
for path in sys.stdin:
    asks = [f"GET /api/v1{path.strip()} HTTP/1.1", "Host: a", "Connection: close", "", ""]
    began, size = time.perf_counter(), 0
    with socket.create_connection((host, int(port))) as asking:
        asking.sendall("\\r\\n".join(asks).encode())
        while part := asking.recv(1 << 20):
            size += len(part)
    print(time.perf_counter() - began, size, flush=True)
"""


async def fill(store: Store, customers: int, outages: int) -> None:
    """Each thousandth outage lasts."""
    for first in range(0, outages, 1000):
        events, messages, notes = [], [], []
        for number in range(first, min(first + 1000, outages)):
            own, id_, at = f"park-{number % customers}", f"o{number}", NOW - (outages - number) * HOUR
            times = [(EventKind.OPENED, at)] + [(EventKind.CLOSED, at + 5 * MINUTE)] * (number % 1000 != 7)
            for kind, when in times:
                events.append(Event(f"{id_}/{kind}", own, kind, id_, when, when, ("dashboard",), Cause.HTTP_5XX))
            messages.append(
                Message(f"m{number}", own, "a@b.example", "nl", MessageKind.OUTAGE, id_, 1, f"<{id_}>", "t", at, at)
            )
            said = {"text": "De database is vol; er komt schijf bij."}
            notes.append(Declaration(f"{id_}/noted/1", own, DeclarationKind.OUTAGE_NOTED, id_, at, "pia", said))
        await store.record(Batch(events=tuple(events), messages=tuple(messages)))
        await store.declare(notes)


@asynccontextmanager
async def served(folder: Path, customers: int, outages: int) -> AsyncIterator[str]:
    parks = "\n".join(f"  - {{id: park-{number}, url: 'https://a.example'}}" for number in range(customers))
    pages = "pages: {dashboard: {path: /, ready: x}, reservations: {path: /, ready: x}}"
    (folder / "slawatch.yaml").write_text(f"{pages}\ncustomers:\n{parks}\n")
    terms = {one.id: one.terms() for one in load(folder / "slawatch.yaml").customers}

    @aiohttp_web.middleware
    async def signed_in(request: aiohttp_web.Request, handler: Handler) -> aiohttp_web.StreamResponse:
        recognise(request, Asker("pia", Way.TOKEN, ROLES[Role.OPERATOR]))
        return await handler(request)

    async with open_store(f"sqlite:///{folder / 'slawatch.db'}", write=True, clock=lambda: NOW) as store:
        await fill(store, customers, outages)
        desk = Desk(store, lambda: NOW, lambda: terms)
        for days in (6, 9):
            await desk.ask(Announce("all", NOW + days * DAY, NOW + days * DAY + HOUR, "pia", announced=NOW))
        lists = Lists(store, lambda: NOW, lambda: terms)
        app = application(Scrapes(Metrics()), web.Health(), dict, lists=lists, board=board(customers))
        app.middlewares.append(signed_in)
        runner = aiohttp_web.AppRunner(app, shutdown_timeout=1)
        await runner.setup()
        settle()
        await aiohttp_web.TCPSite(runner, "127.0.0.1", 0).start()
        try:
            yield "{}:{}".format(*runner.addresses[0][:2])
        finally:
            await runner.cleanup()


async def asked(address: str, times: int) -> dict[str, list[tuple[float, int, float]]]:
    """By path, of each answer: seconds until all of it was there, bytes, and the loop's longest stall, in seconds."""
    pulse = Pulse()
    beating = asyncio.create_task(pulse.run())
    reader = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", READER, *address.split(":")),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert reader.stdin is not None
    assert reader.stdout is not None
    found: dict[str, list[tuple[float, int, float]]] = {path: [] for path in PATHS}
    for _ in range(times + 1):
        for path in PATHS:
            pulse.worst = 0.0
            reader.stdin.write(f"{path}\n".encode())
            seconds, size = (await reader.stdout.readline()).split()
            found[path].append((float(seconds), int(size), pulse.worst))
            await asyncio.sleep(0.05)
    reader.stdin.close()
    await reader.wait()
    beating.cancel()
    return {path: answers[1:] for path, answers in found.items()}  # the first one warms up


async def run(customers: int, outages: int, times: int) -> str:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with tempfile.TemporaryDirectory() as folder:
        async with served(Path(folder), customers, outages) as address:
            found = await asked(address, times)
            alone = await left_alone(0.1, times)
    rows = [row(f"`{path}`", answers) for path, answers in found.items()]
    head = ["answer", "server, ms", "kB", "stall, ms: median", "p95", "worst"]
    return (
        f"Goal: a stall of {STALL_GOAL} ms. {machine('aiohttp')}.\n\n{table(head, [*rows, row('nobody asks', alone)])}"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=1000)
    parser.add_argument("--outages", type=int, default=10_000)
    parser.add_argument("--times", type=int, default=20, help="answers for each row")
    arguments = parser.parse_args()
    print(asyncio.run(run(arguments.customers, arguments.outages, arguments.times)))
