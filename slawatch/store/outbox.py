"""The outbox: messages from owed to accepted or refused, each in its turn.

queued -> sending (claimed, on a lease) -> accepted | failed | queued again. A lease that ran out means that whoever
claimed the message died: it may be claimed anew, with the same Message-ID.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import Case, ColumnElement, Connection, FromClause, case, exists, func, or_, select, update

from slawatch.model import Instant, Message, MessageKind, MessageState, Micros
from slawatch.store.inserting import insert_new
from slawatch.store.rows import message_from_row, message_to_row, plain
from slawatch.store.schema import messages as table

_QUEUED, _SENDING = MessageState.QUEUED.value, MessageState.SENDING.value
#: Engines bound the number of a statement's parameters.
_OUTAGES_AT_ONCE = 500
_URGENT = (MessageKind.OUTAGE.value, MessageKind.RECOVERY.value)


def add(connection: Connection, messages: Sequence[Message]) -> None:
    """What is owed already under (customer, outage, contact, kind, sequence) stays as it is, with its Message-ID."""
    insert_new(connection, table, [message_to_row(message) for message in messages])


def claim(connection: Connection, now: Instant, limit: int, lease: Micros) -> tuple[Message, ...]:
    """Up to `limit` messages to send now, ours until `now` + `lease`: outage and recovery first, then by `due`."""
    mine = _claimable(now) & ~_waits_for_an_earlier_one()
    urgent_first = case((table.c.kind.in_(_URGENT), 0), else_=1)
    ordered = select(table.c.id).where(mine).order_by(urgent_first, table.c.due, table.c.created, table.c.id)
    ids = list(connection.execute(ordered.limit(limit)).scalars())
    if not ids:
        return ()
    claimed = table.c.id.in_(ids)
    connection.execute(update(table).where(claimed).values(state=_SENDING, leased_until=now + lease))
    found = {row.id: message_from_row(row) for row in connection.execute(select(table).where(claimed))}
    return tuple(found[id_] for id_ in ids)


def next_claim(connection: Connection) -> Instant | None:
    """The earliest instant at which a message may become claimable; None when nothing is owed."""
    when = case((table.c.state == _QUEUED, table.c.due), else_=table.c.leased_until)
    return connection.execute(select(func.min(when)).where(_unsettled(table), ~_waits_for_an_earlier_one())).scalar()


def settle_accepted(connection: Connection, id_: str, at: Instant, relay: str, reply: str) -> bool:
    """Accepted wins whatever the state was, but for an earlier acceptance: a relay has it now."""
    return _settle(
        connection,
        (table.c.id == id_) & (table.c.state != MessageState.ACCEPTED.value),
        state=MessageState.ACCEPTED.value, accepted=at, relay=plain(relay), reply=plain(reply), error=None,
        settled=at,
    )  # fmt: skip


def settle_retry(connection: Connection, id_: str, due: Instant, error: str) -> bool:
    return _settle(connection, _being_sent(id_), state=_QUEUED, due=due, error=plain(error))


def settle_failed(connection: Connection, id_: str, at: Instant, error: str) -> bool:
    return _settle(connection, _being_sent(id_), state=MessageState.FAILED.value, error=plain(error), settled=at)


def release_claims(connection: Connection) -> int:
    """Queue what a dead daemon was sending; how many those were."""
    sending = update(table).where(table.c.state == _SENDING)
    return connection.execute(sending.values(state=_QUEUED, leased_until=None)).rowcount


def find(
    connection: Connection,
    customer: str | None,
    state: MessageState | None,
    outage: str | None,
    kind: MessageKind | None = None,
) -> tuple[Message, ...]:
    """In the order in which they came to be owed."""
    query = select(table).order_by(table.c.created, table.c.outage, table.c.contact, table.c.sequence, _turn(table))
    if customer is not None:
        query = query.where(table.c.customer == customer)
    if state is not None:
        query = query.where(table.c.state == state.value)
    if outage is not None:
        query = query.where(table.c.outage == outage)
    if kind is not None:
        query = query.where(table.c.kind == kind.value)
    return tuple(message_from_row(row) for row in connection.execute(query))


def folded_into(connection: Connection, id_: str) -> tuple[Message, ...]:
    """The messages that the mail of this one says too, also by way of another, in the order in which they were owed."""
    found: dict[str, Message] = {}
    into = [id_]
    while into:
        rows = connection.execute(select(table).where(table.c.into.in_(into)))
        fresh = {row.id: message_from_row(row) for row in rows if row.id not in found and row.id != id_}
        found |= fresh
        into = list(fresh)
    return tuple(sorted(found.values(), key=lambda one: (one.created, one.outage, one.sequence, one.id)))


def openings(connection: Connection, outages: Collection[str]) -> tuple[Message, ...]:
    """The outage messages of these outages, in the order in which they came to be owed."""
    wanted, found = sorted(outages), []
    for first in range(0, len(wanted), _OUTAGES_AT_ONCE):
        some = table.c.outage.in_(wanted[first : first + _OUTAGES_AT_ONCE])
        query = select(table).where(some, table.c.kind == MessageKind.OUTAGE.value)
        found += [message_from_row(row) for row in connection.execute(query.order_by(table.c.created, table.c.id))]
    return tuple(found)


def counts(connection: Connection) -> dict[MessageState, int]:
    """How many messages are in each state; every state is there."""
    found = connection.execute(select(table.c.state, func.count()).group_by(table.c.state))
    return dict.fromkeys(MessageState, 0) | {MessageState(state): number for state, number in found}


def _settle(connection: Connection, which: ColumnElement[bool], **delivery: str | int | None) -> bool:
    """Whether the message was there to be settled so. Each settling ends one attempt."""
    settled = update(table).where(which).values(attempts=table.c.attempts + 1, leased_until=None, **delivery)
    return connection.execute(settled).rowcount == 1


def _being_sent(id_: str) -> ColumnElement[bool]:
    return (table.c.id == id_) & (table.c.state == _SENDING)


def _unsettled(rows: FromClause) -> ColumnElement[bool]:
    return rows.c.state.in_((_QUEUED, _SENDING))


def _claimable(now: Instant) -> ColumnElement[bool]:
    return or_(
        (table.c.state == _QUEUED) & (table.c.due <= now),
        (table.c.state == _SENDING) & (table.c.leased_until <= now),
    )


def _waits_for_an_earlier_one() -> ColumnElement[bool]:
    """Within one outage a contact hears things in their order: no recovery before the outage itself is settled."""
    earlier = table.alias("earlier")
    return exists().where(
        earlier.c.outage == table.c.outage,
        earlier.c.contact == table.c.contact,
        _unsettled(earlier),
        or_(
            earlier.c.sequence < table.c.sequence,
            (earlier.c.sequence == table.c.sequence) & (_turn(earlier) < _turn(table)),
        ),
    )


def _turn(rows: FromClause) -> Case[int]:
    """Of two kinds with the same sequence number, which comes first."""
    return case((rows.c.kind == MessageKind.OUTAGE.value, 0), else_=1)
