"""Migrations arrive at the schema, from nothing and from every earlier version."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, create_engine
from sqlalchemy.exc import DBAPIError
from store_rows import look

from slawatch.store import Batch, ChainCheck, StoreOlder, migrate, open_store, schema
from slawatch.store.address import read_address
from slawatch.store.postgres import PostgresBackend
from slawatch.store.sqlite import SqliteBackend


@pytest.fixture
def connection(url: str) -> Iterator[Connection]:
    """As a writer's, to a database with nothing in it."""
    address = read_address(url)
    backend: SqliteBackend | PostgresBackend
    if isinstance(address, Path):
        address.touch()
        backend = SqliteBackend(address, timedelta(seconds=1))
    else:
        backend = PostgresBackend(address, timedelta(seconds=1))
    with backend.connect_writer() as connection:
        yield connection
    backend.release()


def test_from_nothing_the_migrations_arrive_at_the_schema(connection: Connection) -> None:
    with connection.begin():
        migrate.upgrade(connection)
    context = MigrationContext.configure(
        connection, opts={"version_table": migrate.VERSION_TABLE, "compare_type": True, "compare_server_default": True}
    )
    assert compare_metadata(context, schema.metadata) == []


def test_the_tables_of_a_sqlite_file_are_word_for_word_those_of_the_schema(tmp_path: Path) -> None:
    def tables(connection: Connection) -> dict[str, str]:
        found = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
        return {name: " ".join(sql.split()) for name, sql in found if name != migrate.VERSION_TABLE}

    def made(name: str, *, by_migration: bool) -> dict[str, str]:
        engine = create_engine(f"sqlite:///{tmp_path / name}")
        with engine.begin() as connection:
            migrate.upgrade(connection) if by_migration else schema.metadata.create_all(connection)
            result = tables(connection)
        engine.dispose()
        return result

    assert made("migrated.db", by_migration=True) == made("created.db", by_migration=False)


async def test_an_older_store_is_brought_up_to_date_by_a_writer_only(url: str, connection: Connection) -> None:
    with connection.begin():
        migrate.upgrade(connection, to="0001")
        connection.exec_driver_sql(
            "INSERT INTO observations (customer, check_name, at, node, kind, verdict, milliseconds, recheck, holds, recorded) "
            "VALUES ('duinzicht', 'dashboard', 10, 'main', 'page', 'up', 840, '0', 180000000, 1)"
        )
    connection.close()
    with pytest.raises(StoreOlder, match=r"written by an older slawatch; `slawatch run` brings it up to date$"):
        async with open_store(url, write=False):
            pass
    async with open_store(url, write=True) as store:
        await store.record(Batch((look(20),)))
    async with open_store(url, write=False) as store:
        assert await store.observations("duinzicht", 0, 100) == (look(10), look(20))
        assert await store.messages() == ()
        assert await store.chain_check("duinzicht", 0, 100) == ChainCheck(fault=None, links=1, unchained=1)


async def test_what_was_refused_before_that_was_kept_for_good_was_so_since_it_was_settled(
    url: str, connection: Connection
) -> None:
    made = (
        "INSERT INTO messages (id, customer, contact, language, kind, outage, sequence, message_id, thread, created, "
        "state, due, attempts, settled) VALUES "
        "('{id}', 'duinzicht', '{id}@duinzicht.example', 'nl', 'outage', 'o1', 1, '{id}', 't', 100, '{state}', 100, 1, {settled})"
    )
    with connection.begin():
        migrate.upgrade(connection, to="0004")
        for id_, state, settled in (("a", "failed", "200"), ("b", "failed", "NULL"), ("c", "dropped", "200")):
            connection.exec_driver_sql(made.format(id=id_, state=state, settled=settled))
    connection.close()
    async with open_store(url, write=True) as store:
        assert [(one.id, one.refused) for one in await store.messages()] == [("a", 200), ("b", 100), ("c", None)]


def test_a_migration_that_fails_leaves_the_store_as_it_was(url: str, connection: Connection) -> None:
    with connection.begin():
        migrate.upgrade(connection, to="0001")
        # In the way of the last step of 0002.
        connection.exec_driver_sql("CREATE INDEX ix_messages_customer_created ON observations (customer)")
    with pytest.raises(DBAPIError, match="already exists"), connection.begin():
        migrate.upgrade(connection)
    with connection.begin():
        assert migrate.standing(connection, "store") is migrate.Standing.OLDER
        assert not connection.dialect.has_table(connection, "messages")
