"""The outbox: messages from owed to told or refused, each in its turn.

queued -> sending (claimed, on a lease: `store.claiming`) -> accepted | failed | queued again. What was folded into a
message shares its fate.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Case, ColumnElement, Connection, bindparam, case, func, select, text, tuple_, update

from slawatch.model import Instant, Lane, Message, MessageKind, MessageState
from slawatch.store.inserting import insert_new
from slawatch.store.rows import message_from_row, message_to_row, plain
from slawatch.store.schema import PATIENT, URGENT
from slawatch.store.schema import messages as table

#: Engines bound the number of a statement's parameters.
_OUTAGES_AT_ONCE = 500
#: How delivery goes: what `write` writes.
_DELIVERY = (
    "state", "due", "attempts", "accepted", "relay", "reply", "error", "settled", "refused",
    "says", "known", "into", "handed_over",
)  # fmt: skip
_SENDING, _QUEUED, _FAILED = MessageState.SENDING, MessageState.QUEUED, MessageState.FAILED

#: Made once: most of what is settled is accepted.
_ACCEPT = (
    update(table)
    .where(table.c.id == bindparam("its_id"), table.c.state != MessageState.ACCEPTED.value)
    .values(
        {name: bindparam(name) for name in ("accepted", "settled", "relay", "reply")}
        | {"state": MessageState.ACCEPTED.value, "error": None, "leased_until": None}
        | {"attempts": table.c.attempts + 1}
    )
)
#: A digest tells what it stands for: of each of them it is proof of notice, as its own mail would have been.
_ACCEPT_TOLD_WITH_IT = (
    update(table)
    .where(table.c.into == bindparam("its_id"), table.c.state == MessageState.FOLDED.value, table.c.says.is_not(None))
    .values({name: bindparam(name) for name in ("accepted", "relay", "reply")})
)


def add(connection: Connection, messages: Sequence[Message]) -> None:
    """What is owed already under (customer, outage, contact, kind, sequence) stays as it is, with its Message-ID."""
    insert_new(connection, table, [message_to_row(message) for message in messages])


def write(connection: Connection, messages: Sequence[Message], leased_until: Instant | None) -> None:
    """How delivery of these messages goes, as they say."""
    if not messages:
        return
    statement = (
        update(table)
        .where(table.c.id == bindparam("its_id"))
        .values({**{name: bindparam(f"its_{name}") for name in _DELIVERY}, "leased_until": leased_until})
    )
    rows = map(message_to_row, messages)
    connection.execute(statement, [{f"its_{name}": row[name] for name in ("id", *_DELIVERY)} for row in rows])


def of_lane(lane: Lane) -> ColumnElement[bool]:
    """Whether a row is of the lane."""
    summary = MessageKind.SUMMARY.value
    return table.c.kind == summary if lane is Lane.SUMMARIES else table.c.kind != summary


# -- how an attempt ended ---------------------------------------------------------------------------------------------


def settle_accepted(connection: Connection, id_: str, at: Instant, relay: str, reply: str) -> bool:
    """Accepted wins whatever the state was, but for an earlier acceptance: a relay has it now."""
    told = {"its_id": id_, "accepted": at, "relay": plain(relay), "reply": plain(reply)}
    if connection.execute(_ACCEPT, {**told, "settled": at}).rowcount != 1:
        return False
    connection.execute(_ACCEPT_TOLD_WITH_IT, told)
    return True


def settle_retry(connection: Connection, id_: str, due: Instant, error: str, lost: str | None) -> bool:
    """Queued again. `lost`: the relay that was handed the mail and did not answer.

    A mail that no relay can ever have taken is put together anew when its turn comes, and what it said too as well.
    """
    sent = _being_sent(connection, id_)
    if sent is None:
        return False
    again = replace(sent, state=_QUEUED, due=due, error=error, attempts=sent.attempts + 1)
    if lost is not None:
        again = replace(again, handed_over=sent.handed_over + 1, relay=lost)
    elif not sent.handed_over:
        again = _anew(again)
        unfold(connection, id_, due)
    write(connection, [again], None)
    return True


def settle_failed(connection: Connection, id_: str, at: Instant, error: str) -> bool:
    """Refused for good, and with it what it said too. What may have been taken before is said to be in it still."""
    sent = _being_sent(connection, id_)
    if sent is None:
        return False
    into = id_ if sent.handed_over else None
    said_too = [replace(one, into=into) for one in _told_with(connection, id_, MessageState.FOLDED)]
    failed = [replace(sent, attempts=sent.attempts + 1), *said_too]
    write(connection, [_refused(one, at, error) for one in failed], None)
    return True


def give_back(connection: Connection, ids: Collection[str]) -> int:
    """Queued again as if they had not been claimed; how many those were."""
    rows = connection.execute(select(table).where(table.c.id.in_(ids), text("state = 'sending'")))
    given = [replace(message_from_row(row), state=_QUEUED) for row in rows]
    for one in given:
        if not one.handed_over:
            unfold(connection, one.id, one.due)
    write(connection, [one if one.handed_over else _anew(one) for one in given], None)
    return len(given)


def release_claims(connection: Connection, lane: Lane) -> int:
    """Queue what a dead daemon was sending, as it was: it may have been handed over. How many those were."""
    sending = update(table).where(text("state = 'sending'"), of_lane(lane))
    released = sending.values(state=_QUEUED.value, leased_until=None, handed_over=table.c.handed_over + 1)
    return connection.execute(released).rowcount


def unfold(connection: Connection, id_: str, due: Instant) -> None:
    """What was folded into a message that was not sent is owed again by itself, not before `due`."""
    folded = [
        replace(one, state=_QUEUED, into=None, settled=None) for one in _told_with(connection, id_, MessageState.FOLDED)
    ]
    write(connection, [replace(_anew(one), due=max(due, one.due)) for one in folded], None)


# -- what a person does -----------------------------------------------------------------------------------------------


def retry(connection: Connection, id_: str | None, now: Instant) -> tuple[str, ...]:
    """What was refused for good, or with an id that waits for its next attempt, is due now; the ids of these.

    A mail that may have been taken goes again as it was, with what it said too.
    """
    query = select(table).where(table.c.state == _FAILED.value).order_by(table.c.created, table.c.id)
    if id_ is not None:
        query = select(table).where(table.c.id == id_, table.c.state.in_((_FAILED.value, _QUEUED.value)))
    found = [message_from_row(row) for row in connection.execute(query)]
    carriers = [_said_in(connection, one) for one in found]
    for one in {carrier.id: carrier for carrier in carriers}.values():
        _no_longer_behind(connection, one, now)
        again = replace(one, state=_QUEUED, due=now, attempts=0, settled=None, into=None)
        write(connection, [again if one.handed_over else _anew(again)], None)
        said_too = _told_with(connection, one.id, _FAILED)
        write(connection, [replace(row, state=MessageState.FOLDED, error=None, settled=now) for row in said_too], None)
    return tuple(one.id for one in found)


def _said_in(connection: Connection, failed: Message) -> Message:
    """The one whose mail said it too, where that failed with it; else itself."""
    carrier = None if failed.into is None else with_id(connection, failed.into)
    return carrier if carrier is not None and carrier.state is _FAILED else failed


def _no_longer_behind(connection: Connection, head: Message, now: Instant) -> None:
    """What was put off with the one that comes before it in its thread is due with it."""
    same = (table.c.thread == head.thread) & (table.c.contact == head.contact) & (table.c.due == head.due)
    connection.execute(update(table).where(same, table.c.state == _QUEUED.value).values(due=now))


def drop(connection: Connection, id_: str, at: Instant, why: str) -> bool:
    """Not to be sent, nor what it was to say too. Whether it was one that waits or was refused."""
    query = select(table).where(table.c.id == id_, table.c.state.in_((_FAILED.value, _QUEUED.value)))
    row = connection.execute(query).one_or_none()
    if row is None:
        return False
    dropped = [message_from_row(row), *_told_with(connection, id_, MessageState.FOLDED)]
    write(
        connection,
        [replace(one, state=MessageState.DROPPED, settled=at, error=why, into=None) for one in dropped],
        None,
    )
    return True


def drop_unaddressed(connection: Connection, addressed: Collection[tuple[str, str]], at: Instant) -> int:
    """What is owed to nobody of these (customer, contact) any more, and was not put together; how many those were."""
    waiting = select(table).where(table.c.state == _QUEUED.value, table.c.known.is_(None))
    found = [message_from_row(row) for row in connection.execute(waiting)]
    gone = [one for one in found if (one.customer, one.contact) not in addressed]
    why = "no contact any more"
    write(connection, [replace(one, state=MessageState.DROPPED, settled=at, error=why) for one in gone], None)
    return len(gone)


# -- rows -------------------------------------------------------------------------------------------------------------


def _being_sent(connection: Connection, id_: str) -> Message | None:
    row = connection.execute(select(table).where(table.c.id == id_, table.c.state == _SENDING.value)).one_or_none()
    return None if row is None else message_from_row(row)


def _told_with(connection: Connection, id_: str, state: MessageState) -> list[Message]:
    rows = connection.execute(select(table).where(table.c.into == id_, table.c.state == state.value))
    return [message_from_row(row) for row in rows]


def _refused(message: Message, at: Instant, error: str) -> Message:
    first = at if message.refused is None else message.refused
    return replace(message, state=_FAILED, error=error, settled=at, refused=first)


def _anew(message: Message) -> Message:
    return replace(message, says=None, known=None, relay=None)


# -- reading ----------------------------------------------------------------------------------------------------------


def find(
    connection: Connection,
    customer: str | None,
    state: MessageState | None,
    outage: str | None,
    kind: MessageKind | None = None,
) -> tuple[Message, ...]:
    """In the order in which they came to be owed."""
    query = select(table).order_by(table.c.created, table.c.outage, table.c.contact, table.c.sequence, _turn())
    if customer is not None:
        query = query.where(table.c.customer == customer)
    if state is not None:
        query = query.where(table.c.state == state.value)
    if outage is not None:
        query = query.where(table.c.outage == outage)
    if kind is not None:
        query = query.where(table.c.kind == kind.value)
    return tuple(message_from_row(row) for row in connection.execute(query))


def of(connection: Connection, customers: Collection[str], kind: MessageKind) -> tuple[Message, ...]:
    """Those of these customers and of this kind, in the order in which they came to be owed."""
    query = select(table).where(table.c.customer.in_(customers), table.c.kind == kind.value)
    rows = connection.execute(query.order_by(table.c.created, table.c.outage, table.c.contact, table.c.sequence))
    return tuple(map(message_from_row, rows))


def latest(
    connection: Connection, facts: Mapping[str, str], after: tuple[Instant, str] | None, limit: int
) -> tuple[Message, ...]:
    """The latest `limit` messages with these `facts`, by column, the latest first.

    `after`: only those that come after the message that was created then, with this id.
    """
    query = select(table).order_by(table.c.created.desc(), table.c.id.desc()).limit(limit)
    for name, value in facts.items():
        query = query.where(table.c[name] == value)
    if after is not None:
        query = query.where(tuple_(table.c.created, table.c.id) < tuple_(*after))
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


def with_id(connection: Connection, id_: str) -> Message | None:
    row = connection.execute(select(table).where(table.c.id == id_)).one_or_none()
    return None if row is None else message_from_row(row)


def counts(connection: Connection, lane: Lane | None) -> dict[MessageState, int]:
    """How many messages, of one lane or all, are in each state; every state is there."""
    query = select(table.c.state, func.count()).group_by(table.c.state)
    found = connection.execute(query if lane is None else query.where(of_lane(lane)))
    return dict.fromkeys(MessageState, 0) | {MessageState(state): number for state, number in found}


def owed_since(connection: Connection) -> Instant | None:
    """Since when the first of the news has been owed that nobody took. Each part has an index of its own."""
    parts = (text(URGENT), text(PATIENT), text(f"state = '{_SENDING}'") & of_lane(Lane.NEWS))
    found: list[Instant | None] = [connection.scalar(select(func.min(table.c.created)).where(part)) for part in parts]
    return min((at for at in found if at is not None), default=None)


def _turn() -> Case[int]:
    """Of two kinds with the same sequence number, which comes first."""
    return case((table.c.kind == MessageKind.OUTAGE.value, 0), else_=1)
