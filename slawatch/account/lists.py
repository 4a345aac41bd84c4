"""Lists of what the ledger holds, a page at a time, as JSON-able values: what the API shows.

A page is its rows and the key of the last of them where there are more; `after` is such a key. What is put together
from many rows is so in a thread.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from slawatch.account import shown
from slawatch.account.verifying import changes
from slawatch.clock import Clock
from slawatch.model import Instant, MessageKind, MessageState, Terms
from slawatch.rules.calendar import parse
from slawatch.rules.declared import standing
from slawatch.rules.document import Document
from slawatch.rules.stands import Standing
from slawatch.rules.wishes import Unknown
from slawatch.store import OutagesAsked, Store, StoredStatement

#: What rows are in order by, and rows with the key of the last where there are more.
Key: TypeAlias = tuple[Any, ...]
Slice: TypeAlias = tuple[list[Document], Key | None]
#: The rows of one customer.
_Show = Callable[[Standing], list[Document]]


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
        messages = _by_customer(await self._store.messages(customer, kind=MessageKind.MAINTENANCE))

        def show(stands: Standing) -> list[Document]:
            own = terms.get(stands.customer)
            found = shown.windows(stands, own, messages.get(stands.customer, ()), now)
            return [one for one in found if state in {None, one["state"]}]

        return await self._stretches(show, customer, since, until, after, limit)

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
        return await self._stretches(shown.majeure, customer, since, until, after, limit)

    async def _stretches(
        self,
        show: _Show,
        customer: str | None,
        since: Instant | None,
        until: Instant | None,
        after: Key | None,
        limit: int,
    ) -> Slice:
        said = _by_customer(await self._store.declarations(customer))

        def rows() -> Iterator[tuple[Key, Document]]:
            for own in sorted(said):
                if after is not None and own < after[0]:
                    continue
                found = [((own, parse(one["starts"]), one["id"]), one) for one in show(standing(said[own], own))]
                for key, one in sorted(found, key=lambda row: row[0]):
                    meets = (until is None or key[1] < until) and (since is None or parse(one["ends"]) > since)
                    if meets and (after is None or key > after):
                        yield key, one

        return await asyncio.to_thread(_first, rows(), limit)

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
        asked = OutagesAsked(
            customer, since, until, lasting, None if after is None else (after[0], after[1]), limit + 1
        )
        events = await self._store.latest_outages(asked)
        said = _by_customer(await self._store.declarations_about({one.outage for one in events}))

        def show() -> Slice:
            stood = {own: standing(of, own) for own, of in said.items()}
            keyed = [((parse(one["starts"]), one["id"]), one) for one in shown.outages(stood, events)]
            return _first(iter(sorted(keyed, key=lambda row: row[0], reverse=True)), limit)

        return await asyncio.to_thread(show)

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
        place = None if after is None else (after[0], after[1])
        found = await self._store.latest_messages(facts, place, limit + 1)
        return await asyncio.to_thread(_first, (((one.created, one.id), shown.message(one)) for one in found), limit)

    async def statements(self, customer: str, *, after: Key | None = None, limit: int) -> Slice:
        """Each revision of the customer's closed months, the latest first. Raises Unknown."""
        place = None if after is None else (after[0], after[1])
        found = await self._store.latest_statements(customer, place, limit + 1)
        if not found:
            await self._ensure_known(customer)
        return _first((((one.month, one.revision), shown.statement(one)) for one in found), limit)

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


def _first(rows: Iterator[tuple[Key, Document]], limit: int) -> Slice:
    """So many, and whether there are more."""
    page: list[tuple[Key, Document]] = []
    for row in rows:
        if len(page) == limit:
            return [one for _, one in page], page[-1][0]
        page.append(row)
    return [one for _, one in page], None
