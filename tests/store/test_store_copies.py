"""Backups while the store is written to, and backups that are put back: whole, or not there."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from store_rows import event, look, names_in, read_file, write_file
from test_store_trouble import BULKY, said, stored_batches, writers

from slawatch.cli.main import cli
from slawatch.cli.refusal import refusal_of
from slawatch.model import EventKind
from slawatch.store import Batch, StoreTorn, back_up, open_store, restore
from slawatch.store.copying import _begin

CONFIG = """
pages: {{dashboard: {{path: /, ready: main}}}}
agreement: {{availability: {{checks: [dashboard]}}, speed: {{pages: [dashboard]}}}}
customers:
  - {{id: duinzicht, name: Duinzicht, url: "https://duinzicht.example"}}
store: {store}
"""
Slawatch = Callable[..., Result]


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    return tmp_path / "copies" / "backup.db"


@pytest.fixture
def slawatch(tmp_path: Path, sqlite_url: str, backup: Path) -> Slawatch:
    """A verb on a configuration whose store is the test's."""
    backup.parent.mkdir()
    configured(tmp_path, sqlite_url)
    return lambda *arguments: CliRunner(env={"SLAWATCH_CONFIG": str(tmp_path / "slawatch.yaml")}).invoke(cli, arguments)


def configured(folder: Path, store: str) -> None:
    (folder / "slawatch.yaml").write_text(CONFIG.format(store=store))


async def filled(url: str, *batches: Batch) -> None:
    async with open_store(url, write=True) as store:
        for batch in batches:
            await store.record(batch)


def fill(url: str, *batches: Batch) -> None:
    asyncio.run(filled(url, *batches))


def looks_in(url: str) -> list[int]:
    async def read() -> list[int]:
        async with open_store(url, write=False) as store:
            return [one.at for one in await store.observations("duinzicht", 0, 10**9)]

    return asyncio.run(read())


def refused(answer: Result) -> tuple[int, tuple[str, ...]]:
    assert answer.exception is not None
    refusal = refusal_of(answer.exception)
    assert refusal is not None, repr(answer.exception)
    return refusal.status, refusal.lines


async def test_a_backup_beside_a_busy_writer_holds_what_was_acknowledged_before_and_no_half_batch(
    tmp_path: Path, sqlite_url: str
) -> None:
    await filled(sqlite_url)
    async with writers(sqlite_url) as process:
        assert process.stdin is not None
        process.stdin.write(b"1 1000000\n")
        word, writer = await said(process)
        assert word == "pid"
        for number in range(5):
            word, kept = await said(process)
            assert word == "kept"
            copy = tmp_path / f"copy-{number}.db"
            await asyncio.to_thread(back_up, sqlite_url, copy)
            copied = await stored_batches(f"sqlite:///{copy}")
            assert copied == set(range(1, max(copied) + 1))
            assert max(copied) >= kept
            while kept < max(copied) + 5:  # it went on meanwhile, and what was told of it comes first
                _, kept = await said(process)
        os.kill(writer, signal.SIGKILL)
    assert max(await stored_batches(sqlite_url)) >= kept


async def test_a_backup_in_the_writers_own_process_leaves_its_locks(tmp_path: Path, sqlite_url: str) -> None:
    """A stranger that is the last to close takes the log away: unless the writer's locks still stand."""
    async with open_store(sqlite_url, write=True) as store:
        await store.record(Batch((look(10),)))
        await asyncio.to_thread(back_up, sqlite_url, tmp_path / "copy.db")
        stranger = "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute('SELECT count(*) FROM terms').fetchall()"
        path = sqlite_url.removeprefix("sqlite:///")
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", stranger, path)
        assert await asyncio.wait_for(process.wait(), 20) == 0
        await store.record(Batch((look(20),)))
    async with open_store(sqlite_url, write=False) as store:
        assert await store.observations("duinzicht", 0, 100) == (look(10), look(20))


async def test_a_backup_that_is_killed_leaves_no_half_file_and_the_next_one_is_whole(
    tmp_path: Path, slawatch: Slawatch, sqlite_url: str, backup: Path
) -> None:
    many = tuple(look(at, facts={"url": "x" * 500}) for at in range(60_000))
    await filled(sqlite_url, Batch(many))
    verb = (sys.executable, "-m", "slawatch", "backup", "--config", str(tmp_path / "slawatch.yaml"), str(backup))
    chance, unborn, caught = random.Random(5), backup.with_name("backup.db.new"), 0
    for _ in range(4):
        process = await asyncio.create_subprocess_exec(*verb, stdout=asyncio.subprocess.DEVNULL)
        async with asyncio.timeout(20):
            while not unborn.exists():
                await asyncio.sleep(0)
        await asyncio.sleep(chance.random() / 50)  # so that the kill falls anywhere in the copying
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        if backup.exists():
            assert await links_in(backup) == len(many)
            backup.unlink()
        else:
            caught += 1
    assert caught
    answer = await asyncio.to_thread(slawatch, "backup", str(backup))
    assert answer.exit_code == 0, answer.output
    assert names_in(backup.parent) == ["backup.db"]
    assert await links_in(backup) == len(many)


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
async def test_a_backup_that_is_told_to_end_leaves_nothing_behind(
    tmp_path: Path, slawatch: Slawatch, sqlite_url: str, backup: Path, told: signal.Signals
) -> None:
    await filled(sqlite_url, Batch(tuple(look(at, facts={"url": "x" * 500}) for at in range(60_000))))
    verb = (sys.executable, "-m", "slawatch", "backup", "--config", str(tmp_path / "slawatch.yaml"), str(backup))
    process = await asyncio.create_subprocess_exec(*verb, stdout=asyncio.subprocess.DEVNULL)
    async with asyncio.timeout(20):
        while not backup.with_name("backup.db.new").exists():
            await asyncio.sleep(0)

    process.send_signal(told)

    assert await process.wait() == 130
    assert names_in(backup.parent) == []


async def links_in(copy: Path) -> int:
    async with open_store(f"sqlite:///{copy}", write=False) as store:
        found = await store.chain_check("duinzicht", 0, 10**9)
    assert found.fault is None
    return found.links


def test_what_was_backed_up_is_restored_and_recording_goes_on_from_it(
    slawatch: Slawatch, sqlite_url: str, sqlite_path: Path, backup: Path
) -> None:
    fill(sqlite_url, Batch((look(10),), (event(EventKind.OPENED, 10),)))
    made = slawatch("backup", str(backup))
    assert made.output == f"{backup}: a whole copy of {sqlite_url} ({backup.stat().st_size:,} bytes)\n"
    sqlite_path.unlink()
    answer = slawatch("restore", str(backup))
    assert answer.output == f"{sqlite_url}: restored from {backup}; `slawatch verify` computes its closed months anew\n"
    fill(sqlite_url, Batch((look(20),)))
    assert looks_in(sqlite_url) == [10, 20]
    assert asyncio.run(links_in(sqlite_path)) == 3
    assert looks_in(f"sqlite:///{backup}") == [10]
    assert oct(sqlite_path.stat().st_mode & 0o777) == "0o640"


def test_an_existing_store_is_replaced_only_when_that_is_said_and_then_kept(
    slawatch: Slawatch, sqlite_url: str, sqlite_path: Path, backup: Path
) -> None:
    fill(sqlite_url, Batch((look(10),)))
    slawatch("backup", str(backup))
    fill(sqlite_url, Batch((look(20),)))
    before = read_file(sqlite_path)
    there = f"{sqlite_path}: is there already; with --replace it is kept under another name"
    assert refused(slawatch("restore", str(backup))) == (2, (there,))
    assert read_file(sqlite_path) == before
    for number in (1, 2):
        aside = sqlite_path.with_name(f"slawatch.db.replaced-{number}")
        assert slawatch("restore", "--replace", str(backup)).output.startswith(f"{aside}: the store that was there\n")
    assert looks_in(sqlite_url) == [10]
    assert looks_in(f"{sqlite_url}.replaced-1") == [10, 20]


def test_the_log_of_a_store_that_was_not_closed_goes_aside_with_it(
    slawatch: Slawatch, sqlite_url: str, sqlite_path: Path, backup: Path
) -> None:
    fill(sqlite_url, Batch((look(10),)))
    slawatch("backup", str(backup))

    async def broken_off() -> bytes:
        async with open_store(sqlite_url, write=True) as store:
            await store.record(Batch((look(20),)))
            return read_file(sqlite_path.with_name("slawatch.db-wal"))

    log = asyncio.run(broken_off())
    slawatch("restore", "--replace", str(backup))
    write_file(sqlite_path.with_name("slawatch.db-wal"), log)  # as a kill leaves it
    assert looks_in(sqlite_url) == [10, 20]
    assert slawatch("restore", "--replace", str(backup)).exit_code == 0
    assert looks_in(sqlite_url) == [10]
    assert looks_in(f"{sqlite_url}.replaced-2") == [10, 20]


def test_nothing_is_restored_over_a_running_daemon(
    slawatch: Slawatch, sqlite_url: str, sqlite_path: Path, backup: Path
) -> None:
    fill(sqlite_url, Batch((look(10),)))
    slawatch("backup", str(backup))

    async def meanwhile() -> Result:
        async with open_store(sqlite_url, write=True) as store:
            answer = await asyncio.to_thread(slawatch, "restore", "--replace", str(backup))
            await store.record(Batch((look(20),)))
            return answer

    writer = f"{sqlite_path}: process {os.getpid()} writes this store already; stop it first"
    assert refused(asyncio.run(meanwhile())) == (2, (writer,))
    assert looks_in(sqlite_url) == [10, 20]


def newer(copy: Path) -> None:
    with closing(sqlite3.connect(copy)) as connection, connection:
        connection.execute("UPDATE slawatch_version SET version_num = '9999'")


def torn(copy: Path) -> None:
    write_file(copy, read_file(copy)[:-4000])


def scribbled(copy: Path) -> None:
    content = read_file(copy)
    middle = len(content) // 2 // 4096 * 4096
    write_file(copy, content[:middle] + b"\xff" * 4096 + content[middle + 4096 :])


def foreign(copy: Path) -> None:
    copy.unlink()
    with closing(sqlite3.connect(copy)) as connection, connection:
        connection.execute("CREATE TABLE recipes (name TEXT)")


def no_database(copy: Path) -> None:
    write_file(copy, b"%PDF-1.7" * 100)


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (newer, "written by a newer slawatch (version 9999 of the store; this one knows up to "),
        (torn, "is truncated ("),
        (scribbled, "is damaged ("),
        (foreign, "a database, but not one of slawatch (it has the table 'recipes')"),
        (no_database, "is not a database; it is left as it is"),
        (Path.unlink, "there is no such file"),
    ],
)
def test_a_backup_that_is_no_sound_store_of_ours_is_refused_and_nothing_is_made(
    slawatch: Slawatch, sqlite_url: str, sqlite_path: Path, backup: Path, spoil: Callable[[Path], None], says: str
) -> None:
    fill(sqlite_url, BULKY)
    slawatch("backup", str(backup))
    sqlite_path.unlink()
    spoil(backup)
    status, (line,) = refused(slawatch("restore", str(backup)))
    assert (status, line.startswith(f"{backup}: {says}")) == (2, True), line
    assert not {"slawatch.db", "slawatch.db.new", "slawatch.db.lock"} & set(names_in(sqlite_path.parent))


def test_a_store_that_is_damaged_within_is_not_backed_up_as_if_it_were_sound(
    sqlite_url: str, sqlite_path: Path, tmp_path: Path
) -> None:
    fill(sqlite_url, BULKY)
    scribbled(sqlite_path)
    copy = tmp_path / "copy.db"
    with pytest.raises(StoreTorn, match=r"slawatch\.db: is damaged \(.*\); no copy is made of it$"):
        back_up(sqlite_url, copy)
    assert not copy.exists()


def test_a_backup_overwrites_nothing(slawatch: Slawatch, sqlite_url: str, backup: Path) -> None:
    fill(sqlite_url)
    write_file(backup, b"a letter")
    assert refused(slawatch("backup", str(backup))) == (2, (f"{backup}: is there already; give a name that is free",))
    assert read_file(backup) == b"a letter"
    assert names_in(backup.parent) == ["backup.db"]


def test_a_copy_belongs_to_whom_its_folder_belongs_to(tmp_path: Path, sqlite_url: str) -> None:
    folder = tmp_path / "theirs"
    folder.mkdir()
    if os.geteuid() == 0:
        os.chown(folder, 65_534, 65_534)
    fill(sqlite_url, Batch(observations=(look(1),)))

    back_up(sqlite_url, folder / "copy.db")

    theirs, copy = folder.stat(), (folder / "copy.db").stat()
    assert (copy.st_uid, copy.st_gid) == (theirs.st_uid, theirs.st_gid)
    assert copy.st_mode & 0o137 == 0


def test_a_copy_is_not_begun_through_a_link_that_somebody_laid_under_its_name(tmp_path: Path) -> None:
    elsewhere, link = tmp_path / "elsewhere", tmp_path / "copy.db.new"
    link.symlink_to(elsewhere)

    with pytest.raises(FileExistsError):
        _begin(link, tmp_path)

    assert not elsewhere.exists()


def test_a_backup_needs_a_store_and_a_folder(
    slawatch: Slawatch, sqlite_url: str, sqlite_path: Path, backup: Path
) -> None:
    missing = f"{sqlite_path}: there is no store yet; `slawatch run` makes it"
    assert refused(slawatch("backup", str(backup))) == (2, (missing,))
    fill(sqlite_url)
    nowhere = backup.parent / "nowhere" / "backup.db"
    assert refused(slawatch("backup", str(nowhere))) == (
        2,
        (f"{nowhere}: cannot be written: No such file or directory",),
    )
    itself = f"{sqlite_path}: is the store itself; expected a backup of it"
    assert refused(slawatch("restore", "--replace", str(sqlite_path))) == (2, (itself,))


def test_postgresql_is_copied_by_its_own_programs(slawatch: Slawatch, tmp_path: Path, backup: Path) -> None:
    configured(tmp_path, "postgresql://slawatch@db.example/slawatch")
    only = "store: slawatch copies SQLite files only; for PostgreSQL: "
    saved = (f"{only}pg_dump --format=custom --file=PATH DATABASE",)
    assert refused(slawatch("backup", str(backup))) == (2, saved)
    put_back = (f"{only}pg_restore --clean --dbname=DATABASE PATH",)
    assert refused(slawatch("restore", str(backup))) == (2, put_back)


def test_a_backup_is_restored_from_where_nobody_can_write(sqlite_url: str, sqlite_path: Path, tmp_path: Path) -> None:
    fill(sqlite_url, Batch((look(10),)))
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    back_up(sqlite_url, shelf / "copy.db")
    sqlite_path.unlink()
    before = names_in(shelf)
    restore(sqlite_url, shelf / "copy.db", replace=False)
    assert names_in(shelf) == before == ["copy.db"]
    assert looks_in(sqlite_url) == [10]
