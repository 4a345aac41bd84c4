"""A browser of its own that prints: never the one that measures, so that a print can slow down no look."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from playwright.async_api import Browser, Error

from slawatch.browser.engine import Engine, open_engine
from slawatch.browser.lease import Lease
from slawatch.browser.lost import BrowserLost, first_line
from slawatch.model import Unavailable

#: For one print, from the empty page to the last byte; it takes less than one.
PRINT_SECONDS = 20.0
#: After so many prints a fresh browser: what one leaks is soon given back.
_RENEW_AFTER = 200


class NotPrinted(Unavailable):
    """The browser failed in printing; the text is one line. The next print has a fresh browser."""


class Settings(Protocol):
    """What the configuration says of the browser (`monitor.browser`)."""

    @property
    def executable(self) -> str | None: ...
    @property
    def sandbox(self) -> bool | None: ...


@dataclass(frozen=True, slots=True)
class _One:
    """The engine's settings: one print at a time."""

    executable: str | None
    sandbox: bool | None
    looks_at_once: int = 1
    renew_after: int = _RENEW_AFTER


class Press:
    """Made by `open_press`."""

    def __init__(self, engine: Engine, print_seconds: float) -> None:
        self._engine = engine
        self._seconds = print_seconds

    async def pdf(self, html: bytes) -> bytes:
        """The page as a tagged PDF with an outline, by its own print styles. `html`: UTF-8, needing nothing else.

        No script of it runs and nothing is fetched. Prints wait for one another. Raises NotPrinted.
        """
        try:
            async with self._engine.lease() as lease:
                return await self._print(lease, html.decode())
        except (Error, BrowserLost) as error:
            raise NotPrinted(f"the browser that prints broke off: {first_line(error)}") from error

    async def _print(self, lease: Lease, html: str) -> bytes:
        try:
            return await lease.within(self._seconds, _printed(lease.browser, html))
        except TimeoutError as error:
            lease.kill()
            raise NotPrinted(f"the browser that prints did not answer within {self._seconds:g} s") from error


@asynccontextmanager
async def open_press(
    settings: Settings, directory: Path | None = None, *, print_seconds: float = PRINT_SECONDS
) -> AsyncIterator[Press]:
    """A press with its browser running: another process and profile than any other. `directory`: as of `open_engine`.

    Raises NoBrowser.
    """
    async with open_engine(_One(settings.executable, settings.sandbox), directory) as engine:
        yield Press(engine, print_seconds)


async def _printed(browser: Browser, html: str) -> bytes:
    context = await browser.new_context(
        java_script_enabled=False, offline=True, service_workers="block", accept_downloads=False, color_scheme="light"
    )
    try:
        page = await context.new_page()
        await page.set_content(html)
        return await page.pdf(prefer_css_page_size=True, print_background=True, tagged=True, outline=True)
    finally:
        await context.close()
