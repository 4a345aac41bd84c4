"""Sealed days: each added once, when it is over, and never changed, but for the mark that its rows are pruned.

One that was sealed by a clock that was ahead was not over: it is forgotten.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, func, select

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
    wanted = of(customer, check) & (table.c.starts < until) & (table.c.ends > since) & (table.c.ends <= until)
    return tuple(map(_from_row, connection.execute(select(table).where(wanted).order_by(table.c.starts))))


def last(connection: Connection, customer: str, check: str) -> SealedDay | None:
    row = connection.execute(
        select(table).where(of(customer, check)).order_by(table.c.starts.desc()).limit(1)
    ).one_or_none()
    return None if row is None else _from_row(row)


def forget(connection: Connection, customer: str, check: str, after: Instant) -> None:
    """The check's days that end `after` an instant are not sealed; those whose rows are pruned stay."""
    connection.execute(table.delete().where(of(customer, check), table.c.ends > after, table.c.pruned.is_(False)))


def at(connection: Connection, customer: str, check: str, starts: Instant) -> SealedDay:
    """The check's day that begins at `starts`."""
    which = of(customer, check) & (table.c.starts == starts)
    return _from_row(connection.execute(select(table).where(which)).one())


def first_meeting(connection: Connection, customer: str, check: str, since: Instant) -> SealedDay | None:
    """The check's first day that ends after `since`."""
    later = of(customer, check) & _from_day_at(customer, check, since) & (table.c.ends > since)
    row = connection.execute(select(table).where(later).order_by(table.c.starts).limit(1)).one_or_none()
    return None if row is None else _from_row(row)


class PrunedDay(NamedTuple):
    """A day whose rows are gone, without its looks. `last_up`: the last look that was up."""

    starts: Instant
    ends: Instant
    last_up: Instant | None


def pruned(connection: Connection, customer: str, check: str, since: Instant, until: Instant) -> Iterator[PrunedDay]:
    """In order: the check's pruned days that meet [since, until)."""
    wanted = of(customer, check) & _from_day_at(customer, check, since) & (table.c.ends > since)
    wanted &= (table.c.starts < until) & table.c.pruned.is_(True)
    query = select(table.c.starts, table.c.ends, table.c.last_up).where(wanted).order_by(table.c.starts)
    with connection.execute(query) as found:
        yield from (PrunedDay(*row) for row in found)


def packed(connection: Connection, customer: str, check: str, starts: Instant) -> bytes:
    """The packed looks of the check's day that begins at `starts`."""
    which = of(customer, check) & (table.c.starts == starts)
    return bytes(connection.execute(select(table.c.packed).where(which)).scalar_one())


def of(customer: str, check: str) -> ColumnElement[bool]:
    """The check's days."""
    return (table.c.customer == customer) & (table.c.check_name == check)


def _from_day_at(customer: str, check: str, since: Instant) -> ColumnElement[bool]:
    """No day before the one that `since` lies in: days do not overlap, so the earlier ones need no reading."""
    before = select(func.max(table.c.starts)).where(of(customer, check), table.c.starts <= since)
    return table.c.starts >= func.coalesce(before.scalar_subquery(), since)


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
