"""The store in a PostgreSQL database."""

from __future__ import annotations

import os
import socket
from datetime import timedelta
from typing import Any

import psycopg
import structlog
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from slawatch.store import migrate
from slawatch.store.backend import READERS, attempts, explained
from slawatch.store.errors import StoreBusy, StoreError, StoreLocked, StoreMissing, StoreOlder, StoreUnreachable
from slawatch.store.migrate import Standing

log = structlog.get_logger()

#: The advisory lock of the one writer, held by its session.
_LOCK = int.from_bytes(b"slawatch", "big")
_HOLDER = text(
    "SELECT coalesce(a.application_name, ''), coalesce(a.client_addr::text, 'local'), l.pid FROM pg_locks l "
    "LEFT JOIN pg_stat_activity a ON a.pid = l.pid WHERE l.locktype = 'advisory' AND l.granted "
    "AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) "
    "AND l.classid::bigint = :high AND l.objid::bigint = :low"
)
#: The server stood by or was demoted (25006): no write now, but maybe later.
_LATER = {"25006"}


class PostgresBackend:
    """`url`: with the driver psycopg. `patience`: how long a locked row is waited for before StoreBusy."""

    def __init__(self, url: URL, patience: timedelta) -> None:
        self._url = url
        self._patience = patience
        self._name = url.set(query={}).render_as_string(hide_password=True).replace("+psycopg", "", 1)
        self._engine: Engine | None = None

    def open_writer(self) -> Connection:
        try:
            connection = self.connect_writer()
        except DBAPIError as error:
            self.release()
            raise StoreUnreachable(f"{self._name}: {_line(error)}") from error
        except BaseException:
            self.release()
            raise
        try:
            with explained(self), connection.begin():
                found = migrate.standing(connection, self._name)
                if found is not Standing.CURRENT:
                    migrate.upgrade(connection)
                    log.info("store.created" if found is Standing.EMPTY else "store.migrated", store=self._name)
        except BaseException:
            connection.close()
            self.release()
            raise
        return connection

    def connect_writer(self) -> Connection:
        self.release()
        self._engine = self._make_engine("writer", poolclass=NullPool)
        event.listen(self._engine, "connect", self._prepare_writer)
        connection = self._engine.connect()
        try:
            self._take_lock(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _take_lock(self, connection: Connection) -> None:
        """Waits for it: the server may not have noticed yet that the writer before has gone."""
        for _ in attempts(self._patience):
            with connection.begin():
                if connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": _LOCK}).scalar_one():
                    return
        with connection.begin():
            raise StoreLocked(f"{self._name}: {_holder(connection)} writes this store already")

    def release(self) -> None:
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None

    def check_readable(self) -> None:
        engine = self.reader_engine()
        try:
            with engine.connect() as connection:
                now = migrate.standing(connection, self._name)
        except DBAPIError as error:
            raise StoreUnreachable(f"{self._name}: {_line(error)}") from error
        finally:
            engine.dispose()
        if now is Standing.EMPTY:
            raise StoreMissing(f"{self._name}: there is no store yet; `slawatch run` makes it")
        if now is Standing.OLDER:
            raise StoreOlder(f"{self._name}: written by an older slawatch; `slawatch run` brings it up to date")

    def reader_engine(self) -> Engine:
        return self._make_engine(
            "reader",
            pool_size=READERS,
            max_overflow=0,
            pool_pre_ping=True,
            isolation_level="REPEATABLE READ",
            execution_options={"postgresql_readonly": True},
        )

    def ensure_in_place(self) -> None:
        """The session tells by itself when the server is gone."""

    def explain(self, error: DBAPIError) -> StoreError | None:
        if isinstance(error.orig, psycopg.OperationalError) or getattr(error.orig, "sqlstate", None) in _LATER:
            return StoreBusy(f"{self._name}: {_line(error)}")
        return None

    def outlives(self, error: DBAPIError) -> bool:
        return not error.connection_invalidated

    def _make_engine(self, role: str, **options: Any) -> Engine:
        # Where the URL says nothing else, a server that has gone silent is noticed within seconds.
        defaults = {
            "application_name": f"slawatch {role} {os.getpid()}@{socket.gethostname()}"[:63],
            "connect_timeout": "5",
            "tcp_user_timeout": "10000",
        }
        connect_args = {name: value for name, value in defaults.items() if name not in self._url.query}
        # Addresses of people stand in the rows: they stay out of error texts.
        return create_engine(self._url, connect_args=connect_args, hide_parameters=True, **options)

    def _prepare_writer(self, connection: psycopg.Connection[Any], _record: object) -> None:
        milliseconds = int(self._patience / timedelta(milliseconds=1))
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, false)", (f"{milliseconds}ms",))
            # An acknowledged row must be on the server's disk, also where the server is set up to be quicker.
            cursor.execute(
                "SELECT set_config('synchronous_commit', 'on', false) "
                "WHERE current_setting('synchronous_commit') = 'off'"
            )
        connection.commit()


def _holder(connection: Connection) -> str:
    holder = connection.execute(_HOLDER, {"high": _LOCK >> 32, "low": _LOCK & 0xFFFFFFFF}).first()
    if holder is None:
        return "another process"
    application, address, pid = holder
    return f"{application or 'a process'} (from {address}, server process {pid})"


def _line(error: DBAPIError) -> str:
    """What the driver says, in one line; it names host, user and database, never the password."""
    return " ".join(str(error.orig).split())
