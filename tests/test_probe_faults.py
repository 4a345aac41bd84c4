"""The browser killed, stopped and starved under a look: each ends in the right verdict, and in time."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from sites import Site, customer, open_site

from slawatch.browser import Engine, open_engine, processes
from slawatch.config import BrowserSettings, Monitor
from slawatch.model import Cause, Look, Verdict
from slawatch.probes import Probe, Tools, build, open_tools
from slawatch.probes.page.probe import PageProbe

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def engine() -> AsyncIterator[Engine]:
    async with open_engine(BrowserSettings()) as engine:
        yield engine


@pytest_asyncio.fixture(loop_scope="module")
async def tools(engine: Engine) -> AsyncIterator[Tools]:
    async with open_tools(engine, Monitor()) as tools:
        yield tools


@pytest_asyncio.fixture(loop_scope="module")
async def site() -> AsyncIterator[tuple[Site, str]]:
    async with open_site() as opened:
        yield opened


async def pid_of(engine: Engine) -> int:
    async with engine.lease() as lease:
        return lease.pid


@asynccontextmanager
async def hanging(site: Site, probe: Probe) -> AsyncIterator[asyncio.Task[Look]]:
    """A look under way whose page does not answer yet."""
    site.fault, waiting = "hang", asyncio.create_task(probe.look())
    await site.waiting.wait()
    yield waiting
    await waiting


async def test_a_look_whose_browser_is_killed_is_made_on_a_fresh_one(
    engine: Engine, tools: Tools, site: tuple[Site, str]
) -> None:
    browser = await pid_of(engine)
    async with hanging(site[0], build(customer(site[1]), "rows", tools)) as look:
        site[0].fault = ""
        os.kill(browser, signal.SIGKILL)
        seen = await look
    assert seen.verdict is Verdict.UP
    assert seen.facts["attempt"] == 2


async def test_a_look_whose_driver_is_killed_is_made_on_a_fresh_one(
    engine: Engine, tools: Tools, site: tuple[Site, str]
) -> None:
    driver = processes.process(await pid_of(engine))
    assert driver is not None
    async with hanging(site[0], build(customer(site[1]), "rows", tools)) as look:
        site[0].fault = ""
        os.kill(driver.parent, signal.SIGKILL)
        seen = await look
    assert seen.verdict is Verdict.UP


async def test_a_renderer_that_dies_twice_is_our_browsers_fault(
    engine: Engine, tools: Tools, site: tuple[Site, str]
) -> None:
    browser = await pid_of(engine)
    async with hanging(site[0], build(customer(site[1], timeout=5), "rows", tools)) as look:
        for _ in range(2):
            async with asyncio.timeout(5):
                await site[0].waiting.wait()
            site[0].waiting.clear()
            for pid in processes.offspring(browser):
                if processes.mentions(pid, "--type=renderer"):
                    os.kill(pid, signal.SIGKILL)
        seen = await look
    assert seen.cause is Cause.MONITOR_BROWSER


async def test_a_stopped_browser_is_ours_and_its_sibling_looks_again(
    engine: Engine, tools: Tools, site: tuple[Site, str]
) -> None:
    browser = await pid_of(engine)
    stopped = processes.process(browser)
    hasty = build(customer(site[1], timeout=1), "rows", tools)
    patient = build(customer(site[1], timeout=10), "rows", tools)
    async with hanging(site[0], hasty) as look, hanging(site[0], patient) as sibling:
        site[0].fault = ""
        os.killpg(browser, signal.SIGSTOP)
        seen, siblings = await look, await sibling
    assert seen.cause is Cause.MONITOR_BROWSER
    assert siblings.verdict is Verdict.UP
    assert stopped is not None
    assert not processes.same(stopped)


async def test_a_browser_stopped_between_looks_costs_no_look(
    engine: Engine, tools: Tools, site: tuple[Site, str]
) -> None:
    browser = await pid_of(engine)
    os.killpg(browser, signal.SIGSTOP)
    async with asyncio.timeout(5):
        while True:  # the kernel takes a moment for all threads
            if (leader := processes.process(browser)) is not None and leader.state == "T":
                break
            await asyncio.sleep(0.01)
    seen = await build(customer(site[1]), "rows", tools).look()
    assert seen.verdict is Verdict.UP


async def test_a_cancelled_look_ends_at_once_and_the_next_is_well(tools: Tools, site: tuple[Site, str]) -> None:
    probe = build(customer(site[1], timeout=20), "rows", tools)
    site[0].fault, look = "hang", asyncio.create_task(probe.look())
    await site[0].waiting.wait()
    look.cancel()
    async with asyncio.timeout(1):
        with pytest.raises(asyncio.CancelledError):
            await look
    site[0].fault = ""
    assert (await probe.look()).verdict is Verdict.UP


def starve(browser: int) -> None:
    """All of the browser's threads, and what they start, on the first core and behind everything else on it."""
    for pid in processes.offspring(browser):
        for task in Path(f"/proc/{pid}/task").iterdir():
            os.sched_setscheduler(int(task.name), os.SCHED_IDLE, os.sched_param(0))
            os.sched_setaffinity(int(task.name), {0})
    # The kernel may share cores out by session first: then the browser's session has to be the last one too.
    autogroup = Path(f"/proc/{browser}/autogroup")
    if autogroup.exists():
        autogroup.write_text("19")


@asynccontextmanager
async def starved(browser: int) -> AsyncIterator[None]:
    """Two busy processes on one core, and the browser's processes on that core with what they leave over."""
    loops = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", "import os\nos.sched_setaffinity(0, {0})\nprint(flush=True)\nwhile True: pass",
            stdout=asyncio.subprocess.PIPE, start_new_session=True,
        )
        for _ in range(2)
    ]  # fmt: skip
    for loop in loops:
        assert loop.stdout is not None
        await loop.stdout.readline()
    starve(browser)
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
            await loop.communicate()


async def test_a_starved_browser_is_our_overload_and_not_an_outage(site: tuple[Site, str]) -> None:
    async with open_engine(BrowserSettings()) as engine, open_tools(engine, Monitor()) as tools:
        probe = build(customer(site[1], timeout=1), "rows", tools)
        assert (await probe.look()).verdict is Verdict.UP
        async with starved(await pid_of(engine)):
            seen = await probe.look()
            assert seen.cause is Cause.MONITOR_OVERLOAD


async def test_a_slow_page_on_a_calm_machine_is_not_looked_at_twice(tools: Tools, site: tuple[Site, str]) -> None:
    site[0].delay = 1.5
    park = customer(site[1])
    probe = PageProbe(park, "rows", park.pages["rows"], tools, slow=500, seen_ready=True)
    seen = await probe.look()
    assert seen.verdict is Verdict.UP
    assert seen.milliseconds is not None
    assert seen.milliseconds >= 1500
    assert site[0].page_visits == 1
