"""One running browser, from its start to its end."""

from __future__ import annotations

import os

import structlog
from playwright.async_api import Browser, CDPSession, Error

from slawatch.browser import processes
from slawatch.browser.deadlines import Deadlines
from slawatch.browser.lost import BrowserLost, first_line
from slawatch.browser.processes import Process

log = structlog.get_logger()

_START_SECONDS = 5.0


class Generation:
    """A browser and how many looks it has served. Counts are the engine's to keep."""

    def __init__(
        self,
        number: int,
        browser: Browser,
        control: CDPSession,
        leader: Process,
        driver: Process,
        deadlines: Deadlines,
    ) -> None:
        self.number = number
        self.browser = browser
        self.looks = 0
        self.in_flight = 0
        self.retired = False
        self._control = control
        self._leader = leader
        self._driver = driver
        self._deadlines = deadlines
        self._killed = False

    @property
    def pid(self) -> int:
        """The browser's process; it leads a process group (and session) of its own."""
        return self._leader.pid

    @property
    def alive(self) -> bool:
        """Browser and driver run, and talk to each other. One that was killed a moment ago may not have noticed yet."""
        if self._killed or not self.browser.is_connected():
            return False
        return processes.same(self._leader) and processes.same(self._driver)

    @property
    def stopped(self) -> bool:
        """Its process was stopped by a signal."""
        return processes.stopped(self._leader)

    def kill(self) -> None:
        """SIGKILL to the browser's whole process group, at once; from any thread."""
        self._killed = True
        if processes.same(self._leader):
            processes.kill_group(self.pid)

    async def answers(self, seconds: float) -> bool:
        """Whether the browser still answers, and none of its processes was stopped."""
        if any(one.state in "Tt" for one in processes.group_members(self.pid)):
            return False
        try:
            await self._deadlines.within(seconds, self._control.send("Browser.getVersion"))
        except (Error, TimeoutError):
            return False
        return True

    async def close(self, seconds: float) -> None:
        """End it: in good order within `seconds`, and then in any case."""
        if self.alive and not self.stopped:
            try:
                await self._deadlines.within(seconds, self.browser.close())
            except (Error, TimeoutError) as error:
                log.warning("browser.close_failed", generation=self.number, error=first_line(error))
        self.kill()


async def begin(number: int, browser: Browser, driver: Process, deadlines: Deadlines) -> Generation:
    """Take over a browser that was just launched. Raises BrowserLost when it does not say which process it is."""
    try:
        control = await deadlines.within(_START_SECONDS, browser.new_browser_cdp_session())
        answer = await deadlines.within(_START_SECONDS, control.send("SystemInfo.getProcessInfo"))
        pid = next(int(one["id"]) for one in answer["processInfo"] if one["type"] == "browser")
    except (Error, TimeoutError, StopIteration, KeyError) as error:
        raise BrowserLost(f"the browser does not answer after its start: {first_line(error)}") from error
    leader = processes.process(pid)
    if leader is None or leader.group != pid or pid == os.getpgrp():
        raise BrowserLost(f"the browser's process {pid} is gone or leads no group of its own")
    return Generation(number, browser, control, leader, driver, deadlines)
