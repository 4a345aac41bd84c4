"""What opening refuses, in one clear line, and what it leaves untouched."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from store_rows import look, names_in, read_file, write_file
from structlog.testing import capture_logs

from slawatch.store import (
    Batch,
    StoreBusy,
    StoreError,
    StoreForeign,
    StoreLocked,
    StoreMissing,
    StoreNewer,
    StoreTorn,
    StoreUnreachable,
    StoreUnsupported,
    StoreUnwritable,
    open_store,
)
from slawatch.store.sqlite import has_wal_reset_bug


async def refusal(url: str, *, write: bool) -> StoreError:
    with pytest.raises(StoreError) as caught:
        async with open_store(url, write=write):
            pass
    assert "\n" not in str(caught.value)
    return caught.value


async def make(url: str) -> None:
    async with open_store(url, write=True) as store:
        await store.record(Batch(tuple(look(at, facts={"url": "https://a.example/" + "x" * 80}) for at in range(200))))


@pytest.mark.parametrize(
    ("address", "text"),
    [
        ("mysql://root:hunter2@db/slawatch", "store: expected {}, got 'mysql'"),
        ("slawatch.db", "store: expected {}, got something that is no such address ('slawatch.db')"),
        ("sqlite://", "store: expected {}: the ledger must outlive the process, so it needs a file"),
        ("sqlite:///:memory:", "store: expected {}: the ledger must outlive the process, so it needs a file"),
        ("sqlite:///a.db?mode=ro", "store: expected {}, without host or options, got 'sqlite:///a.db?mode=ro'"),
        ("postgresql://u:hunter2@host", "store: expected {}, got no database name"),
    ],
)
async def test_an_address_that_is_no_store_is_refused(address: str, text: str) -> None:
    error = await refusal(address, write=True)
    assert isinstance(error, StoreUnsupported)
    assert str(error) == text.format("sqlite:///FILE or postgresql://USER@HOST/DATABASE")


async def test_reading_makes_nothing(sqlite_path: Path, sqlite_url: str) -> None:
    error = await refusal(sqlite_url, write=False)
    assert isinstance(error, StoreMissing)
    assert str(error) == f"{sqlite_path}: there is no store yet; `slawatch run` makes it"
    assert names_in(sqlite_path.parent) == []


async def test_reading_makes_no_tables_in_a_database_server(postgres_url: str) -> None:
    assert isinstance(await refusal(postgres_url, write=False), StoreMissing)
    with psycopg.connect(postgres_url) as connection:
        assert connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()").fetchone() == (
            0,
        )


async def test_a_folder_that_is_not_there_cannot_be_written(tmp_path: Path) -> None:
    error = await refusal(f"sqlite:///{tmp_path}/no/slawatch.db", write=True)
    assert isinstance(error, StoreUnwritable)
    assert str(error) == f"{tmp_path}/no/slawatch.db: cannot be written: No such file or directory"


@pytest.mark.parametrize(("write", "kind"), [(True, StoreUnwritable), (False, StoreUnreachable)])
async def test_a_folder_is_not_a_store(tmp_path: Path, write: bool, kind: type[StoreError]) -> None:
    error = await refusal(f"sqlite:///{tmp_path}", write=write)
    assert isinstance(error, kind)
    assert "Is a directory" in str(error)
    assert names_in(tmp_path) == []


@pytest.mark.parametrize("write", [True, False])
@pytest.mark.parametrize(
    ("damage", "text"),
    [
        (lambda whole: b"", "is empty (0 bytes)"),
        (lambda whole: whole[:10], "is truncated (10 bytes)"),
        (lambda whole: whole[:100], "is truncated (100 bytes)"),
        (lambda whole: whole[:4096], "database disk image is malformed"),
        (lambda whole: whole[: 4096 * 8], "database disk image is malformed"),
        (lambda whole: whole[:-1], "is truncated"),
        (lambda whole: b"\0" * 4096 + whole[4096:], "is not a database"),
        (lambda whole: b"<html>this is no database</html>", "is not a database"),
    ],
    ids=["empty", "10 bytes", "header only", "first page", "half", "last byte gone", "zeros", "text"],
)
async def test_a_torn_file_is_refused_and_left_as_it_is(
    sqlite_path: Path, sqlite_url: str, damage: object, text: str, write: bool
) -> None:
    await make(sqlite_url)
    torn = damage(read_file(sqlite_path))  # type: ignore[operator]
    write_file(sqlite_path, torn)
    error = await refusal(sqlite_url, write=write)
    assert isinstance(error, StoreTorn)
    assert str(error).startswith(f"{sqlite_path}: ")
    assert text in str(error)
    assert read_file(sqlite_path) == torn
    assert names_in(sqlite_path.parent) == ["slawatch.db"]


async def test_damage_that_opening_cannot_see_is_told_when_it_is_read(sqlite_path: Path, sqlite_url: str) -> None:
    await make(sqlite_url)
    whole = read_file(sqlite_path)
    first_with_rows = whole.index(b"duinzicht") // 4096 * 4096
    write_file(sqlite_path, whole[:first_with_rows] + b"\xff" * 4096 + whole[first_with_rows + 4096 :])
    async with open_store(sqlite_url, write=False) as store:
        with pytest.raises(StoreTorn, match=r"malformed; it is left as it is: restore it from a backup$"):
            await store.observations("duinzicht", 0, 10**9)


async def test_a_log_without_its_database_is_not_begun_anew(sqlite_path: Path, sqlite_url: str) -> None:
    log = Path(f"{sqlite_path}-wal")
    write_file(log, b"frames")
    error = await refusal(sqlite_url, write=True)
    assert isinstance(error, StoreTorn)
    assert "is gone, but its log slawatch.db-wal is there" in str(error)
    assert names_in(sqlite_path.parent) == [log.name]


async def test_what_a_crash_left_of_a_store_in_the_making_is_made_anew(sqlite_path: Path, sqlite_url: str) -> None:
    write_file(Path(f"{sqlite_path}.new"), b"half")
    write_file(Path(f"{sqlite_path}.new-wal"), b"half")
    await make(sqlite_url)
    assert names_in(sqlite_path.parent) == ["slawatch.db"]


@pytest.mark.parametrize("write", [True, False])
async def test_somebody_elses_file_gets_no_tables(sqlite_path: Path, sqlite_url: str, write: bool) -> None:
    with sqlite3.connect(sqlite_path) as other:
        other.execute("CREATE TABLE bookmarks (url)")
    other.close()
    before = read_file(sqlite_path)
    error = await refusal(sqlite_url, write=write)
    assert isinstance(error, StoreForeign)
    assert str(error) == f"{sqlite_path}: a database, but not one of slawatch (it has the table 'bookmarks')"
    assert read_file(sqlite_path) == before


async def test_a_database_server_may_be_shared_but_not_a_table(postgres_url: str) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as other:
        other.execute("CREATE TABLE alembic_version (version_num text)")
        other.execute("INSERT INTO alembic_version VALUES ('theirs')")
        other.execute("CREATE TABLE messages (id int)")
        assert isinstance(await refusal(postgres_url, write=True), StoreForeign)
        other.execute("DROP TABLE messages")
        await make(postgres_url)
        assert other.execute("SELECT version_num FROM alembic_version").fetchall() == [("theirs",)]


@pytest.mark.parametrize("write", [True, False])
async def test_a_store_of_a_newer_slawatch_is_refused(url: str, write: bool) -> None:
    await make(url)
    execute(url, "UPDATE slawatch_version SET version_num = '9999'")
    error = await refusal(url, write=write)
    assert isinstance(error, StoreNewer)
    assert "written by a newer slawatch (version 9999 of the store; this one knows up to 0006)" in str(error)


async def test_a_server_that_does_not_answer_is_told_without_the_password(tmp_path: Path) -> None:
    for write in (True, False):
        error = await refusal(f"postgresql://u:hunter2@/slawatch?host={tmp_path}", write=write)
        assert isinstance(error, StoreUnreachable)
        assert "hunter2" not in str(error)
        assert "connection" in str(error)


async def test_a_second_writer_is_refused_and_named(url: str) -> None:
    async with open_store(url, write=True):
        error = await refusal(url, write=True)
        assert isinstance(error, StoreLocked)
        assert str(error).endswith("writes this store already")
        assert str(os.getpid()) in str(error)
        async with open_store(url, write=False):
            pass
    async with open_store(url, write=True):
        pass


async def test_two_names_of_one_file_meet_at_one_lock(sqlite_path: Path, sqlite_url: str, tmp_path: Path) -> None:
    (tmp_path / "other.db").symlink_to(sqlite_path)
    async with open_store(sqlite_url, write=True):
        error = await refusal(f"sqlite:///{tmp_path}/other.db", write=True)
        assert str(error) == f"{sqlite_path}: process {os.getpid()} writes this store already"


async def test_a_closed_store_is_one_file(sqlite_path: Path, sqlite_url: str) -> None:
    async with open_store(sqlite_url, write=True) as store:
        await store.record(Batch((look(10),)))
        await store.observations("duinzicht", 0, 100)
    assert names_in(sqlite_path.parent) == ["slawatch.db"]


async def test_a_path_with_odd_characters_is_that_path(tmp_path: Path) -> None:
    path = tmp_path / "park 100%é" / "a?b.db"
    path.parent.mkdir()
    await make(f"sqlite:///{str(path).replace('?', '%3F').replace('100%', '100%25')}")
    assert names_in(path.parent) == ["a?b.db"]


async def test_every_commit_reaches_the_disk_and_readers_cannot_write(sqlite_url: str) -> None:
    async with open_store(sqlite_url, write=True) as store:
        assert store._writer is not None
        pragmas = ("journal_mode", "synchronous", "foreign_keys")
        settings = await store._writer.run(lambda c: [c.exec_driver_sql(f"PRAGMA {name}").scalar() for name in pragmas])
        assert settings == ["wal", 2, 1]
        assert await store._read(lambda c: c.exec_driver_sql("PRAGMA wal_autocheckpoint").scalar()) == 0
        with pytest.raises(StoreBusy, match="it is read-only"):
            await store._read(lambda c: c.exec_driver_sql("DELETE FROM observations"))


@pytest.mark.parametrize(
    ("version", "affected"),
    [
        ((3, 40, 1), True),
        ((3, 44, 5), True),
        ((3, 44, 6), False),
        ((3, 45, 0), True),
        ((3, 50, 6), True),
        ((3, 50, 7), False),
        ((3, 51, 2), True),
        ((3, 51, 3), False),
        ((3, 53, 0), False),
    ],
)
def test_sqlite_versions_with_the_wal_reset_bug_are_known(version: tuple[int, ...], affected: bool) -> None:
    assert has_wal_reset_bug(version) is affected


async def test_the_wal_reset_bug_is_warned_of_once_where_it_is(sqlite_url: str) -> None:
    with capture_logs() as logged:
        await make(sqlite_url)
        async with open_store(sqlite_url, write=False):
            pass
    warnings = [entry for entry in logged if entry["event"] == "store.sqlite_wal_reset_bug"]
    assert len(warnings) == int(has_wal_reset_bug(sqlite3.sqlite_version_info))


def execute(url: str, statement: str) -> None:
    """Run one statement past slawatch."""
    if url.startswith("postgresql"):
        with psycopg.connect(url) as server:
            server.execute(statement)
    else:
        file = sqlite3.connect(url.removeprefix("sqlite:///"))
        with file:
            file.execute(statement)
        file.close()


async def test_a_writer_that_is_about_to_go_is_waited_for(url: str) -> None:
    async def write() -> None:
        async with open_store(url, write=True, patience=timedelta(seconds=20)) as store:
            await store.record(Batch((look(20),)))

    async with open_store(url, write=True) as store:
        second = asyncio.create_task(write())
        await store.record(Batch((look(10),)))
    await second
    async with open_store(url, write=False) as store:
        assert await store.observations("duinzicht", 0, 100) == (look(10), look(20))
