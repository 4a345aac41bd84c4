"""Checkpoints: where each customer's running month stood. One a customer, made anew now and then; proves nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import Connection, delete, select

from slawatch.store.inserting import insert_over
from slawatch.store.schema import checkpoints as table
from slawatch.store.values import StoredCheckpoint


def save(connection: Connection, checkpoints: Sequence[StoredCheckpoint]) -> None:
    """Each takes the place of the one that its customer had before."""
    insert_over(connection, table, [asdict(one) for one in checkpoints], ("at", "document"))


def forget(connection: Connection, customers: Sequence[str]) -> None:
    for customer in customers:
        connection.execute(delete(table).where(table.c.customer == customer))


def find(connection: Connection) -> tuple[StoredCheckpoint, ...]:
    """All of them, by customer."""
    rows = connection.execute(select(table).order_by(table.c.customer))
    return tuple(StoredCheckpoint(row.customer, row.at, bytes(row.document)) for row in rows)
