"""b. Cost: CPU seconds of the whole process tree and wall time per look, against a bare Playwright loop, and against a
browser started for each look. The ways take turns in blocks, each in a process of its own, on the same page.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import statistics
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import structlog
from measuring import keep_orphans, machine, park, table, tree_cpu
from playwright.async_api import Browser, async_playwright
from target import BUSY, READY, target

from slawatch.browser import find, open_engine
from slawatch.browser.launch import FLAGS
from slawatch.config import BrowserSettings, Monitor
from slawatch.model import Verdict
from slawatch.probes import build, open_tools

DELAY = 150
Look = Callable[[], Awaitable[None]]


async def bare(browser: Browser, url: str) -> None:
    """What a minimal script does: context, page, goto, wait in the page, close."""
    context = await browser.new_context()
    page = await context.new_page()
    await page.goto(f"{url}/page?delay={DELAY}")
    await page.wait_for_function(f"document.querySelector('{READY}') && !document.querySelector('{BUSY}')")
    await context.close()


@asynccontextmanager
async def slawatch(url: str) -> AsyncIterator[Look]:
    async with open_engine(BrowserSettings(renew_after=10_000)) as engine, open_tools(engine, Monitor()) as tools:
        probe = build(park(url, DELAY), "rows", tools)

        async def look() -> None:
            seen = await probe.look()
            assert seen.verdict is Verdict.UP, seen

        yield look


@asynccontextmanager
async def bare_loop(url: str) -> AsyncIterator[Look]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find().path, args=list(FLAGS))
        yield lambda: bare(browser, url)
        await browser.close()


@asynccontextmanager
async def browser_per_look(url: str) -> AsyncIterator[Look]:
    async with async_playwright() as playwright:

        async def look() -> None:
            browser = await playwright.chromium.launch(executable_path=find().path, args=list(FLAGS))
            await bare(browser, url)
            await browser.close()

        yield look


WAYS = {"slawatch": slawatch, "bare Playwright loop": bare_loop, "a browser per look": browser_per_look}


async def block(way: str, url: str, looks: int) -> None:
    """In its own process: prints CPU seconds and wall seconds per look, after a warm-up that does not count."""
    keep_orphans()
    async with WAYS[way](url) as look:
        for _ in range(3):
            await look()
        cpu, wall = tree_cpu(), time.perf_counter()
        for _ in range(looks):
            await look()
        wall = time.perf_counter() - wall
        print((tree_cpu() - cpu) / looks, wall / looks)


async def run(looks: int, rounds: int) -> str:
    cost: dict[str, list[tuple[float, float]]] = {way: [] for way in WAYS}
    async with target() as url:
        for _ in range(rounds):
            for way, found in cost.items():
                process = await asyncio.create_subprocess_exec(
                    sys.executable, Path(__file__), "--block", way, url, "--looks", str(looks),
                    stdout=asyncio.subprocess.PIPE,
                )  # fmt: skip
                output, _ = await process.communicate()
                cpu, wall = map(float, output.decode().split())
                found.append((cpu, wall))
    median = {way: [statistics.median(each) for each in zip(*found, strict=True)] for way, found in cost.items()}
    ours = median["slawatch"][0]
    rows = [
        [way, f"{cpu:.3f}", f"{min(one for one, _ in cost[way]):.3f}-{max(one for one, _ in cost[way]):.3f}",
         f"{wall:.3f}", f"{ours / cpu:.2f} x"]
        for way, (cpu, wall) in median.items()
    ]  # fmt: skip
    head = ["way", "CPU s per look (median)", "range", "wall s per look", "slawatch is"]
    where = machine(find().path.name)
    return (
        f"A page that is ready after {DELAY} ms; {rounds} blocks of {looks} looks each. {where}.\n\n{table(head, rows)}"
    )


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--looks", type=int, default=30, help="looks in a block")
    parser.add_argument("--rounds", type=int, default=5, help="blocks of each way")
    parser.add_argument("--block", nargs=2, metavar=("WAY", "URL"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.block:
        asyncio.run(block(*given.block, given.looks))
    else:
        print(asyncio.run(run(given.looks, given.rounds)))
