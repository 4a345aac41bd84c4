"""a. Timing error: the reported time minus the true painted-ready time, alone and with four loads side by side."""

from __future__ import annotations

import argparse
import asyncio
import random
from collections.abc import Awaitable, Callable

from measuring import Timed, by_slawatch, by_wait_for_selector, machine, park, percentile, table
from target import target

from slawatch.browser import Engine, open_engine
from slawatch.config import BrowserSettings, Customer

DELAYS = (0, 120, 350, 700, 1100, 1800)
SHARES = (0.5, 0.95, 0.99)
#: The error has a sign: a figure that is always early would look perfect in its upper percentiles.
TOLD = "Reported minus true painted-ready time, in ms (negative: too early), and the size of that error."
Load = Callable[[Engine, Customer], Awaitable[Timed]]


async def measure(load: Load, engine: Engine, url: str, count: int, at_once: int, seed: int) -> list[Timed]:
    """`count` loads by one way of timing, so many side by side, on delays in random order."""
    choice = random.Random(seed)
    delays = [delay + choice.randrange(100) for delay in DELAYS for _ in range(-(-count // len(DELAYS)))]
    choice.shuffle(delays)
    found: list[Timed] = []

    async def work() -> None:
        while delays:
            found.append(await load(engine, park(url, delays.pop())))

    await asyncio.gather(*(work() for _ in range(at_once)))
    return found


async def run(count: int) -> str:
    ways: dict[str, Load] = {"slawatch, in the page": by_slawatch, "wait_for_selector": by_wait_for_selector}
    rows = []
    async with target() as url, open_engine(BrowserSettings(looks_at_once=4, renew_after=10_000)) as engine:
        for load in ways.values():
            await measure(load, engine, url, 6, 1, 0)
        for at_once in (1, 4):
            for name, load in ways.items():
                timed = await measure(load, engine, url, count, at_once, at_once)
                errors = [one.error for one in timed]
                sizes = [abs(error) for error in errors]
                signed = [f"{min(errors):+.0f}", f"{percentile(errors, 0.5):+.0f}", f"{max(errors):+.0f}"]
                rows.append(
                    [name, at_once, len(errors), *signed, *(f"{percentile(sizes, share):.0f}" for share in SHARES)]
                )
        where = machine(f"{engine.kind} {engine.version}")
    head = ["way", "side by side", "loads", "earliest", "median", "latest", "size: median", "size: p95", "size: p99"]
    return f"{TOLD} {where}.\n\n{table(head, rows)}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--loads", type=int, default=120, help="loads for each row")
    print(asyncio.run(run(parser.parse_args().loads)))
