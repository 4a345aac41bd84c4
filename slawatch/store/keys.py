"""Keys that slawatch makes for itself, each when it is first asked for. Rows are added, never changed."""

from __future__ import annotations

import secrets

from sqlalchemy import Connection, select

from slawatch.store.inserting import insert_new
from slawatch.store.schema import keys as table

_BYTES = 32


def find(connection: Connection, name: str) -> bytes | None:
    """The key of this name; None when it was not made yet."""
    return connection.execute(select(table.c.key).where(table.c.name == name)).scalar()


def make(connection: Connection, name: str) -> bytes:
    """The same; made now when it was not yet: 32 random bytes."""
    insert_new(connection, table, [{"name": name, "key": secrets.token_bytes(_BYTES)}])
    key: bytes = connection.execute(select(table.c.key).where(table.c.name == name)).scalar_one()
    return key
