"""l. The overview of 1,000 customers: how long the server takes, the event loop stands still, and a browser needs.

Rows as the daemon keeps them, of customers in every state, served as it serves them. Who asks is a process of its own,
without compression and with. A headless Chromium then opens the page: ready is when its `load` is over and the last row
is laid out. Beside it the same loop with nobody asking: what the machine does to it.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import statistics
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random

import structlog
from aiohttp import web as aiohttp_web
from aiohttp.typedefs import Handler
from measuring import machine, percentile, table
from playwright.async_api import async_playwright
from scrape import Pulse

from slawatch import web
from slawatch.browser import find
from slawatch.model import DAY, HOUR, MINUTE, Instant
from slawatch.reporters.metrics import Metrics
from slawatch.rules.calendar import parse
from slawatch.rules.permissions import ROLES, Role
from slawatch.web import News, Row, Sheet, State
from slawatch.web.application import application
from slawatch.web.people.asker import Asker, Way, recognise
from slawatch.web.scrape import Scrapes

NOW = parse("2026-11-25T14:36:17Z")
SERVER_GOAL, READY_GOAL, STALL_GOAL = 150, 1000, 20
BUDGET = 43 * MINUTE


@dataclass(frozen=True)
class Board:
    rows: tuple[Row, ...]
    news: News = field(default_factory=News)

    def now(self) -> Instant:
        return NOW

    async def sheet(self, _customer: str) -> Sheet | None:
        return None


def board(customers: int) -> Board:
    """Most are well; of each hundred one is down, one unknown, two in maintenance, and five have lost some time."""
    random = Random(1)
    rows = []
    for number in range(customers):
        place = number % 100
        state = {0: State.DOWN, 1: State.UNKNOWN, 2: State.MAINTENANCE, 3: State.MAINTENANCE}.get(place, State.UP)
        lost = random.randrange(HOUR) if place in {0, 10, 11, 12, 13, 14} else 0
        share, speed = 1 - lost / (24 * DAY), 1 - random.random() / 30
        rows.append(
            Row(
                customer=f"park-{number}",
                name=f"Vakantiepark {number} <aan zee>",
                zone="Europe/Amsterdam",
                state=state,
                since=NOW - random.randrange(20 * DAY),
                availability=share,
                objective=0.999,
                met=share >= 0.999,
                budget=BUDGET,
                left=BUDGET - lost,
                speed=speed,
                speed_objective=0.95,
                speed_met=True,
                outages=bool(lost),
                lasting=state is State.DOWN,
                window=(NOW + 6 * DAY, NOW + 6 * DAY + 6 * HOUR) if place % 2 else None,
            )
        )
    return Board(tuple(rows))


@asynccontextmanager
async def served(shown: Board) -> AsyncIterator[str]:
    @aiohttp_web.middleware
    async def signed_in(request: aiohttp_web.Request, handler: Handler) -> aiohttp_web.StreamResponse:
        recognise(request, Asker("pia", Way.SESSION, ROLES[Role.VIEWER]))
        return await handler(request)

    app = application(Scrapes(Metrics()), web.Health(), dict, board=shown)
    app.middlewares.append(signed_in)
    runner = aiohttp_web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    await aiohttp_web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield "{}:{}".format(*runner.addresses[0][:2])
    finally:
        await runner.cleanup()


READER = """
import socket, sys, time
host, port, encoding = sys.argv[1:]
asks = ["GET /overview HTTP/1.1", "Host: a", f"Accept-Encoding: {encoding}", "Connection: close", "", ""]
for line in sys.stdin:
    began, size = time.perf_counter(), 0
    with socket.create_connection((host, int(port))) as asking:
        asking.sendall("\\r\\n".join(asks).encode())
        while part := asking.recv(1 << 20):
            size += len(part)
    print(time.perf_counter() - began, size, flush=True)
"""


async def asked(address: str, encoding: str, times: int) -> list[tuple[float, int, float]]:
    """Of each answer: seconds until all of it was there, bytes, and the loop's longest stall meanwhile, in seconds."""
    pulse = Pulse()
    beating = asyncio.create_task(pulse.run())
    reader = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", READER, *address.split(":"), encoding),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert reader.stdin is not None
    assert reader.stdout is not None
    found = []
    for _ in range(times + 1):
        pulse.worst = 0.0
        reader.stdin.write(b"\n")
        seconds, size = (await reader.stdout.readline()).split()
        found.append((float(seconds), int(size), pulse.worst))
        await asyncio.sleep(0.05)
    reader.stdin.close()
    await reader.wait()
    beating.cancel()
    return found[1:]  # the first one warms up


async def left_alone(seconds: float, times: int) -> list[tuple[float, int, float]]:
    pulse = Pulse()
    beating = asyncio.create_task(pulse.run())
    found = []
    for _ in range(times):
        pulse.worst = 0.0
        await asyncio.sleep(seconds)
        found.append((seconds, 0, pulse.worst))
    beating.cancel()
    return found


async def opened(address: str, times: int) -> list[float]:
    """Milliseconds until a browser that has style and script already is ready."""
    took = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=str(find().path))
        context = await browser.new_context(viewport={"width": 1280, "height": 800})
        page = await context.new_page()
        for _ in range(times + 1):
            await page.goto(f"http://{address}/overview", wait_until="load")
            took.append(
                await page.evaluate(
                    "() => { document.querySelector('#rows tr:last-child').getBoundingClientRect();"
                    " return performance.now() }"
                )
            )
        await browser.close()
    return took[1:]


def row(way: str, found: list[tuple[float, int, float]]) -> list[object]:
    stalls = [stall * 1000 for _, _, stall in found]
    return [
        way,
        f"{statistics.median(seconds for seconds, _, _ in found) * 1000:.0f}",
        f"{found[0][1] / 1000:,.0f}" if found[0][1] else "",
        f"{statistics.median(stalls):.1f}",
        f"{percentile(stalls, 0.95):.1f}",
        f"{max(stalls):.1f}",
    ]


async def run(customers: int, times: int) -> str:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    async with served(board(customers)) as address:
        plain, packed = await asked(address, "identity", times), await asked(address, "gzip", times)
        ready = await opened(address, times)
    alone = await left_alone(plain[0][0], times)
    rows = [row("plain", plain), row("compressed", packed), row("nobody asks", alone)]
    head = ["answer", "server, ms", "kB", "stall, ms: median", "p95", "worst"]
    return (
        f"Goals: {SERVER_GOAL} ms, a stall of {STALL_GOAL} ms, ready in {READY_GOAL} ms. {machine('aiohttp')}.\n\n"
        f"{table(head, rows)}\n\n"
        f"Ready in the browser: median {statistics.median(ready):.0f} ms, worst {max(ready):.0f} ms."
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=1000)
    parser.add_argument("--times", type=int, default=20, help="answers for each row")
    arguments = parser.parse_args()
    print(asyncio.run(run(arguments.customers, arguments.times)))
