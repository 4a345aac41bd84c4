"""The engine: gives looks a browser, starts a fresh one when it is gone or due, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Protocol

import structlog

from slawatch.browser.deadlines import Deadlines
from slawatch.browser.driver import Driver, start_driver
from slawatch.browser.executable import Found, Kind, find
from slawatch.browser.generation import Generation
from slawatch.browser.lease import Lease
from slawatch.browser.leftovers import end_marked, own_folder, sweep
from slawatch.browser.lost import BrowserLost, NoBrowser
from slawatch.browser.quiet import quiet
from slawatch.browser.watchdog import Watchdog

log = structlog.get_logger()

#: A renewal that finds no quiet moment comes after this many times the looks, beside the looks in flight.
_PATIENCE = 1.25


class Settings(Protocol):
    """What the configuration says of the browser (`monitor.browser`)."""

    @property
    def looks_at_once(self) -> int: ...
    @property
    def renew_after(self) -> int: ...
    @property
    def executable(self) -> str | None: ...
    @property
    def sandbox(self) -> bool | None: ...


class Engine:
    """Made by `open_engine`. `waiting` and `in_flight` tell how busy it is."""

    def __init__(self, settings: Settings, found: Found, folder: Path) -> None:
        self.version = ""
        self.waiting = 0
        self._settings = settings
        self._found = found
        self._folder = folder
        self._places = asyncio.Semaphore(settings.looks_at_once)
        self._starting = asyncio.Lock()
        self._deadlines = Deadlines()
        self._driver: Driver | None = None
        self._current: Generation | None = None
        self._old: set[Generation] = set()
        self._started = 0
        self._closed = False

    @property
    def kind(self) -> Kind:
        return self._found.kind

    @property
    def in_flight(self) -> int:
        """Looks that hold a lease."""
        return sum(one.in_flight for one in self._generations())

    @asynccontextmanager
    async def lease(self) -> AsyncIterator[Lease]:
        """A place among `looks_at_once`, on a browser that lives. Waits for a place without a limit, since every
        look has its own. Raises BrowserLost when no browser can be started.
        """
        self.waiting += 1
        try:
            await self._places.acquire()
        finally:
            self.waiting -= 1
        try:
            generation = await self._ready()
            generation.looks += 1
            generation.in_flight += 1
            try:
                yield Lease(generation, self._deadlines)
            finally:
                generation.in_flight -= 1
                self._after(generation)
        finally:
            self._places.release()

    async def start(self) -> None:
        """The first browser. Raises NoBrowser."""
        if self._found.kind == "chromium":
            log.warning("browser.full_chromium", path=str(self._found.path), advice="install chromium-headless-shell")
        try:
            generation = await self._ready()
        except BrowserLost as error:
            advice = "; set monitor.browser.sandbox: false" if "sandbox" in str(error).lower() else ""
            raise NoBrowser(f"no browser can be started: {error}{advice}") from error
        self.version = generation.browser.version

    async def close(self) -> None:
        """End everything in less than 3 seconds."""
        self._closed = True
        await asyncio.gather(*(generation.close(0.7) for generation in self._generations()))
        if self._driver is not None:
            await self._driver.stop(0.7)
        end_marked(self._folder)
        await self._deadlines.settle(0.3)
        self._driver = self._current = None
        self._old.clear()

    def end_now(self) -> None:
        """SIGKILL to browser and driver, from any thread: every call on them fails at once."""
        for generation in self._generations():
            generation.kill()
        if self._driver is not None:
            self._driver.kill()

    def _generations(self) -> tuple[Generation, ...]:
        return (*((self._current,) if self._current else ()), *tuple(self._old))

    async def _ready(self) -> Generation:
        """The browser for the next look, a fresh one where the old is gone or due."""
        async with self._starting:
            if self._closed:
                raise BrowserLost("the engine is closed")
            current = self._current
            if current is not None and self._usable(current):
                return current
            if current is not None:
                await self._retire(current)
            self._current = await self._fresh()
            return self._current

    def _usable(self, generation: Generation) -> bool:
        if generation.stopped or not generation.alive or self._driver is None or not self._driver.alive:
            return False
        limit = self._settings.renew_after * (_PATIENCE if generation.in_flight else 1)
        return generation.looks < limit

    async def _fresh(self) -> Generation:
        """A new browser; when that fails, once more with a new driver."""
        self._started += 1
        if self._driver is not None and self._driver.alive:
            try:
                return await self._launch(self._driver)
            except BrowserLost as error:
                log.warning("browser.launch_failed", error=str(error))
        if self._driver is not None:
            await self._driver.stop(1.0)
        self._driver = await start_driver(self._folder, self._deadlines)
        return await self._launch(self._driver)

    async def _launch(self, driver: Driver) -> Generation:
        sandbox = self._settings.sandbox
        generation = await driver.browser(
            self._started, self._found, sandbox=os.geteuid() != 0 if sandbox is None else sandbox
        )
        self.version = generation.browser.version
        log.info(
            "browser.started",
            generation=generation.number,
            kind=self.kind,
            version=self.version,
            path=str(self._found.path),
        )
        return generation

    async def _retire(self, generation: Generation) -> None:
        """Take it out of use: closed now when no look is on it, else when the last one ends."""
        self._current = None
        generation.retired = True
        if generation.in_flight:
            self._old.add(generation)
        else:
            await generation.close(2.0)

    def _after(self, generation: Generation) -> None:
        """What one look's end brings about."""
        if self._closed or generation.in_flight:
            return
        if generation.retired:
            self._old.discard(generation)
            self._deadlines.later(3.0, generation.close(2.0), "browser.close")
        elif generation.looks >= self._settings.renew_after and not self.waiting:
            # A quiet moment: the next look finds the new browser ready.
            self._deadlines.later(30.0, self._ready(), "browser.renew")


@asynccontextmanager
async def open_engine(
    settings: Settings, directory: Path | None = None, *, frozen_after_seconds: float = 30.0
) -> AsyncIterator[Engine]:
    """An engine with its first browser running. `directory`: where its temporary folder is made (default: the
    system's); what killed daemons left there is swept first. Raises NoBrowser.
    """
    directory = directory or Path(tempfile.gettempdir())
    found = find(settings.executable)
    await asyncio.to_thread(sweep, directory)
    with quiet(), own_folder(directory) as folder:
        engine = Engine(settings, found, folder)
        watchdog = Watchdog(engine.end_now, frozen_after_seconds)
        watchdog.start()
        try:
            await engine.start()
            yield engine
        finally:
            watchdog.stop()
            await asyncio.shield(engine.close())
