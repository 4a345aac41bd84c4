"""After a restart: where each customer stood, from the ledger alone, so that a kill at any moment changes no figure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from slawatch.model import CheckId, Event, Instant, Message
from slawatch.rules.judging import CustomerState, restore
from slawatch.rules.records import CheckBook
from slawatch.store import Store


@dataclass(frozen=True, slots=True)
class Restored:
    """What judging goes on from. `events`: outages that ended meanwhile because nothing is left to look at."""

    states: dict[str, CustomerState]
    events: tuple[Event, ...]


async def restored(store: Store, books: Mapping[str, Mapping[str, CheckBook]], now: Instant) -> Restored:
    """The state of each customer with `books`, and of each other that the ledger left in an outage."""
    customers = sorted(set(books) | {outage.customer for outage in await store.open_outages()})
    events: defaultdict[str, list[Event]] = defaultdict(list)
    for event in await store.last_outages():
        events[event.customer].append(event)
    owed: defaultdict[str, list[Message]] = defaultdict(list)
    for message in await store.openings({event.outage for own in events.values() for event in own}):
        owed[message.outage].append(message)
    told = {id_: max(one.sequence for one in openings) for id_, openings in owed.items()}
    threads = {id_: {one.contact: one.thread for one in openings} for id_, openings in owed.items()}
    states: dict[str, CustomerState] = {}
    closing: list[Event] = []
    for customer in customers:
        runs = {name: run for name, book in books.get(customer, {}).items() if (run := book.run) is not None}
        recovered = {name: _recovered(book) for name, book in books.get(customer, {}).items()}
        states[customer], ended = restore(runs, events[customer], told, now, recovered, threads)
        closing.extend(ended)
    return Restored(states, tuple(closing))


def _recovered(book: CheckBook) -> Instant:
    """When the check's latest outage that is over ended; 0 without one."""
    return max((one.ends for one in book.own.settled.outages if one.ends is not None), default=0)


def latest_at(books: Mapping[str, Mapping[str, CheckBook]]) -> dict[CheckId, Instant]:
    """When each check was last looked at."""
    return {book.check.id: book.own.track.at for checks in books.values() for book in checks.values()}
