"""`/metrics` without holding up the event loop: the snapshot is taken on it, the text made in a thread."""

from __future__ import annotations

import asyncio
import gzip
from dataclasses import dataclass

from slawatch.reporters.metrics import Format, Metrics, Snapshot, encode


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one scrape asks for. `names`: only these metrics; empty for all."""

    format: Format
    gzip: bool
    names: frozenset[str] = frozenset()


class Scrapes:
    """Renders for all scrapers, one at a time; who asks for the same while it is being rendered gets that one."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._rendering: dict[Wanted, asyncio.Task[bytes]] = {}
        self._one_at_a_time = asyncio.Lock()

    async def body(self, wanted: Wanted) -> bytes:
        """The answer's body, compressed when so wanted. A scraper that goes away does not stop it for the others."""
        task = self._rendering.get(wanted)
        if task is None:
            task = asyncio.create_task(self._render(wanted), name="scrape")
            self._rendering[wanted] = task
            task.add_done_callback(lambda _: self._rendering.pop(wanted))
        return await asyncio.shield(task)

    async def close(self) -> None:
        """Wait for what is being rendered: a fraction of a second."""
        await asyncio.gather(*self._rendering.values(), return_exceptions=True)

    async def _render(self, wanted: Wanted) -> bytes:
        async with self._one_at_a_time:
            return await asyncio.to_thread(_text, self._metrics.snapshot(), wanted)


def _text(snapshot: Snapshot, wanted: Wanted) -> bytes:
    text = encode(snapshot, wanted.format, wanted.names)
    # Level 1 takes 3 ms for 2 MB where level 9 takes 52 ms, and a scraper is near.
    return gzip.compress(text, compresslevel=1, mtime=0) if wanted.gzip else text
