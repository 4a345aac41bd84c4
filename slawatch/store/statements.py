"""Statements: closed months as they were told, and each correction. Rows are added, never changed."""

from __future__ import annotations

from dataclasses import asdict

from sqlalchemy import Connection, select, tuple_

from slawatch.store.inserting import insert_new
from slawatch.store.schema import statements as table
from slawatch.store.values import StoredStatement


def save(connection: Connection, statement: StoredStatement) -> bool:
    """Whether it was new: what is there under the same customer, month and revision stays as it is."""
    return insert_new(connection, table, [_row(statement)]) == 1


def find(connection: Connection, customer: str | None, month: str | None) -> tuple[StoredStatement, ...]:
    """By customer, month and revision."""
    query = select(table).order_by(table.c.customer, table.c.month, table.c.revision)
    if customer is not None:
        query = query.where(table.c.customer == customer)
    if month is not None:
        query = query.where(table.c.month == month)
    return tuple(StoredStatement(**row) for row in connection.execute(query).mappings())


def latest(
    connection: Connection, customer: str, after: tuple[str, int] | None, limit: int
) -> tuple[StoredStatement, ...]:
    """The latest month first, and of each its latest revision; their documents are left empty.

    `after`: only those that come after this month and revision.
    """
    columns = [column for column in table.c if column is not table.c.document]
    query = select(*columns).where(table.c.customer == customer).limit(limit)
    if after is not None:
        query = query.where(tuple_(table.c.month, table.c.revision) < tuple_(*after))
    rows = connection.execute(query.order_by(table.c.month.desc(), table.c.revision.desc())).mappings()
    return tuple(StoredStatement(**row, document="") for row in rows)


def _row(statement: StoredStatement) -> dict[str, str | int]:
    """The row of a statement."""
    return asdict(statement)
