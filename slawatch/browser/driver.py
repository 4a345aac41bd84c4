"""One Playwright driver (a Node.js process) and the browsers that it starts."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Error, Playwright, async_playwright

from slawatch.browser import processes
from slawatch.browser.deadlines import Deadlines
from slawatch.browser.executable import Found
from slawatch.browser.generation import Generation, begin
from slawatch.browser.launch import LAUNCH_SECONDS, drivers_environment, find_driver, launch
from slawatch.browser.leftovers import note_group
from slawatch.browser.lost import BrowserLost, first_line
from slawatch.browser.processes import Process

_START_SECONDS = 20.0


class Driver:
    """`folder`: where it and its browsers put their temporary files."""

    def __init__(self, playwright: Playwright, process: Process, folder: Path, deadlines: Deadlines) -> None:
        self._playwright = playwright
        self._process = process
        self._folder = folder
        self._deadlines = deadlines

    @property
    def alive(self) -> bool:
        """It runs; one that was stopped (SIGSTOP) is as good as dead."""
        return processes.same(self._process) and not processes.stopped(self._process)

    @property
    def pid(self) -> int:
        return self._process.pid

    async def browser(self, number: int, found: Found, *, sandbox: bool) -> Generation:
        """Start a browser. Raises BrowserLost."""
        start = launch(self._playwright, found, self._folder, sandbox=sandbox)
        try:
            browser = await self._deadlines.within(LAUNCH_SECONDS + 2, start)
        except (Error, TimeoutError) as error:
            raise BrowserLost(f"{found.path} does not start: {_reason(error)}") from error
        generation = await begin(number, browser, self._process, self._deadlines)
        note_group(self._folder, generation.pid)
        return generation

    async def stop(self, seconds: float) -> None:
        """End it: in good order within `seconds`, and then in any case."""
        try:
            await self._deadlines.within(seconds, self._playwright.stop())
        except (Error, TimeoutError, OSError):
            pass
        finally:
            self.kill()

    def kill(self) -> None:
        if processes.same(self._process):
            processes.kill(self._process.pid)


async def start_driver(folder: Path, deadlines: Deadlines) -> Driver:
    """Raises BrowserLost."""
    with drivers_environment(folder):
        try:
            playwright = await deadlines.within(_START_SECONDS, async_playwright().start())
        except Exception as error:
            raise BrowserLost(f"Playwright's driver does not start: {first_line(error)}") from error
    process = find_driver(folder)
    if process is None:
        raise BrowserLost("Playwright's driver ended at once")
    return Driver(playwright, process, folder, deadlines)


def _reason(error: BaseException) -> str:
    """What the browser itself wrote when it ended at once, else the first line."""
    lines = [line.strip() for line in str(error).splitlines()]
    said = [line for line in lines if "[err]" in line or "error while loading shared libraries" in line]
    return (said[0].split("[err]")[-1].strip() if said else first_line(error))[:200]
