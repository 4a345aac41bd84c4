"""A store with the looks of `month.py`, and how long asking it takes."""

from __future__ import annotations

import statistics
import time
from collections.abc import Awaitable, Callable
from itertools import islice
from typing import TypeVar

from month import looks

from slawatch.store import Batch, Store

T = TypeVar("T")
BATCH = 1250
TRIALS = 5


async def record(store: Store) -> None:
    source = looks()
    while seen := tuple(islice(source, BATCH)):
        await store.record(Batch(seen))


async def timed(ask: Callable[[], Awaitable[T]], clock: Callable[[], float] = time.perf_counter) -> tuple[T, list[str]]:
    """What it gives, and how long it took: median and range in milliseconds, after one time that does not count."""
    given, spent = await ask(), []
    for _ in range(TRIALS):
        began = clock()
        given = await ask()
        spent.append((clock() - began) * 1000)
    return given, [f"{statistics.median(spent):,.0f}", f"{min(spent):,.0f}-{max(spent):,.0f}"]
