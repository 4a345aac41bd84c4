"""Pruning: the rows of a sealed day go, in lots, and its packed looks speak for them from the first lot on."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, func, select

from slawatch.model import Instant
from slawatch.rules.rows import ObservationRow
from slawatch.store import days, observations
from slawatch.store.observations import Stretch
from slawatch.store.schema import days as day_table
from slawatch.store.schema import observations as table
from slawatch.store.values import SealedDay

#: Rows deleted at most in one transaction, or a few more: it holds the writer for some milliseconds.
LOT = 2000


def due(connection: Connection, customer: str, check: str, since: Instant, until: Instant) -> SealedDay | None:
    """The check's first sealed day with rows from `since` on, if it ended by `until`; it may be pruned in part."""
    at = observations.first_look(connection, customer, check, since)
    while at is not None and at < until:
        day = days.first_meeting(connection, customer, check, at)
        if day is None or day.ends > until:
            return None
        if day.starts <= at:
            return day
        at = observations.first_look(connection, customer, check, day.starts)
    return None


def with_rows(connection: Connection, day: SealedDay) -> tuple[SealedDay, list[ObservationRow]]:
    """The day as it stands, and the rows that are there of it."""
    stretch = Stretch(day.customer, day.starts, day.ends, day.check)
    return days.at(connection, day.customer, day.check, day.starts), observations.rows_between(connection, stretch)


def begin(connection: Connection, day: SealedDay, lot: int = LOT) -> bool:
    """Mark the day and delete its first lot. Unless it has as many rows as looks, and the check a later row: False,
    and nothing is changed.
    """
    rows = connection.execute(select(func.count()).select_from(table).where(_rows_of(day))).scalar_one()
    if rows != day.looks or observations.first_look(connection, day.customer, day.check, day.ends) is None:
        return False
    which = days.of(day.customer, day.check) & (day_table.c.starts == day.starts) & day_table.c.pruned.is_(False)
    if connection.execute(day_table.update().where(which).values(pruned=True)).rowcount != 1:
        return False
    delete(connection, day, lot)
    return True


def delete(connection: Connection, day: SealedDay, lot: int = LOT) -> bool:
    """Delete the first lot of rows that the day still has. Whether there may be more."""
    last = select(table.c.at).where(_rows_of(day)).order_by(table.c.at).offset(lot - 1).limit(1)
    at = connection.execute(last).scalar()
    these = _rows_of(day) if at is None else _rows_of(day) & (table.c.at <= at)
    connection.execute(table.delete().where(these))
    return at is not None


def _rows_of(day: SealedDay) -> ColumnElement[bool]:
    mine = (table.c.customer == day.customer) & (table.c.check_name == day.check)
    return mine & (table.c.at >= day.starts) & (table.c.at < day.ends)
