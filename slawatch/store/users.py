"""Users: a row each, by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update

from slawatch.rules.permissions import Role
from slawatch.store.inserting import insert_new
from slawatch.store.people_values import User
from slawatch.store.schema_people import users as table


def add(connection: Connection, user: User) -> bool:
    """False where the name is taken."""
    return insert_new(connection, table, [asdict(user)]) == 1


def change(connection: Connection, name: str, facts: Mapping[str, Any]) -> bool:
    return connection.execute(update(table).where(table.c.name == name).values(**facts)).rowcount == 1


def remove(connection: Connection, name: str) -> bool:
    return connection.execute(delete(table).where(table.c.name == name)).rowcount == 1


def find(connection: Connection, name: str) -> User | None:
    row = connection.execute(select(table).where(table.c.name == name)).one_or_none()
    return None if row is None else from_row(row)


def find_all(connection: Connection) -> tuple[User, ...]:
    return tuple(map(from_row, connection.execute(select(table).order_by(table.c.name))))


def from_row(row: Row[Any]) -> User:
    """The user of a row that has all columns of the table."""
    return User(row.name, row.hash, Role(row.role), row.language, bool(row.disabled), row.created)
