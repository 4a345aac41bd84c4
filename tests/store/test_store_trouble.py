"""Full disks, locks, lost connections, killed writers: what was acknowledged stays, the rest is not half there."""

from __future__ import annotations

import asyncio
import os
import random
import resource
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from datetime import timedelta
from pathlib import Path

import killed_writer
import psycopg
import pytest
from store_rows import event, look, message, write_file

from slawatch.model import EventKind, MessageKind
from slawatch.store import Batch, ChainCheck, Store, StoreBusy, open_store

SOON = timedelta(milliseconds=50)
BULKY = Batch(
    tuple(look(at, facts={"url": "x" * 500}) for at in range(1000, 3000)),
    (event(EventKind.OPENED, 1000),),
    (message(MessageKind.OUTAGE),),
)


async def test_a_full_disk_refuses_a_batch_whole_and_takes_it_later(sqlite_url: str) -> None:
    async with open_store(sqlite_url, write=True) as store:
        await store.record(Batch((look(10),)))
        await limit_pages(store, 40)
        with pytest.raises(StoreBusy, match=r"slawatch\.db: the disk is full \(database or disk is full\)$"):
            await store.record(BULKY)
        await assert_holds_only(store, 10)
        await store.record(Batch((look(20),)))  # small enough
        await limit_pages(store, 1 << 30)
        await store.record(BULKY)
        assert len(await store.observations("duinzicht", 0, 10**6)) == 2 + len(BULKY.observations)
        assert await store.chain_fault("duinzicht", 0, 10**6) is None
        assert await store.messages() == BULKY.messages


async def test_a_write_that_the_system_refuses_is_taken_later(sqlite_url: str) -> None:
    async with open_store(sqlite_url, write=True) as store:
        await store.record(Batch((look(10),)))
        with largest_file(200_000), pytest.raises(StoreBusy, match="input/output error"):
            await store.record(BULKY)
        await assert_holds_only(store, 10)
        await store.record(BULKY)
        assert len(await store.observations("duinzicht", 0, 10**6)) == 1 + len(BULKY.observations)
        assert await store.chain_fault("duinzicht", 0, 10**6) is None


async def test_a_locked_store_is_busy_and_free_again(url: str) -> None:
    async with open_store(url, write=True, patience=SOON) as store:
        await store.record(Batch((look(10),)))
        with locked(url):
            with pytest.raises(StoreBusy, match="lock"):
                await store.record(Batch((look(20),)))
            with pytest.raises(StoreBusy):
                await store.claim(100, 1)
        await store.record(Batch((look(20),)))
        assert await store.observations("duinzicht", 0, 100) == (look(10), look(20))
        assert await store.chain_check("duinzicht", 0, 100) == ChainCheck(fault=None, links=2, unchained=0)


async def test_a_file_that_is_moved_away_takes_no_more_rows(sqlite_path: Path, sqlite_url: str) -> None:
    async with open_store(sqlite_url, write=True) as store:
        await store.record(Batch((look(10),)))
        aside = move(sqlite_path, sqlite_path.with_name("aside.db"))
        with pytest.raises(StoreBusy, match="No such file or directory while it was in use"):
            await store.record(Batch((look(20),)))
        write_file(sqlite_path, b"another file")
        with pytest.raises(StoreBusy, match="was replaced by another file while it was in use"):
            await store.record(Batch((look(20),)))
        move(aside, sqlite_path)
        await store.record(Batch((look(20),)))
        assert await store.observations("duinzicht", 0, 100) == (look(10), look(20))


async def test_a_lost_connection_is_made_anew(postgres_url: str) -> None:
    async with open_store(postgres_url, write=True) as store:
        await store.record(Batch((look(10),)))
        end_sessions(postgres_url)
        with pytest.raises(StoreBusy, match="terminating connection"):
            await store.record(Batch((look(20),)))
        await store.record(Batch((look(20),)))
        assert await store.observations("duinzicht", 0, 100) == (look(10), look(20))


async def test_a_writer_that_lost_its_lock_to_another_writes_nothing(postgres_url: str) -> None:
    async with open_store(postgres_url, write=True) as store:
        await store.record(Batch((look(10),)))
        end_sessions(postgres_url)
        with psycopg.connect(postgres_url, autocommit=True, application_name="a second slawatch") as other:
            other.execute("SELECT pg_advisory_lock(%s)", (int.from_bytes(b"slawatch", "big"),))
            with pytest.raises(StoreBusy, match="terminating connection"):
                await store.record(Batch((look(20),)))
            with pytest.raises(StoreBusy, match=r"a second slawatch .* writes this store already"):
                await store.record(Batch((look(20),)))
        await store.record(Batch((look(30),)))
        assert await store.observations("duinzicht", 0, 100) == (look(10), look(30))
        assert await store.chain_fault("duinzicht", 0, 100) is None


async def test_a_full_disk_of_the_server_is_busy(postgres_url: str) -> None:
    async with open_store(postgres_url, write=True) as store:
        assert store._writer is not None
        full = "DO $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$"
        with pytest.raises(StoreBusy, match="could not extend file"):
            await store._writer.run(lambda connection: connection.exec_driver_sql(full))
        await store.record(Batch((look(10),)))
        assert await store.observations("duinzicht", 0, 100) == (look(10),)


async def test_a_killed_writer_loses_no_acknowledged_row(url: str) -> None:
    rounds = 20 if url.startswith("sqlite") else 5
    chance = random.Random(2)
    async with writers(url) as process:
        following = 0
        for _ in range(rounds):
            kept = await kill_a_writer(process, following, after=chance.randrange(1, 12), pause=chance.random() / 300)
            stored = await stored_batches(url)
            assert set(range(kept + 1)) <= stored
            assert stored <= set(range(kept + 2))  # the one in flight is there or not
            following = max(stored) + 1
        async with open_store(url, write=True) as store:
            await store.record(Batch((look(1),)))
            assert len(await store.open_outages()) == following


#: How many batches a writer may write: on a busy machine its end comes late, and each round reads all that is there.
FAR = 40


async def kill_a_writer(process: asyncio.subprocess.Process, first: int, *, after: int, pause: float) -> int:
    """The last batch that a writer, killed some time after it acknowledged `after` batches, acknowledged."""
    assert process.stdin is not None
    process.stdin.write(f"{first} {first + FAR}\n".encode())
    word, pid = await said(process)
    assert word == "pid"
    for _ in range(after):
        word, kept = await said(process)
        assert word == "kept"
    await asyncio.sleep(pause)  # so that the kill falls anywhere within a transaction
    os.kill(pid, signal.SIGKILL)
    while True:
        word, number = await said(process)
        if word == "dead":
            return kept
        kept = number


async def said(process: asyncio.subprocess.Process) -> tuple[str, int]:
    assert process.stdout is not None
    line = await asyncio.wait_for(process.stdout.readline(), 20)
    word, _, number = line.decode().strip().partition(" ")
    return word, int(number or -1)


async def stored_batches(url: str) -> set[int]:
    """The numbers of the batches that are there; fails on one of which a part is missing."""
    async with open_store(url, write=False) as store:
        rows = await store.observations("duinzicht", 0, 10**9)
        happened, owed = await store.events(), await store.messages()
        chained = await store.chain_check("duinzicht", 0, 10**9)
    assert chained == ChainCheck(fault=None, links=len(rows) + len(happened), unchained=0)
    numbers = {row.at // 100 for row in rows}
    whole = [killed_writer.batch(number) for number in sorted(numbers)]
    assert rows == tuple(row for batch in whole for row in batch.observations)
    assert happened == tuple(event for batch in whole for event in batch.events)
    assert set(owed) == {message for batch in whole for message in batch.messages}
    return numbers


@asynccontextmanager
async def writers(url: str) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        killed_writer.__file__,
        url,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        assert process.stdin is not None
        process.stdin.close()
        os.killpg(process.pid, signal.SIGKILL)  # it has its group for itself and its writers
        await asyncio.wait_for(process.wait(), 20)


async def limit_pages(store: Store, pages: int) -> None:
    """Let the database grow to `pages` pages: SQLite then says what it says of a full disk."""
    assert store._writer is not None
    await store._writer.run(lambda connection: connection.exec_driver_sql(f"PRAGMA max_page_count={pages}").scalar())


async def assert_holds_only(store: Store, at: int) -> None:
    assert await store.observations("duinzicht", 0, 10**6) == (look(at),)
    assert await store.events() == ()
    assert await store.messages() == ()


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """The system refuses this process to write beyond `size` bytes of any file."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def locked(url: str) -> Iterator[None]:
    """Another program holds what a writer needs."""
    if url.startswith("postgresql"):
        with psycopg.connect(url) as other:
            other.execute("LOCK TABLE observations, messages IN ACCESS EXCLUSIVE MODE")
            yield
    else:
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
            other.execute("ROLLBACK")


def move(source: Path, target: Path) -> Path:
    return source.rename(target)


def end_sessions(url: str) -> None:
    """The server ends all other sessions of this database."""
    with psycopg.connect(url) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
