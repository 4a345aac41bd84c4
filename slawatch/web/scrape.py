"""A scrape without holding up the event loop: the snapshot is taken on it, the text made in a thread."""

from __future__ import annotations

import asyncio
import time
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from slawatch.reporters.metrics import Format, Metrics, Snapshot, pieces
from slawatch.web.turns import TURN_SECONDS

#: Compressed, in the form that gzip has (zlib's manual, deflateInit2).
_GZIP = 16 + zlib.MAX_WBITS


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one scrape asks for. `customer`: only this one's series, or OWN; None for all.

    `names`: only these metrics; empty for all.
    """

    format: Format
    gzip: bool
    customer: str | None = None
    names: frozenset[str] = frozenset()


class Scrapes:
    """Renders for all scrapers, one at a time; who asks for the same while it is being rendered gets that one."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._rendering: dict[Wanted, asyncio.Task[tuple[bytes, ...]]] = {}
        self._one_at_a_time = asyncio.Lock()

    @property
    def customers(self) -> tuple[str, ...]:
        """The ids of those that have series."""
        return tuple(self._metrics.customers)

    async def body(self, wanted: Wanted) -> tuple[bytes, ...]:
        """The answer's body in pieces, compressed when so wanted. A scraper that goes away stops it for no other."""
        task = self._rendering.get(wanted)
        if task is None:
            task = asyncio.create_task(self._render(wanted), name="scrape")
            self._rendering[wanted] = task
            task.add_done_callback(lambda _: self._rendering.pop(wanted))
        return await asyncio.shield(task)

    async def close(self) -> None:
        """Wait for what is being rendered: a fraction of a second."""
        await asyncio.gather(*self._rendering.values(), return_exceptions=True)

    async def _render(self, wanted: Wanted) -> tuple[bytes, ...]:
        async with self._one_at_a_time:
            return await asyncio.to_thread(_text, self._metrics.snapshot(wanted.customer), wanted)


def _text(snapshot: Snapshot, wanted: Wanted) -> tuple[bytes, ...]:
    text = _yielding(pieces(snapshot, wanted.format, wanted.names))
    return tuple(_compressed(text) if wanted.gzip else text)


def _yielding(made: Iterable[bytes]) -> Iterator[bytes]:
    """The same; after each piece the event loop gets its turn, for which it would otherwise wait 5 ms each time."""
    for piece in made:
        yield piece
        time.sleep(TURN_SECONDS)


def _compressed(text: Iterable[bytes]) -> Iterator[bytes]:
    """Level 1 takes a fraction of the time of level 9, and a scraper is near."""
    compressor = zlib.compressobj(level=1, wbits=_GZIP)
    for piece in text:
        if made := compressor.compress(piece):
            yield made
    yield compressor.flush()
