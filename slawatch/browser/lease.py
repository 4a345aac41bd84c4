"""One look's share of the browser."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, TypeVar

from playwright.async_api import Browser, Error

from slawatch.browser.deadlines import Deadlines
from slawatch.browser.generation import Generation
from slawatch.browser.lost import BrowserLost, first_line
from slawatch.browser.strain import Strainmeter

T = TypeVar("T")


class Lease:
    """Valid inside `async with engine.lease()`."""

    def __init__(self, generation: Generation, deadlines: Deadlines) -> None:
        self._generation = generation
        self._deadlines = deadlines

    @property
    def browser(self) -> Browser:
        return self._generation.browser

    @property
    def generation(self) -> int:
        """The browser's number, counted from 1 in each engine."""
        return self._generation.number

    @property
    def pid(self) -> int:
        """The browser's process, the leader of its group."""
        return self._generation.pid

    @property
    def lost(self) -> bool:
        """The browser is gone: killed by a sibling's deadline, crashed, or its driver died."""
        return not self._generation.alive

    def kill(self) -> None:
        """SIGKILL to the browser's process group. The next lease is on a fresh browser."""
        self._generation.kill()

    async def within(self, seconds: float, operation: Coroutine[Any, Any, T]) -> T:
        """A Playwright call with a deadline. Raises TimeoutError, Playwright's Error, or BrowserLost when the
        call failed because the browser is gone.
        """
        try:
            return await self._deadlines.within(seconds, operation)
        except Error as error:
            if self.lost:
                raise BrowserLost(first_line(error)) from error
            raise

    def later(self, seconds: float, operation: Coroutine[Any, Any, object], name: str) -> None:
        """A call whose outcome nobody needs."""
        self._deadlines.later(seconds, operation, name)

    async def answers(self, seconds: float = 2.0) -> bool:
        """Whether the browser still answers by itself; no means that it is frozen, or starved past use."""
        return await self._generation.answers(seconds)

    def strain(self) -> Strainmeter:
        """Begin to measure what the browser has to wait for."""
        return Strainmeter(self.pid)
