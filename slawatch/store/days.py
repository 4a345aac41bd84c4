"""Sealed days: each added once, when it is over, and never changed."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, select

from slawatch.model import Instant
from slawatch.store.inserting import insert_new
from slawatch.store.rows import AnyRow
from slawatch.store.schema import days as table
from slawatch.store.values import SealedDay


def save(connection: Connection, sealed: SealedDay) -> bool:
    """Whether it was new: what is there under the same customer, check and start stays as it is."""
    return insert_new(connection, table, [_to_row(sealed)]) == 1


def between(connection: Connection, customer: str, check: str, since: Instant, until: Instant) -> tuple[SealedDay, ...]:
    """In order: the check's days that end in (since, until]."""
    mine = (table.c.customer == customer) & (table.c.check_name == check)
    wanted = mine & (table.c.starts < until) & (table.c.ends > since) & (table.c.ends <= until)
    return tuple(map(_from_row, connection.execute(select(table).where(wanted).order_by(table.c.starts))))


def last(connection: Connection, customer: str, check: str) -> SealedDay | None:
    mine = (table.c.customer == customer) & (table.c.check_name == check)
    row = connection.execute(select(table).where(mine).order_by(table.c.starts.desc()).limit(1)).one_or_none()
    return None if row is None else _from_row(row)


def _to_row(sealed: SealedDay) -> dict[str, Any]:
    row = asdict(sealed)
    row["check_name"] = row.pop("check")
    return row


def _from_row(row: AnyRow) -> SealedDay:
    return SealedDay(
        customer=row.customer,
        check=row.check_name,
        starts=row.starts,
        ends=row.ends,
        looks=row.looks,
        last_up=row.last_up,
        digest=row.digest,
        packed=bytes(row.packed),
        spans=bytes(row.spans),
        recorded=row.recorded,
        pruned=bool(row.pruned),
    )
