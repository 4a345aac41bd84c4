"""A summary, made into a document: the ledger read, the figures laid out, the file written."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from slawatch.app.rendering.formats import FORMATS, Job
from slawatch.app.rendering.wanted import Made, Wanted
from slawatch.browser.press import Press, open_press
from slawatch.config import Config
from slawatch.store import Store, open_store


class Documents:
    """Made by `open_documents`. The store is opened, and the browser that prints is started, when first needed."""

    def __init__(self, config: Config, stack: AsyncExitStack) -> None:
        self._config = config
        self._stack = stack
        self._store: Store | None = None
        self._press: Press | None = None

    async def make(self, wanted: Wanted, out: Path) -> Made:
        """Write the document to the file `out`.

        Raises UnknownCustomer, NoSuchMonth, StoreError, for a PDF NoBrowser or NotPrinted, and for evidence NotClosed.
        """
        form = FORMATS[wanted.format]
        language = wanted.language or self._language(wanted.customer)
        revision = await form.write(Job(wanted, language, out, await self._opened(), self._config, self._printing))
        size = (await asyncio.to_thread(out.stat)).st_size
        return Made(_name(wanted, language, revision), form.media_type, size)

    def _language(self, customer: str) -> str:
        """The customer's; of one that is not configured any more, Dutch."""
        return next((one.language for one in self._config.customers if one.id == customer), "nl")

    async def _opened(self) -> Store:
        if self._store is None:
            self._store = await self._stack.enter_async_context(open_store(self._config.store, write=False))
        return self._store

    async def _printing(self) -> Press:
        if self._press is None:
            self._press = await self._stack.enter_async_context(open_press(self._config.monitor.browser))
        return self._press


@asynccontextmanager
async def open_documents(config: Config) -> AsyncIterator[Documents]:
    """Of the customers of this configuration, and of those that its ledger knows from before."""
    async with AsyncExitStack() as stack:
        yield Documents(config, stack)


def _name(wanted: Wanted, language: str, revision: int | None) -> str:
    """Such as `duinzicht-2026-10-r2-nl.pdf`; of a month that is not closed, `duinzicht-2026-11-so-far-nl.pdf`."""
    form = FORMATS[wanted.format]
    stands = "so-far" if revision is None else f"r{revision}"
    spoken = form.spoken and (wanted.format != "csv" or wanted.profile == "excel")
    return f"{wanted.customer}-{wanted.month}-{stands}{f'-{language}' * spoken}.{form.ending}"
