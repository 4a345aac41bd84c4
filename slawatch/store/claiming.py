"""Claiming: in one transaction what is due is taken, what each mail says is settled, and what it says too is folded.

A lot is a handful of queries, however many messages it has: the rows whose turn it is, their threads, their events.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from sqlalchemy import Connection, exists, func, select, text

from slawatch.model import HOUR, Event, EventKind, Instant, Lane, Message, MessageKind, MessageState, Micros
from slawatch.rules.capping import Had, capped
from slawatch.rules.owed import may_wait_for_calm
from slawatch.rules.telling import OF_OUTAGES, Telling, is_open, tell, turn
from slawatch.store.outbox import of_lane, write
from slawatch.store.rows import event_from_row, message_from_row
from slawatch.store.schema import PATIENT, UNHURRIED, URGENT
from slawatch.store.schema import events as event_table
from slawatch.store.schema import messages as table

#: What a contact hears in order: the rows of one thread to one address.
Thread: TypeAlias = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Turn:
    """A thread whose turn it is: all its rows, one of which is due, and what the rules say of them."""

    thread: Thread
    rows: Sequence[Message]
    telling: Telling


#: So often a claim that finds only what need not be sent looks on for what must; then it leaves the store to others.
_ROUNDS = 8
_QUEUES = {Lane.NEWS: (URGENT, PATIENT), Lane.SUMMARIES: (UNHURRIED,)}
_SENDING = MessageState.SENDING
_BEING_SENT = text("state = 'sending'")
_other = table.alias("other")
_THREAD_IS_SENDING = exists().where(
    _other.c.thread == table.c.thread, _other.c.contact == table.c.contact, _other.c.state == _SENDING.value
)


def claim(
    connection: Connection,
    now: Instant,
    limit: int,
    lease: Micros,
    *,
    most_per_hour: int | None = None,
    urgent_only: bool = False,
    ours: Collection[str] = (),
    lane: Lane = Lane.NEWS,
) -> tuple[Message, ...]:
    """Up to `limit` messages to send now, ours until `now` + `lease`, as they are to be sent: outages first."""
    queues = (URGENT,) if urgent_only else _QUEUES[lane]
    for _ in range(_ROUNDS):
        due = _died(connection, now, limit, ours, lane)
        for queue in queues:
            due += _due(connection, queue, now, limit - len(due))
        if not due:
            return ()
        turns = _turns(connection, due, now)
        if most_per_hour is not None:
            turns = _within_cap(connection, turns, most_per_hour, now)
        claimed = _settle(connection, turns, now, now + lease)
        if claimed:
            return claimed
    return ()


def next_claim(connection: Connection, lane: Lane) -> Instant | None:
    """The earliest instant at which a message of the lane may become claimable; None when nothing is owed in it."""
    queries = [
        select(table.c.due).where(text(queue), ~_THREAD_IS_SENDING).order_by(table.c.due).limit(1)
        for queue in _QUEUES[lane]
    ]
    leased = select(table.c.leased_until).where(_BEING_SENT, of_lane(lane))
    queries.append(leased.order_by(table.c.leased_until).limit(1))
    found: list[Instant | None] = [connection.scalar(query) for query in queries]
    return min((at for at in found if at is not None), default=None)


# -- whose turn it is -------------------------------------------------------------------------------------------------


def _due(connection: Connection, queue: str, now: Instant, limit: int) -> list[Message]:
    """The first of a queue by their due time, but for threads of which one is being sent."""
    query = select(table).where(text(queue), table.c.due <= now, ~_THREAD_IS_SENDING)
    ordered = query.order_by(table.c.due, table.c.created, table.c.id).limit(max(0, limit))
    return [message_from_row(row) for row in connection.execute(ordered)]


def _died(connection: Connection, now: Instant, limit: int, ours: Collection[str], lane: Lane) -> list[Message]:
    """What somebody was sending, who has not been heard of since: it may have been handed over."""
    query = select(table).where(_BEING_SENT, of_lane(lane), table.c.leased_until <= now, table.c.id.not_in(ours))
    rows = connection.execute(query.order_by(table.c.leased_until, table.c.id).limit(limit))
    found = [message_from_row(row) for row in rows]
    return [replace(one, state=MessageState.QUEUED, handed_over=one.handed_over + 1) for one in found]


# -- what becomes of their threads ------------------------------------------------------------------------------------


def _turns(connection: Connection, due: Sequence[Message], now: Instant) -> list[Turn]:
    """The threads of the `due` ones, in their order, and what the rules say of each."""
    threads = _rows_of(connection, due)
    events = _events_of(connection, [row for rows in threads.values() for row in rows])
    return [Turn(thread, rows, _told(rows, events, now)) for thread, rows in threads.items()]


def _told(rows: Sequence[Message], events: Mapping[str, Sequence[Event]], now: Instant) -> Telling:
    """Who comes first in a thread goes first, even where that one waits for its next attempt.

    Only a recovery that waits for calm does not hold up what is owed after it.
    """
    for row in sorted(rows, key=turn):
        if row.state is not MessageState.QUEUED:
            continue
        if row.due <= now:
            return tell(row, rows, _known_to(rows, events), now)
        if row.kind is not MessageKind.RECOVERY or row.attempts or row.known is not None:
            return Telling(waits_until=row.due)
    return Telling()


def _thread(row: Message) -> Thread:
    return row.thread, row.contact


def _rows_of(connection: Connection, due: Sequence[Message]) -> dict[Thread, list[Message]]:
    """All of their threads, in the order of the `due` ones, which stand there as they are given."""
    threads: dict[Thread, list[Message]] = {_thread(row): [] for row in due}
    given = {row.id: row for row in due}
    query = select(table).where(table.c.thread.in_({thread for thread, _ in threads}))
    for found in connection.execute(query):
        row = given.get(found.id) or message_from_row(found)
        if _thread(row) in threads:
            threads[_thread(row)].append(row)
    return threads


def _events_of(connection: Connection, rows: Sequence[Message]) -> dict[str, list[Event]]:
    """By outage; and by customer, the overruns of its windows since the first of these outages."""
    outages = {row.outage for row in rows if row.kind in OF_OUTAGES}
    if not outages:
        return {}
    query = select(event_table).where(event_table.c.outage.in_(outages)).order_by(event_table.c.number)
    found: dict[str, list[Event]] = {}
    for event in map(event_from_row, connection.execute(query)):
        found.setdefault(event.outage, []).append(event)
    opening = {row.customer for row in rows if row.kind is MessageKind.OUTAGE and is_open(row)}
    if opening and found:
        overran = select(event_table).where(
            event_table.c.customer.in_(opening),
            event_table.c.at >= min(event.at for events in found.values() for event in events),
            event_table.c.kind == EventKind.OVERRAN.value,
        )
        for event in map(event_from_row, connection.execute(overran.order_by(event_table.c.number))):
            found.setdefault(_overruns_of(event.customer), []).append(event)
    return found


def _overruns_of(customer: str) -> str:
    return f"overruns of {customer}"  # no outage's id has a space


def _known_to(rows: Sequence[Message], events: Mapping[str, Sequence[Event]]) -> list[Event]:
    """The events of a thread's outages, which come one after the other, and the overruns."""
    outages = dict.fromkeys(row.outage for row in sorted(rows, key=turn) if row.kind in OF_OUTAGES)
    if not outages:
        return []
    names = [*outages, _overruns_of(rows[0].customer)]
    return [event for name in names for event in events.get(name, ())]


# -- so many an hour --------------------------------------------------------------------------------------------------


def _within_cap(connection: Connection, turns: Sequence[Turn], most: int, now: Instant) -> list[Turn]:
    had = _had(connection, {contact for _, contact in (one.thread for one in turns)}, now)
    by_contact: dict[str, list[Turn]] = {}
    for one in turns:
        by_contact.setdefault(one.thread[1], []).append(one)
    within: list[Turn] = []
    for contact, due in by_contact.items():
        last = len(_sent(due)) >= had[contact].room(most, now) > 0
        own = _with_all_else(connection, contact, due, now) if last else due
        tellings = capped([one.telling for one in own], had[contact], most, now)
        within.extend(replace(one, telling=telling) for one, telling in zip(own, tellings, strict=True))
    return within


def _sent(turns: Iterable[Turn]) -> list[Turn]:
    return [one for one in turns if one.telling.carrier is not None]


def _had(connection: Connection, contacts: set[str], now: Instant) -> dict[str, Had]:
    accepted: dict[str, list[Instant]] = {contact: [] for contact in contacts}
    was_sent = table.c.state == MessageState.ACCEPTED.value  # what a digest told was accepted with it, as one mail
    within_the_hour = table.c.contact.in_(contacts) & (table.c.accepted > now - HOUR) & was_sent & of_lane(Lane.NEWS)
    for contact, at in connection.execute(select(table.c.contact, table.c.accepted).where(within_the_hour)):
        accepted[contact].append(at)
    sending = select(table.c.contact, func.count()).where(_BEING_SENT, table.c.leased_until > now, of_lane(Lane.NEWS))
    on_their_way = {row[0]: int(row[1]) for row in connection.execute(sending.group_by(table.c.contact))}
    return {one: Had(tuple(times), on_their_way.get(one, 0)) for one, times in accepted.items()}


def _with_all_else(connection: Connection, contact: str, turns: Sequence[Turn], now: Instant) -> list[Turn]:
    """With what else waits for a contact, for its last mail within the hour must say it all.

    That is also what waits for its next attempt, as if it were due. Only a recovery that waits for calm, and what was
    put together, have their time.
    """
    at_hand = {one.thread for one in _sent(turns)}
    may_be_told = (table.c.due <= now) | table.c.known.is_(None)
    found: list[Message] = []
    for queue in (URGENT, PATIENT):
        query = select(table).where(text(queue), table.c.contact == contact, may_be_told, ~_THREAD_IS_SENDING)
        ordered = query.order_by(table.c.due, table.c.created, table.c.id)
        found.extend(map(message_from_row, connection.execute(ordered)))
    told = (row for row in found if row.due <= now or not may_wait_for_calm(row))
    waiting = [replace(row, due=min(row.due, now)) for row in told if _thread(row) not in at_hand]
    return list({one.thread: one for one in (*turns, *_turns(connection, waiting, now))}.values())


# -- written down -----------------------------------------------------------------------------------------------------


def _settle(connection: Connection, turns: Sequence[Turn], now: Instant, leased_until: Instant) -> tuple[Message, ...]:
    """What the rules say, into the rows; gives what is to be sent."""
    claimed: list[Message] = []
    changed: list[Message] = []
    for one in turns:
        telling = one.telling
        if (until := telling.waits_until) is not None:
            waiting = (row for row in one.rows if row.state is MessageState.QUEUED and row.due < until)
            changed.extend(replace(row, due=until) for row in waiting)
        if telling.carrier is not None:
            sent = replace(telling.carrier, state=_SENDING)
            claimed.append(sent)
            changed.extend(replace(row, state=MessageState.FOLDED, into=sent.id, settled=now) for row in telling.folded)
        changed.extend(replace(row, state=MessageState.DROPPED, settled=now) for row in telling.dropped)
    write(connection, claimed, leased_until)
    write(connection, changed, None)
    return tuple(sorted(claimed, key=lambda one: (one.kind not in OF_OUTAGES, one.due, one.created, one.id)))
