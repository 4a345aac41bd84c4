"""The store in a SQLite file."""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import structlog
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool, QueuePool

from slawatch.store import migrate
from slawatch.store.backend import READERS, attempts, explained
from slawatch.store.errors import (
    StoreBusy,
    StoreError,
    StoreLocked,
    StoreMissing,
    StoreOlder,
    StoreTorn,
    StoreUnreachable,
    StoreUnwritable,
)
from slawatch.store.lock import WriterLock
from slawatch.store.migrate import Standing
from slawatch.store.sqlite_file import ensure_whole, has_wal, move_into_place

log = structlog.get_logger()

#: `synchronous=FULL`: a commit is on the disk before it is acknowledged. Checkpoints are the writer's alone, every
#: 16 MiB of log; the log's file is cut back to 64 MiB after a reader held it up.
_WRITER_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "wal_autocheckpoint=4096",
    f"journal_size_limit={64 * 1024 * 1024}",
    "cache_size=-32768",
)
_READER_PRAGMAS = ("query_only=ON", "wal_autocheckpoint=0")

TORN = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_REASONS = {
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_BUSY: "another process has it locked",
    sqlite3.SQLITE_LOCKED: "another connection has it locked",
    sqlite3.SQLITE_IOERR: "input/output error",
    sqlite3.SQLITE_READONLY: "it is read-only",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened",
    sqlite3.SQLITE_PERM: "access is denied",
    sqlite3.SQLITE_NOMEM: "out of memory",
    sqlite3.SQLITE_PROTOCOL: "its lock protocol failed",
    sqlite3.SQLITE_INTERRUPT: "interrupted",
}
#: After these the connection is as good as before; after any other a new one is made.
_HARMLESS = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


class SqliteBackend:
    """`path`: the database file. `patience`: how long a locked file is waited for before StoreBusy."""

    def __init__(self, path: Path, patience: timedelta) -> None:
        # Two names for one file must meet at one lock.
        self._path = path.resolve()
        self._patience = patience.total_seconds()
        self._lock = WriterLock(self._path.with_name(self._path.name + ".lock"))
        self._engine: Engine | None = None
        self._inode: tuple[int, int] | None = None

    def open_writer(self) -> Connection:
        _warn_of_wal_reset_bug()
        try:
            with explained(self):
                return self._open_writer()
        except OSError as error:
            self.release()
            raise StoreUnwritable(f"{self._path}: cannot be written: {error.strerror or error}") from error
        except BaseException:
            self.release()
            raise

    def _open_writer(self) -> Connection:
        self._take_lock()
        if not self._path.exists():
            self._create()
        with self._path.open("r+b"):
            pass  # says at once, as an OSError, when the file may not be written
        if self._standing() is Standing.OLDER:
            with self._connect(self._path) as connection, connection.begin():
                migrate.upgrade(connection)
            log.info("store.migrated", store=str(self._path))
        return self.connect_writer()

    def _take_lock(self) -> None:
        for _ in attempts(timedelta(seconds=self._patience)):
            with suppress(StoreLocked):
                self._lock.take()
                return
        self._lock.take()

    def _create(self) -> None:
        """Made under another name and moved: what bears the store's name is whole, or was damaged later."""
        if has_wal(self._path):
            raise StoreTorn(
                f"{self._path}: is gone, but its log {self._path.name}-wal is there; put both back together"
            )
        unborn = self._path.with_name(self._path.name + ".new")
        for leftover in (unborn, *(unborn.with_name(unborn.name + end) for end in ("-wal", "-shm"))):
            leftover.unlink(missing_ok=True)
        unborn.touch(0o640)
        with self._connect(unborn) as connection, connection.begin():
            migrate.upgrade(connection)
        self._dispose()
        move_into_place(unborn, self._path)
        log.info("store.created", store=str(self._path))

    def connect_writer(self) -> Connection:
        connection = self._connect(self._path)
        status = self._path.stat()
        self._inode = (status.st_dev, status.st_ino)
        return connection

    def release(self) -> None:
        self._dispose()
        self._lock.release()

    def check_readable(self) -> None:
        if self._inode is not None:
            # Our own writer has just looked, and has it open: who opens and closes the file beside it, other than
            # through SQLite, lets go of its locks (POSIX), and then the next stranger that closes takes the log away.
            return
        if not self._path.exists():
            raise StoreMissing(f"{self._path}: there is no store yet; `slawatch run` makes it")
        try:
            with explained(self):
                now = self._standing()
        except OSError as error:
            raise StoreUnreachable(f"{self._path}: cannot be read: {error.strerror or error}") from error
        if now is not Standing.CURRENT:
            raise StoreOlder(f"{self._path}: written by an older slawatch; `slawatch run` brings it up to date")
        self._check_shared_memory()

    def _check_shared_memory(self) -> None:
        """Readers and writer meet in a file beside the database, which readers too must be able to make."""
        engine = self.reader_engine()
        try:
            with explained(self), engine.connect() as connection:
                connection.exec_driver_sql("SELECT count(*) FROM sqlite_master")
        except StoreBusy as error:
            raise StoreUnreachable(f"{error}; read it as the user who writes it") from error
        finally:
            engine.dispose()

    def reader_engine(self) -> Engine:
        engine = self._make_engine(self._path, "mode=ro", poolclass=QueuePool, pool_size=READERS, max_overflow=0)
        _prepare(engine, _READER_PRAGMAS, "BEGIN")
        return engine

    def ensure_in_place(self) -> None:
        try:
            status = self._path.stat()
        except OSError as error:
            raise StoreBusy(f"{self._path}: {error.strerror} while it was in use") from error
        if self._inode not in {None, (status.st_dev, status.st_ino)}:
            raise StoreBusy(f"{self._path}: was replaced by another file while it was in use")

    def explain(self, error: DBAPIError) -> StoreError | None:
        return meaning(error.orig, self._path)

    def outlives(self, error: DBAPIError) -> bool:
        return _code(error.orig) in _HARMLESS

    def _standing(self) -> Standing:
        """Looks at the file without writing to it or beside it. Raises StoreError, OSError, DBAPIError."""
        ensure_whole(self._path)
        # Without a log nobody needs a shared-memory file, which `immutable` does not make.
        how = "mode=ro" if has_wal(self._path) else "immutable=1"
        engine = self._make_engine(self._path, how, poolclass=NullPool)
        with engine.connect() as connection:
            now = migrate.standing(connection, str(self._path))
        if now is Standing.EMPTY:
            raise StoreTorn(f"{self._path}: is an empty database; restore a backup, or remove it to begin anew")
        return now

    def _connect(self, path: Path) -> Connection:
        self._dispose()
        self._engine = self._make_engine(path, "mode=rw", poolclass=NullPool)
        _prepare(self._engine, _WRITER_PRAGMAS, "BEGIN IMMEDIATE")
        return self._engine.connect()

    def _dispose(self) -> None:
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None

    def _make_engine(self, path: Path, how: str, **pool: Any) -> Engine:
        def connect() -> sqlite3.Connection:
            return sqlite3.connect(
                f"file:{quote(str(path))}?{how}",
                uri=True,
                timeout=self._patience,
                isolation_level=None,  # transactions begin and end where we say so
                check_same_thread=False,  # closing may come from another thread; use never does
            )

        # Addresses of people stand in the rows: they stay out of error texts.
        return create_engine("sqlite://", creator=connect, hide_parameters=True, **pool)


def _prepare(engine: Engine, pragmas: tuple[str, ...], begin: str) -> None:
    @event.listens_for(engine, "connect")
    def set_pragmas(connection: sqlite3.Connection, _record: object) -> None:
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)


def meaning(error: BaseException | None, path: Path) -> StoreError | None:
    """What an error of SQLite's means for the file at `path`; None when it can only be a fault of slawatch."""
    code = _code(error)
    if code in TORN:
        return StoreTorn(f"{path}: {error}; it is left as it is: restore it from a backup")
    if code in _REASONS:
        return StoreBusy(f"{path}: {_REASONS[code]} ({error})")
    return None


def _code(error: BaseException | None) -> int | None:
    """SQLite's primary result code."""
    code = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF


def has_wal_reset_bug(version: tuple[int, ...]) -> bool:
    """https://sqlite.org/wal.html, "The WAL-reset bug": up to 3.51.2, but for the repaired 3.44.6+ and 3.50.7+."""
    return version < (3, 51, 3) and not (3, 44, 6) <= version < (3, 45) and not (3, 50, 7) <= version < (3, 51)


def _warn_of_wal_reset_bug() -> None:
    if has_wal_reset_bug(sqlite3.sqlite_version_info):
        log.warning(
            "store.sqlite_wal_reset_bug",
            sqlite=sqlite3.sqlite_version,
            note="slawatch avoids it (one connection writes and checkpoints); let no other program write to the file",
        )
