"""The last line: a thread that ends the browser when our own event loop stands still and can keep no deadline."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable

import structlog

log = structlog.get_logger()


class Watchdog:
    """Calls `end` from a thread once the loop has not turned for `limit_seconds`, and again only after it turned."""

    def __init__(self, end: Callable[[], None], limit_seconds: float = 30.0) -> None:
        self._end = end
        self._limit = limit_seconds
        self._turned = time.monotonic()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="slawatch-browser-watchdog", daemon=True)
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.Handle = self._loop.call_soon(self._turn)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._timer.cancel()

    def _turn(self) -> None:
        self._turned = time.monotonic()
        self._timer = self._loop.call_later(self._limit / 10, self._turn)

    def _watch(self) -> None:
        ended_at = 0.0
        while not self._stop.wait(self._limit / 10):
            turned = self._turned
            if time.monotonic() - turned > self._limit and turned != ended_at:
                ended_at = turned
                log.error("browser.loop_frozen", seconds=round(time.monotonic() - turned, 1))
                self._end()
