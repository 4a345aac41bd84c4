"""Incidents: each version is a row that is added and never changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, Select, func, insert, select

from slawatch.model import Incident, IncidentKind, Instant, Priority
from slawatch.store.schema_reported import incidents as table


def add(connection: Connection, incidents: Sequence[Incident], recorded: Instant) -> tuple[int, int]:
    """How many were new and how many changed; of those that stand as they are said to, no version is added.

    That the same was read from elsewhere is no change.
    """
    customers = {one.customer for one in incidents}
    known = {(one.customer, one.id): one for whose in customers for one in find(connection, whose, None)}
    changed: dict[tuple[str, str], Incident] = {}
    for one in incidents:
        before = known.get((one.customer, one.id))
        if before is None or replace(one, source=before.source, recorded=before.recorded) != before:
            changed[one.customer, one.id] = replace(one, recorded=recorded)
    if changed:
        connection.execute(insert(table), list(map(_to_row, changed.values())))
    new = sum(which not in known for which in changed)
    return new, len(changed) - new


def find(
    connection: Connection, customer: str | None, as_of: Instant | None, *, unsolved: bool = False
) -> tuple[Incident, ...]:
    """How each stood at `as_of`, by customer and when it was opened."""
    query = _latest(customer, as_of).order_by(table.c.customer, table.c.opened, table.c.id)
    if unsolved:
        query = query.where(table.c.solved.is_(None))
    return tuple(map(_from_row, connection.execute(query)))


def last_recorded(connection: Connection, as_of: Instant | None) -> Instant | None:
    """When any version of any incident was last added."""
    query = select(func.max(table.c.recorded))
    if as_of is not None:
        query = query.where(table.c.recorded <= as_of)
    found: Instant | None = connection.execute(query).scalar()
    return found


def _latest(customer: str | None, as_of: Instant | None) -> Select[Any]:
    latest = select(func.max(table.c.number)).group_by(table.c.customer, table.c.id)
    if customer is not None:
        latest = latest.where(table.c.customer == customer)
    if as_of is not None:
        latest = latest.where(table.c.recorded <= as_of)
    return select(table).where(table.c.number.in_(latest))


def _to_row(one: Incident) -> dict[str, Any]:
    return {
        "customer": one.customer,
        "id": one.id,
        "priority": one.priority.value,
        "kind": None if one.kind is None else one.kind.value,
        "opened": one.opened,
        "answered": one.answered,
        "solved": one.solved,
        "subject": one.subject,
        "source": one.source,
        "recorded": one.recorded,
    }


def _from_row(row: Row[Any]) -> Incident:
    return Incident(
        row.customer,
        row.id,
        Priority(row.priority),
        row.opened,
        row.answered,
        row.solved,
        None if row.kind is None else IncidentKind(row.kind),
        row.subject,
        row.source,
        row.recorded,
    )
