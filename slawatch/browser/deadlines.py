"""Waiting with a deadline for what may never answer."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class Deadlines:
    """Keeps the operations whose deadline passed until they end by themselves.

    Cancelling a Playwright call does not cancel it in the driver: its late error would come up as "Future exception
    was never retrieved". So it is left alone, and its outcome is read and dropped when the context, the browser or
    the driver that it waits for goes away.
    """

    def __init__(self) -> None:
        self._forsaken: set[asyncio.Task[Any]] = set()

    async def within(self, seconds: float, operation: Coroutine[Any, Any, T]) -> T:
        """What the operation gives. Raises TimeoutError after `seconds`, and what the operation raises."""
        task = asyncio.ensure_future(operation)
        try:
            done, _ = await asyncio.wait({task}, timeout=seconds)
        except asyncio.CancelledError:
            self._forsake(task)
            raise
        if not done:
            self._forsake(task)
            raise TimeoutError(f"no answer within {seconds:g} s")
        return task.result()

    def later(self, seconds: float, operation: Coroutine[Any, Any, object], name: str) -> None:
        """Let the operation run beside, for at most `seconds`; how it ends is nobody's concern."""
        self._forsake(asyncio.create_task(self.within(seconds, operation), name=name))

    async def settle(self, seconds: float) -> None:
        """Give what is left `seconds` to end, then cancel it."""
        if self._forsaken:
            await asyncio.wait(self._forsaken, timeout=seconds)
        for task in tuple(self._forsaken):
            task.cancel()
        if self._forsaken:
            await asyncio.wait(self._forsaken, timeout=seconds)

    def _forsake(self, task: asyncio.Task[Any]) -> None:
        self._forsaken.add(task)
        task.add_done_callback(self._drop)

    def _drop(self, task: asyncio.Task[Any]) -> None:
        self._forsaken.discard(task)
        if not task.cancelled():
            task.exception()
