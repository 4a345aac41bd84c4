"""What the browser's benchmarks share: figures with their truth, CPU time of a tree, tables."""

from __future__ import annotations

import ctypes
import math
import os
import platform
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from playwright.async_api import Page
from target import BUSY, READY

from slawatch import clock
from slawatch.browser import Engine, processes
from slawatch.config import Customer
from slawatch.config import Page as PageSettings
from slawatch.probes.page.context import new_context
from slawatch.probes.page.script import Wanted
from slawatch.probes.page.visit import visitor

_TRUTH = "async () => { while (!window.truth) await new Promise((go) => setTimeout(go, 20)); return window.truth; }"
_TICKS = os.sysconf("SC_CLK_TCK")
_PR_SET_CHILD_SUBREAPER = 36


@dataclass(frozen=True, slots=True)
class Timed:
    """One load: what was reported, and when the page was really painted and ready; milliseconds."""

    reported: float
    truth: float

    @property
    def error(self) -> float:
        return self.reported - self.truth


def park(url: str, delay: int) -> Customer:
    """A customer whose page has its rows after `delay` milliseconds."""
    page = PageSettings(path=f"/page?delay={delay}", ready=READY, busy=BUSY, timeout=timedelta(seconds=20))
    return Customer(id="bench", url=url, pages={"rows": page})


async def by_slawatch(engine: Engine, customer: Customer) -> Timed:
    """The page probe's own path: its context, script and visit; then the page is asked for the truth."""
    page = customer.pages["rows"]
    async with engine.lease() as lease, new_context(lease, customer) as context:
        guide = await visitor(lease, context, Wanted(page.ready, page.busy), clock.now)
        opened = await guide.page()
        visit = await guide.visit(opened, customer.at(page.path), 20)
        assert visit.ready is not None, visit
        return Timed(visit.ready, await truth(opened))


async def by_wait_for_selector(engine: Engine, customer: Customer) -> Timed:
    """A stopwatch around goto and wait_for_selector, as most scripts have it; in the same kind of context."""
    page = customer.pages["rows"]
    async with engine.lease() as lease, new_context(lease, customer) as context:
        opened = await context.new_page()
        began = time.perf_counter()
        await opened.goto(customer.at(page.path), wait_until="commit")
        await opened.wait_for_selector(page.ready)
        reported = (time.perf_counter() - began) * 1000
        return Timed(reported, await truth(opened))


async def truth(page: Page) -> float:
    """When the page itself saw its rows painted."""
    return float(await page.evaluate(_TRUTH))


def percentile(values: Sequence[float], share: float) -> float:
    """Nearest rank."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def machine(engine_version: str) -> str:
    """One line about where this was measured."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.partition(":")[2].strip() for line in lines if "model name" in line), platform.machine())
    return f"{os.cpu_count()} cores ({model}), Python {platform.python_version()}, {engine_version}"


def keep_orphans() -> None:
    """Orphans of our tree become our children, so that their CPU time is not lost."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def tree_cpu() -> float:
    """CPU seconds of this process and all below it, dead ones included (after `keep_orphans`)."""
    children: dict[int, list[int]] = {}
    for one in processes.everyone():
        children.setdefault(one.parent, []).append(one.pid)
    total, found = 0, [os.getpid()]
    for pid in found:
        found.extend(children.get(pid, []))
        try:
            text = Path(f"/proc/{pid}/stat").read_text()
        except OSError:
            continue
        total += sum(map(int, text[text.rindex(")") + 2 :].split()[11:15]))
    return total / _TICKS
