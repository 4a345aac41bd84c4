"""e. Ingest: observations a second into SQLite with `synchronous=FULL`, chained and unchained, beside bare sqlite3.

The ways take turns, each on a file of its own in one folder, with batches as the recorder makes them at the goal's
pace: 1,250 looks, what comes within 250 ms.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import sqlite3
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, closing
from datetime import timedelta
from itertools import count, islice
from pathlib import Path

import structlog
from measuring import machine, table
from sqlalchemy import Connection

from slawatch.model import DAY, MINUTE, CheckId, Look, Observation, Verdict
from slawatch.store import Batch, Store, open_store
from slawatch.store.inserting import insert_new
from slawatch.store.rows import observation_to_row
from slawatch.store.schema import observations
from slawatch.store.sqlite import SqliteBackend
from slawatch.store.threads import Writer

BATCH = 1250
CUSTOMERS = 100
MORNING = 20_000 * DAY
GOAL = 5000
Take = Callable[[tuple[Observation, ...]], Awaitable[None]]


def looks() -> Iterator[Observation]:
    """Each minute a look at two pages and the http check of each of 100 customers, without an end."""
    for minute in count():
        for number in range(CUSTOMERS):
            for kind, name in (("page", "dashboard"), ("page", "reservations"), ("http", "http")):
                phases = {"connect": 12.25, "dom": 410.5, "request": 3.75, "ttfb": 120.25}
                seen = Look(Verdict.UP, None, 840, phases, {"status": 200})
                yield Observation(CheckId(f"park{number:03}", kind, name), "main", MORNING + minute * MINUTE, seen)


@asynccontextmanager
async def chained(file: Path) -> AsyncIterator[Take]:
    async with open_store(f"sqlite:///{file}", write=True) as store:
        yield lambda seen: store.record(Batch(seen))
        await check(store)


@asynccontextmanager
async def unchained(file: Path) -> AsyncIterator[Take]:
    """What `Store.record` did before there were chains."""
    writer = Writer(SqliteBackend(file, timedelta(seconds=2)))
    await writer.open()

    async def take(seen: tuple[Observation, ...]) -> None:
        def write(connection: Connection) -> int:
            return insert_new(connection, observations, [observation_to_row(one, MORNING) for one in seen])

        assert await writer.run(write) == len(seen)

    yield take
    await writer.close()


@asynccontextmanager
async def bare(file: Path) -> AsyncIterator[Take]:
    """The same rows, made tuples in the time that counts: one executemany and one commit."""
    async with open_store(f"sqlite:///{file}", write=True):
        pass
    with closing(sqlite3.connect(file)) as connection:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "wal_autocheckpoint=4096", "cache_size=-32768"):
            connection.execute(f"PRAGMA {pragma}")

        async def take(seen: tuple[Observation, ...]) -> None:
            rows = [tuple(observation_to_row(one, MORNING).values()) for one in seen]
            places = ", ".join("?" * len(rows[0]))
            with connection:
                connection.executemany(f"INSERT INTO observations VALUES ({places}, NULL, NULL)", rows)

        yield take


WAYS = {"slawatch, chained": chained, "slawatch, unchained": unchained, "bare sqlite3 executemany": bare}


async def check(store: Store) -> None:
    """Says how long the chains of what was written take to check."""
    began, links = time.perf_counter(), 0
    for number in range(CUSTOMERS):
        found = await store.chain_check(f"park{number:03}", MORNING, MORNING + 30 * DAY)
        assert found.fault is None
        links += found.links
    print(f"Checked {links:,} links at {(time.perf_counter() - began) / links * 1e6:.1f} µs each.\n", flush=True)


async def run(batches: int) -> str:
    spent: dict[str, list[float]] = {way: [] for way in WAYS}
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        async with AsyncExitStack() as stack:
            takes = {
                way: await stack.enter_async_context(opened(Path(folder) / f"{number}.db"))
                for number, (way, opened) in enumerate(WAYS.items())
            }
            source = looks()
            for _ in range(batches):
                seen = tuple(islice(source, BATCH))
                for way, take in takes.items():
                    began = time.perf_counter()
                    await take(seen)
                    spent[way].append(time.perf_counter() - began)
    least = sum(spent["bare sqlite3 executemany"])
    rows = [
        [way, f"{BATCH * batches / sum(each):,.0f}", f"{statistics.median(each) / BATCH * 1e6:.1f}",
         f"{max(each) * 1000:.0f}", f"{sum(each) / least:.2f} x"]
        for way, each in spent.items()
    ]  # fmt: skip
    head = ["way", "observations a second", "µs each (median batch)", "slowest batch ms", "of bare"]
    where = machine(f"SQLite {sqlite3.sqlite_version}")
    return f"{batches} batches of {BATCH} looks; goal {GOAL:,} a second. {where}.\n\n{table(head, rows)}"


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--batches", type=int, default=400, help="for each way")
    print(asyncio.run(run(parser.parse_args().batches)))
