"""Events of outages, and the outages that they leave open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import Connection, case, exists, func, select, tuple_

from slawatch.model import Event, EventKind, Instant
from slawatch.store import chains
from slawatch.store.rows import event_from_row, event_to_row
from slawatch.store.schema import events as table
from slawatch.store.values import OpenOutage

_OPENING = (EventKind.OPENED.value, EventKind.REOPENED.value)


@dataclass(frozen=True, slots=True)
class OutagesAsked:
    """The latest `limit` outages that meet [since, until). `lasting`: only those that last, or only those that do not.

    `after`: only those that come after the outage with this start and id.
    """

    customer: str | None = None
    since: Instant | None = None
    until: Instant | None = None
    lasting: bool | None = None
    after: tuple[Instant, str] | None = None
    limit: int = 100


def add(connection: Connection, events: Sequence[Event]) -> None:
    chains.append(connection, chains.EVENTS, [event_to_row(event) for event in events])


def find(
    connection: Connection,
    customer: str | None,
    since: Instant | None,
    until: Instant | None,
    outage: str | None,
    kind: EventKind | None,
) -> tuple[Event, ...]:
    """In the order in which they were judged; `since` <= at < `until`."""
    query = select(table).order_by(table.c.number)
    if customer is not None:
        query = query.where(table.c.customer == customer)
    if since is not None:
        query = query.where(table.c.at >= since)
    if until is not None:
        query = query.where(table.c.at < until)
    if outage is not None:
        query = query.where(table.c.outage == outage)
    if kind is not None:
        query = query.where(table.c.kind == kind.value)
    return tuple(event_from_row(row) for row in connection.execute(query))


def latest(connection: Connection, asked: OutagesAsked) -> tuple[Event, ...]:
    """All events of the outages that are asked for, in the order in which they were judged."""
    closed = EventKind.CLOSED.value
    each = (
        select(
            table.c.outage,
            func.min(case((table.c.kind != closed, table.c.at))).label("starts"),
            func.max(table.c.number).label("last"),
        )
        .where(table.c.kind != EventKind.OVERRAN.value)
        .group_by(table.c.outage)
    )
    if asked.customer is not None:
        each = each.where(table.c.customer == asked.customer)
    one, final = each.subquery(), table.alias("final")
    query = select(one.c.outage).join(final, final.c.number == one.c.last)
    if asked.since is not None:
        query = query.where((final.c.kind != closed) | (final.c.at > asked.since))
    if asked.until is not None:
        query = query.where(one.c.starts < asked.until)
    if asked.lasting is not None:
        query = query.where(final.c.kind != closed if asked.lasting else final.c.kind == closed)
    if asked.after is not None:
        query = query.where(tuple_(one.c.starts, one.c.outage) < tuple_(*asked.after))
    ids = query.order_by(one.c.starts.desc(), one.c.outage.desc()).limit(asked.limit)
    rows = connection.execute(select(table).where(table.c.outage.in_(ids)).order_by(table.c.number))
    return tuple(map(event_from_row, rows))


def last(connection: Connection) -> tuple[Event, ...]:
    """All events of each customer's last two outages, in the order in which they were judged."""
    of_outages = (
        select(table.c.customer, table.c.outage, func.max(table.c.number).label("number"))
        .where(table.c.kind != EventKind.OVERRAN.value)
        .group_by(table.c.customer, table.c.outage)
        .subquery()
    )
    newest_first = func.row_number().over(partition_by=of_outages.c.customer, order_by=of_outages.c.number.desc())
    turns = select(of_outages.c.outage, newest_first.label("turn")).subquery()
    last_two = select(turns.c.outage).where(turns.c.turn <= 2)
    rows = connection.execute(select(table).where(table.c.outage.in_(last_two)).order_by(table.c.number))
    return tuple(map(event_from_row, rows))


def still_open(connection: Connection, customer: str | None) -> tuple[OpenOutage, ...]:
    """The outages that were not closed after they were last opened or reopened, in the order of their opening."""
    opening, closing = table.alias("opening"), table.alias("closing")
    closed_later = exists().where(
        closing.c.outage == opening.c.outage,
        closing.c.number > opening.c.number,
        closing.c.kind == EventKind.CLOSED.value,
    )
    ids = select(opening.c.outage).where(opening.c.kind.in_(_OPENING), ~closed_later)
    if customer is not None:
        ids = ids.where(opening.c.customer == customer)
    rows = connection.execute(select(table).where(table.c.outage.in_(ids)).order_by(table.c.outage, table.c.number))
    grouped = groupby((event_from_row(row) for row in rows), key=lambda event: event.outage)
    outages = [_outage(tuple(events)) for _, events in grouped]
    return tuple(sorted(outages, key=lambda outage: (outage.starts, outage.id)))


def _outage(events: tuple[Event, ...]) -> OpenOutage:
    begun = [event for event in events if event.kind is not EventKind.CLOSED]
    earliest = min(begun, key=lambda event: event.at)
    return OpenOutage(
        id=earliest.outage,
        customer=earliest.customer,
        starts=earliest.at,
        checks=tuple(dict.fromkeys(check for event in begun for check in event.checks)),
        cause=next((event.cause for event in sorted(begun, key=lambda event: event.at) if event.cause), None),
        events=events,
    )
