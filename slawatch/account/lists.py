"""Lists of what the ledger holds, a page at a time, as JSON-able values: what the API shows.

A page is its rows and the key of the last of them where there are more; `after` is such a key. What is put together
from many rows is so a few at a time.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from slawatch.account import shown
from slawatch.account.verifying import changes
from slawatch.clock import Clock
from slawatch.model import DeclarationKind, Instant, MessageKind, MessageState, Terms
from slawatch.rules.calendar import parse
from slawatch.rules.declared import WINDOW_KINDS, standing
from slawatch.rules.document import Document
from slawatch.rules.wishes import Unknown
from slawatch.store import OutagesAsked, Store, StoredStatement

#: What rows are in order by, and rows with the key of the last where there are more.
Key: TypeAlias = tuple[Any, ...]
Place: TypeAlias = tuple[Instant, str]
Slice: TypeAlias = tuple[list[Document], Key | None]
#: What is read and let go of before the next: little enough that nobody waits for its turn, nor for the collector of
#: garbage.
_CUSTOMERS_AT_ONCE, _ROWS_AT_ONCE = 20, 100
_OF_WINDOWS = WINDOW_KINDS | {DeclarationKind.NOTICE_VOIDED}
_OF_MAJEURE = frozenset({DeclarationKind.EXCLUSION_ADDED, DeclarationKind.EXCLUSION_WITHDRAWN})


@dataclass(frozen=True, slots=True)
class Stretches:
    """Which of what has a start and an end: what meets [since, until), after a key."""

    customer: str | None
    since: Instant | None
    until: Instant | None
    after: Key | None
    limit: int

    def of(self, rows: Iterable[Document]) -> list[tuple[Key, Document]]:
        """Those of these rows, by customer, start and id."""
        keyed = [((one["customer"], parse(one["starts"]), one["id"]), one) for one in rows]
        return sorted(
            (
                (key, one)
                for key, one in keyed
                if (self.after is None or key > self.after)
                and (self.until is None or key[1] < self.until)
                and (self.since is None or parse(one["ends"]) > self.since)
            ),
            key=lambda row: row[0],
        )


class Lists:
    """`terms`: of each configured customer, at the moment of asking. Each method raises StoreError."""

    def __init__(self, store: Store, clock: Clock, terms: Callable[[], Mapping[str, Terms]]) -> None:
        self._store = store
        self._clock = clock
        self._terms = terms

    async def maintenance(
        self,
        *,
        customer: str | None = None,
        since: Instant | None = None,
        until: Instant | None = None,
        state: str | None = None,
        after: Key | None = None,
        limit: int,
    ) -> Slice:
        """Windows that meet [since, until) by customer and start, with whether each is left out, and why not."""
        terms, now = self._terms(), self._clock()

        async def read(customers: Sequence[str]) -> list[Document]:
            said = await self._store.declarations_of(customers, _OF_WINDOWS)
            messages = _by_customer(await self._store.messages_of(customers, MessageKind.MAINTENANCE))
            found = [
                one
                for own, of in _by_customer(said).items()
                for one in shown.windows(standing(of, own), terms.get(own), messages.get(own, ()), now)
            ]
            return [one for one in found if state in {None, one["state"]}]

        which = Stretches(customer, since, until, after, limit)
        return await self._stretches(read, _OF_WINDOWS, which)

    async def exclusions(
        self,
        *,
        customer: str | None = None,
        since: Instant | None = None,
        until: Instant | None = None,
        after: Key | None = None,
        limit: int,
    ) -> Slice:
        """Force majeure that meets [since, until) by customer and start, withdrawn or not."""

        async def read(customers: Sequence[str]) -> list[Document]:
            said = _by_customer(await self._store.declarations_of(customers, _OF_MAJEURE))
            return [one for own, of in said.items() for one in shown.majeure(standing(of, own))]

        which = Stretches(customer, since, until, after, limit)
        return await self._stretches(read, _OF_MAJEURE, which)

    async def _stretches(
        self,
        read: Callable[[Sequence[str]], Awaitable[list[Document]]],
        kinds: Collection[DeclarationKind],
        which: Stretches,
    ) -> Slice:
        """Of so many customers at a time: what is read of them is let go of before the next ones come."""
        customers: Sequence[str] = (which.customer,) if which.customer is not None else ()
        if which.customer is None:
            customers = await self._store.declared_customers(kinds, "" if which.after is None else which.after[0])
        page: list[tuple[Key, Document]] = []
        for first in range(0, len(customers), _CUSTOMERS_AT_ONCE):
            found = await read(customers[first : first + _CUSTOMERS_AT_ONCE])
            page += which.of(found)
            if len(page) > which.limit:
                break
        return _cut(page, which.limit)

    async def outages(
        self,
        *,
        customer: str | None = None,
        since: Instant | None = None,
        until: Instant | None = None,
        lasting: bool | None = None,
        after: Key | None = None,
        limit: int,
    ) -> Slice:
        """Those that meet [since, until), the latest first, with what was said of each."""

        async def read(place: Place | None, most: int) -> list[tuple[Key, Document]]:
            events = await self._store.latest_outages(OutagesAsked(customer, since, until, lasting, place, most))
            said = _by_customer(await self._store.declarations_about({one.outage for one in events}))
            stood = {own: standing(of, own) for own, of in said.items()}
            keyed = [((parse(one["starts"]), one["id"]), one) for one in shown.outages(stood, events)]
            return sorted(keyed, key=lambda row: row[0], reverse=True)

        return await _gathered(read, after, limit)

    async def messages(
        self,
        *,
        customer: str | None = None,
        state: MessageState | None = None,
        kind: MessageKind | None = None,
        outage: str | None = None,
        after: Key | None = None,
        limit: int,
    ) -> Slice:
        """What is or was owed, the latest first."""
        asked = {"customer": customer, "state": state, "kind": kind, "outage": outage}
        facts = {name: str(value) for name, value in asked.items() if value is not None}

        async def read(place: Place | None, most: int) -> list[tuple[Key, Document]]:
            found = await self._store.latest_messages(facts, place, most)
            return [((one.created, one.id), shown.message(one)) for one in found]

        return await _gathered(read, after, limit)

    async def statements(self, customer: str, *, after: Key | None = None, limit: int) -> Slice:
        """Each revision of the customer's closed months, the latest first. Raises Unknown."""
        place = None if after is None else (after[0], after[1])
        found = await self._store.latest_statements(customer, place, limit + 1)
        if not found:
            await self._ensure_known(customer)
        return _cut([((one.month, one.revision), shown.statement(one)) for one in found], limit)

    async def statement(self, customer: str, month: str, revision: int | None = None) -> tuple[str, str]:
        """A closed month's text as it was told, and its digest; without a `revision` the latest. Raises Unknown."""
        stood = _revision(await self._revisions(customer, month), revision)
        return stood.document, stood.digest

    async def differences(
        self, customer: str, month: str, earlier: int | None = None, later: int | None = None
    ) -> Document:
        """What of a closed month is otherwise in a later revision; without them, in the last two. Raises Unknown."""
        revisions = await self._revisions(customer, month)
        new = _revision(revisions, later)
        old = _revision(revisions, max(1, new.revision - 1) if earlier is None else earlier)

        def found() -> list[Document]:
            told, now_told = json.loads(old.document), json.loads(new.document)
            told["revision"] = now_told["revision"] = None
            return [{"at": at, "from": one, "to": other} for at, one, other in changes(told, now_told)]

        return {
            "from": shown.statement(old),
            "to": shown.statement(new),
            "differences": await asyncio.to_thread(found),
        }

    async def _revisions(self, customer: str, month: str) -> Sequence[StoredStatement]:
        found = await self._store.statements(customer, month)
        if not found:
            await self._ensure_known(customer)
            raise Unknown(f"{customer} {month}: not closed, expected a month of its statements")
        return found

    async def _ensure_known(self, customer: str) -> None:
        """Raises Unknown for a customer with whom nothing was ever agreed."""
        if customer not in self._terms() and await self._store.terms(customer) is None:
            raise Unknown(f"no customer {customer!r}")


def _revision(revisions: Sequence[StoredStatement], number: int | None) -> StoredStatement:
    """Of those of a month; raises Unknown."""
    if number is None:
        return revisions[-1]
    for one in revisions:
        if one.revision == number:
            return one
    latest = revisions[-1]
    raise Unknown(f"{latest.customer} {latest.month}: no revision {number}, expected one up to {latest.revision}")


def _by_customer(rows: Collection[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for one in rows:
        found.setdefault(one.customer, []).append(one)
    return found


async def _gathered(
    read: Callable[[Place | None, int], Awaitable[list[tuple[Key, Document]]]], after: Key | None, limit: int
) -> Slice:
    """So many rows after a place, read some at a time."""
    page: list[tuple[Key, Document]] = []
    while len(page) <= limit:
        most = min(_ROWS_AT_ONCE, limit + 1 - len(page))
        some = await read(None if after is None else (after[0], after[1]), most)
        page += some
        if len(some) < most:
            break
        after = some[-1][0]
    return _cut(page, limit)


def _cut(rows: list[tuple[Key, Document]], limit: int) -> Slice:
    """So many, and the key of the last where there are more."""
    page = rows[:limit]
    return [one for _, one in page], page[-1][0] if len(rows) > limit else None
