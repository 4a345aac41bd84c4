"""The engine: found, shared, renewed, killed, and nothing left behind."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from slawatch.browser import BrowserLost, Engine, Lease, NoBrowser, find, open_engine, processes
from slawatch.browser.leftovers import PREFIX, sweep
from slawatch.config import BrowserSettings


@pytest_asyncio.fixture
async def engine(tmp_path: Path) -> AsyncIterator[Engine]:
    async with open_engine(BrowserSettings(renew_after=3), tmp_path) as engine:
        yield engine


async def until(holds: Callable[[], bool], seconds: float = 5.0) -> None:
    """Wait for a condition of the operating system, which sends no event."""
    async with asyncio.timeout(seconds):
        while True:
            if holds():
                return
            await asyncio.sleep(0.01)


def marked(folder: Path) -> list[int]:
    """The processes that were started for an engine in this folder."""
    return [one.pid for one in processes.everyone() if one.alive and processes.mentions(one.pid, f"{folder}/{PREFIX}")]


def gone_or_stopped(pid: int) -> bool:
    """Whether a signal has arrived at all of a process's threads."""
    found = processes.process(pid)
    return found is None or found.state in "TZ"


def left(folder: Path) -> list[Path]:
    """What stands in the folder."""
    return list(folder.glob(f"{PREFIX}*"))


def environment(pid: int) -> set[str]:
    """The names in a process's environment."""
    entries = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    return {entry.partition(b"=")[0].decode() for entry in entries} - {""}


async def visit(lease: Lease) -> str:
    """Open and close a page; gives its text."""
    context = await lease.within(5, lease.browser.new_context())
    page = await lease.within(5, context.new_page())
    await lease.within(5, page.set_content("<p>hier"))
    text = await lease.within(5, page.inner_text("p"))
    await lease.within(5, context.close())
    return text


# -- finding ----------------------------------------------------------------------------------------------------------


def test_a_named_browser_that_is_not_there_is_told_by_where_it_was_named(tmp_path: Path) -> None:
    with pytest.raises(NoBrowser, match=r"^monitor\.browser\.executable: /nergens is not a program that can be run"):
        find("/nergens")
    with pytest.raises(NoBrowser, match=r"^SLAWATCH_BROWSER: /nergens is not a program"):
        find(None, {"SLAWATCH_BROWSER": "/nergens"})


def test_a_downloaded_headless_shell_is_found_and_a_full_browser_is_told_apart(tmp_path: Path) -> None:
    shell = tmp_path / "chromium_headless_shell-1255" / "chrome-linux" / "headless_shell"
    chrome = tmp_path / "chromium-1255" / "chrome-linux" / "chrome"
    for path in (shell, chrome):
        path.parent.mkdir(parents=True)
        path.write_text("#!/bin/sh\n")
        path.chmod(0o755)
    assert find(str(shell)).kind == "headless-shell"
    assert find(str(chrome)).kind == "chromium"


async def test_a_browser_that_does_not_start_is_one_clear_line(tmp_path: Path) -> None:
    broken = tmp_path / "headless_shell"
    broken.write_text("#!/bin/sh\necho kapot >&2\nexit 1\n")
    broken.chmod(0o755)
    with pytest.raises(NoBrowser, match=r"^no browser can be started: \S+/headless_shell does not start: .+") as told:
        async with open_engine(BrowserSettings(executable=str(broken)), tmp_path):
            pass
    assert "\n" not in str(told.value)
    assert left(tmp_path) == []


# -- sharing and renewing ---------------------------------------------------------------------------------------------


async def test_only_so_many_looks_are_at_once(engine: Engine) -> None:
    inside, release = [], asyncio.Event()

    async def look() -> None:
        async with engine.lease() as lease:
            inside.append(lease)
            await release.wait()

    looks = [asyncio.create_task(look()) for _ in range(3)]
    await until(lambda: len(inside) == 2 and engine.waiting == 1)
    assert engine.in_flight == 2
    release.set()
    await asyncio.gather(*looks)
    assert engine.in_flight == 0


async def test_the_browser_is_renewed_after_so_many_looks(engine: Engine) -> None:
    generations = []
    for _ in range(5):
        async with engine.lease() as lease:
            assert await visit(lease) == "hier"
            generations.append(lease.generation)
    assert generations == [1, 1, 1, 2, 2]


async def test_a_renewal_leaves_the_look_in_flight_alone(engine: Engine) -> None:
    async with engine.lease() as long:
        first = long.pid
        for _ in range(5):
            async with engine.lease() as lease:
                pass
        assert (long.generation, lease.generation) == (1, 2)
        assert await visit(long) == "hier"
    await until(lambda: processes.process(first) is None)
    async with engine.lease() as lease:
        assert lease.generation == 2


async def test_the_environment_of_browser_and_driver_is_clean(tmp_path: Path) -> None:
    before = dict(os.environ)
    async with open_engine(BrowserSettings(), tmp_path) as engine, engine.lease() as lease:
        assert environment(lease.pid) == {"HOME", "TMPDIR", "PATH", "LANG", "SLAWATCH_RUN"}
        assert dict(os.environ) == before


# -- what goes wrong --------------------------------------------------------------------------------------------------


async def test_after_a_kill_the_next_lease_is_on_a_fresh_browser(engine: Engine) -> None:
    async with engine.lease() as lease:
        lease.kill()
        with pytest.raises(BrowserLost):
            await visit(lease)
        assert lease.lost
    async with engine.lease() as lease:
        assert lease.generation == 2
        assert await visit(lease) == "hier"


async def test_a_sibling_of_a_killed_look_is_told_at_once(engine: Engine) -> None:
    async with engine.lease() as mine, engine.lease() as siblings:
        context = await siblings.browser.new_context()
        page = await context.new_page()
        waiting = asyncio.create_task(siblings.within(20, page.wait_for_selector("#nooit")))
        await asyncio.sleep(0)
        mine.kill()
        async with asyncio.timeout(3):
            with pytest.raises(BrowserLost):
                await waiting


async def test_a_browser_that_was_killed_from_outside_is_replaced(engine: Engine) -> None:
    async with engine.lease() as lease:
        os.kill(lease.pid, signal.SIGKILL)
        await until(lambda: lease.lost)
    async with engine.lease() as lease:
        assert await visit(lease) == "hier"


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
async def test_a_driver_that_dies_or_stops_is_replaced(engine: Engine, number: signal.Signals) -> None:
    async with engine.lease() as lease:
        driver = processes.process(lease.pid)
        assert driver is not None
        os.kill(driver.parent, number)
        await until(lambda: gone_or_stopped(driver.parent))
    async with asyncio.timeout(10):
        async with engine.lease() as lease:
            assert await visit(lease) == "hier"
    assert processes.process(driver.parent) is None


async def test_a_stopped_browser_does_not_answer(engine: Engine) -> None:
    async with engine.lease() as lease:
        assert await lease.answers()
        os.kill(lease.pid, signal.SIGSTOP)
        assert not await lease.answers()
        with pytest.raises(TimeoutError):
            await lease.within(0.2, lease.browser.new_context())
        lease.kill()


async def test_closing_takes_less_than_three_seconds_whatever_hangs(tmp_path: Path) -> None:
    async with open_engine(BrowserSettings(), tmp_path) as engine:
        async with engine.lease() as lease:
            driver = processes.process(lease.pid)
            assert driver is not None
            os.killpg(lease.pid, signal.SIGSTOP)
            os.kill(driver.parent, signal.SIGSTOP)
        began = time.monotonic()
    assert time.monotonic() - began < 3
    assert marked(tmp_path) == []
    assert left(tmp_path) == []


async def test_a_loop_that_stands_still_ends_the_browser(tmp_path: Path) -> None:
    async with open_engine(BrowserSettings(), tmp_path, frozen_after_seconds=0.3) as engine:
        async with engine.lease() as lease:
            pid = lease.pid
            threading.Event().wait(1.0)  # the loop is blocked, as by a call that should not be there
            await until(lambda: lease.lost)
        async with engine.lease() as lease:
            assert lease.pid != pid


# -- leaving nothing --------------------------------------------------------------------------------------------------


async def test_nothing_is_left_after_the_end(tmp_path: Path) -> None:
    async with open_engine(BrowserSettings(), tmp_path) as engine, engine.lease() as lease:
        assert await visit(lease) == "hier"
        assert len(marked(tmp_path)) >= 2
    assert marked(tmp_path) == []
    assert left(tmp_path) == []


async def test_a_cancelled_look_leaves_nothing(tmp_path: Path) -> None:
    async with open_engine(BrowserSettings(), tmp_path) as engine:
        begun = asyncio.Event()

        async def look() -> None:
            async with engine.lease() as lease:
                page = await (await lease.browser.new_context()).new_page()
                begun.set()
                await lease.within(20, page.wait_for_selector("#nooit"))

        task = asyncio.create_task(look())
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert marked(tmp_path) == []


async def daemon(folder: Path) -> tuple[asyncio.subprocess.Process, int]:
    """A daemon in a process of its own, with its browser's pid."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, Path(__file__).with_name("browser_daemon.py"), folder, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    async with asyncio.timeout(20):
        while not (line := await process.stdout.readline()).strip().isdigit():
            assert line, "the daemon ended"
    return process, int(line)


async def test_the_browser_does_not_outlive_a_killed_daemon(tmp_path: Path) -> None:
    process, browser = await daemon(tmp_path)
    process.kill()
    await process.communicate()
    await until(lambda: processes.process(browser) is None and marked(tmp_path) == [])


async def test_a_restart_sweeps_what_a_killed_daemon_left(tmp_path: Path) -> None:
    process, browser = await daemon(tmp_path)
    os.killpg(browser, signal.SIGSTOP)  # so that it cannot see its driver go
    process.kill()
    await process.communicate()
    await asyncio.to_thread(sweep, tmp_path)
    await until(lambda: marked(tmp_path) == [])
    assert left(tmp_path) == []


async def test_a_living_daemons_folder_is_left_alone(tmp_path: Path, engine: Engine) -> None:
    assert sweep(tmp_path) == 0
    async with engine.lease() as lease:
        assert await visit(lease) == "hier"
