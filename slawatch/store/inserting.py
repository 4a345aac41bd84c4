"""Adding rows whose key may be there already: left as they were, or brought up to date."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert_new(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> int:
    """How many of `rows` were new. What is known under any unique key of the table is passed over."""
    if not rows:
        return 0
    insert = _insert(connection, table).on_conflict_do_nothing()
    return connection.execute(insert, rows, execution_options={"preserve_rowcount": True}).rowcount


def insert_over(
    connection: Connection, table: Table, rows: Sequence[dict[str, Any]], changing: Collection[str]
) -> None:
    """All of `rows`; of one that is there under its primary key, the columns that are `changing`."""
    if rows:
        insert = _insert(connection, table)
        changed = {name: insert.excluded[name] for name in changing}
        keys = table.primary_key.columns.keys()
        connection.execute(insert.on_conflict_do_update(index_elements=keys, set_=changed), rows)


def _insert(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)
