"""Adding rows, once: a row whose key is there already is left as it was."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Executable, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert_new(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> int:
    """How many of `rows` were new. What is known under any unique key of the table is passed over."""
    if not rows:
        return 0
    return connection.execute(_insert(connection, table), rows, execution_options={"preserve_rowcount": True}).rowcount


def _insert(connection: Connection, table: Table) -> Executable:
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing()
    return postgresql.insert(table).on_conflict_do_nothing()
