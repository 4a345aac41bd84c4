"""Copies of a SQLite store: a backup while the daemon writes, and a backup put where the store belongs.

A copy is made under another name, looked through, and then moved: what bears its name is whole. SQLite's online backup
reads the store through a connection of its own and from one snapshot, so the writer neither waits nor is waited for.
The store's file is opened by SQLite only: who opens and closes it otherwise lets go of its own process's locks on it.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from itertools import count
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from slawatch.store import migrate
from slawatch.store.address import read_address
from slawatch.store.errors import (
    StoreLocked,
    StoreMissing,
    StoreThere,
    StoreTorn,
    StoreUnreachable,
    StoreUnsupported,
    StoreUnwritable,
)
from slawatch.store.lock import WriterLock
from slawatch.store.migrate import Standing
from slawatch.store.sqlite import TORN, meaning
from slawatch.store.sqlite_file import ensure_whole, has_wal, move_into_place

#: Pages of a step, 8 MiB: between two steps a Ctrl-C is heard.
_STEP = 2048
#: What SQLite lays beside a file, by the end of its name.
_BESIDE = ("-wal", "-shm", "-journal")
_PATIENCE_SECONDS = 5.0


def back_up(url: str, target: Path) -> int:
    """Copy the store at `url` to `target`, a name that is free; gives its bytes. A daemon may write meanwhile.

    Raises StoreUnsupported for PostgreSQL, StoreThere, StoreLocked, StoreMissing, StoreTorn, StoreUnwritable and the
    other StoreErrors, with nothing at `target`.
    """
    source = _file(url, "pg_dump --format=custom --file=PATH DATABASE")
    if not source.exists():
        raise StoreMissing(f"{source}: there is no store yet; `slawatch run` makes it")
    target = target.resolve()
    with _alone_at(target):
        _ensure_free(target, "give a name that is free")
        _copy(source, "mode=ro", target)
        return target.stat().st_size


def restore(url: str, source: Path, *, replace: bool) -> Path | None:
    """Copy the backup at `source` to where the store at `url` belongs; no daemon may run on it.

    With `replace` a store that is there is kept under another name, which is given. Raises StoreErrors, with all as
    it was.
    """
    target = _file(url, "pg_restore --clean --dbname=DATABASE PATH").resolve()
    if not source.exists():
        raise StoreMissing(f"{source}: there is no such file")
    if source.resolve() == target:
        raise StoreThere(f"{source}: is the store itself; expected a backup of it")
    try:
        ensure_whole(source)
    except OSError as error:
        raise StoreUnreachable(f"{source}: cannot be read: {error.strerror or error}") from error
    # A log beside it belongs to it. Without one nothing is made beside it, so that it may lie where nobody can write.
    how = "mode=ro" if _beside(source, "-wal").exists() else "immutable=1"
    with _alone_at(target):
        if not replace:
            _ensure_free(target, "with --replace it is kept under another name")
        aside = _free_name(target) if target.exists() or has_wal(target) else None
        _copy(source, how, target, aside)
        return aside


def _file(url: str, instead: str) -> Path:
    address = read_address(url)
    if not isinstance(address, Path):
        raise StoreUnsupported(f"store: slawatch copies SQLite files only; for PostgreSQL: {instead}")
    return address


@contextmanager
def _alone_at(target: Path) -> Iterator[None]:
    """Nobody else writes a store, or a copy, of this name meanwhile."""
    lock = WriterLock(_beside(target, ".lock"))
    with _told_of(target):
        try:
            lock.take()
        except StoreLocked as error:
            raise StoreLocked(f"{error}; stop it first") from error
        try:
            yield
        finally:
            lock.release()


@contextmanager
def _told_of(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreUnwritable(f"{target}: cannot be written: {error.strerror or error}") from error


def _ensure_free(target: Path, right: str) -> None:
    if target.exists():
        raise StoreThere(f"{target}: is there already; {right}")
    if has_wal(target):
        raise StoreThere(f"{target}-wal: a log without its store is there already; {right}")


def _free_name(target: Path) -> Path:
    names = (_beside(target, f".replaced-{number}") for number in count(1))
    return next(name for name in names if not name.exists() and not _beside(name, "-wal").exists())


def _copy(source: Path, how: str, target: Path, aside: Path | None = None) -> None:
    unborn = _beside(target, ".new")
    leftovers = (unborn, *(_beside(unborn, end) for end in _BESIDE))
    for leftover in leftovers:
        leftover.unlink(missing_ok=True)
    try:
        _begin(unborn, target.parent)
        _fill(source, how, unborn)
        _ensure_sound(unborn, source)
        if aside is not None:
            _lay_aside(target, aside)
        for end in _BESIDE:  # empty ones, that a reader left
            _beside(target, end).unlink(missing_ok=True)
        move_into_place(unborn, target)
    finally:
        for leftover in leftovers:
            leftover.unlink(missing_ok=True)


def _begin(path: Path, folder: Path) -> None:
    """For its user and group only, as a new store is. What root makes belongs to whom the folder belongs to.

    It is made here or not at all: a link that the folder's owner lays under the name meanwhile is not followed.
    """
    made = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o640)
    try:
        if os.geteuid() == 0:
            owner = folder.stat()
            os.fchown(made, owner.st_uid, owner.st_gid)
    finally:
        os.close(made)


def _fill(source: Path, how: str, unborn: Path) -> None:
    with closing(_connect(source, how)) as reader, closing(_connect(unborn, "mode=rw")) as writer:
        try:
            reader.execute("PRAGMA wal_autocheckpoint=0")
            # The transaction holds one snapshot through all steps, however much is recorded meanwhile.
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM sqlite_master")
            # What is half-written is thrown away: it needs no journal, and one fsync when it is whole.
            writer.execute("PRAGMA journal_mode=OFF")
            writer.execute("PRAGMA synchronous=OFF")
            reader.backup(writer, pages=_STEP, progress=_listen)
        except sqlite3.Error as error:
            raise _fault(error, source, unborn) from error


def _connect(path: Path, how: str) -> sqlite3.Connection:
    try:
        return sqlite3.connect(
            f"file:{quote(str(path.absolute()))}?{how}", uri=True, timeout=_PATIENCE_SECONDS, isolation_level=None
        )
    except sqlite3.Error as error:
        raise StoreUnreachable(f"{path}: cannot be opened ({error})") from error


def _listen(_status: int, _remaining: int, _total: int) -> None:
    """Called between two steps: where Python runs, it hears signals."""


def _ensure_sound(copy: Path, source: Path) -> None:
    """Raises StoreTorn, StoreForeign or StoreNewer, about `source`, unless each page of the copy is a sound store's."""
    # `immutable` makes nothing beside the file.
    engine = create_engine("sqlite://", creator=lambda: _connect(copy, "immutable=1"), poolclass=NullPool)
    try:
        with engine.connect() as connection:
            standing = migrate.standing(connection, str(source))
            found = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar_one()
    except DBAPIError as error:
        if isinstance(error.orig, sqlite3.Error):
            raise _fault(error.orig, source, copy) from error
        raise
    if standing is Standing.EMPTY:
        raise StoreTorn(f"{source}: is an empty database; no copy is made of it")
    if found != "ok":
        raise StoreTorn(f"{source}: is damaged ({' '.join(str(found).split())}); no copy is made of it")


def _fault(error: sqlite3.Error, source: Path, copy: Path) -> Exception:
    """Damage is the source's; no room, and no access, the copy's."""
    if getattr(error, "sqlite_errorcode", 0) & 0xFF in TORN:
        return StoreTorn(f"{source}: is damaged ({error}); no copy is made of it")
    return meaning(error, copy) or error


def _lay_aside(target: Path, aside: Path) -> None:
    """A second name for the store that is there, and its log with it: at each moment a store bears the store's name."""
    with suppress(FileNotFoundError):
        aside.hardlink_to(target)
    with suppress(FileNotFoundError):
        _beside(target, "-wal").rename(_beside(aside, "-wal"))


def _beside(path: Path, end: str) -> Path:
    return path.with_name(path.name + end)
