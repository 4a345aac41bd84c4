"""The desk where people declare: reads what stands, has the rules judge a wish, writes, and tells who must know.

A series of windows is hundreds of declarations a customer, so what goes through all of them leaves the event loop free.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import replace

import structlog

from slawatch.account import shown
from slawatch.account.granting import grant
from slawatch.account.in_force import standings
from slawatch.account.ledger import agreed
from slawatch.clock import Clock
from slawatch.model import Declaration, DeclarationKind, EventKind, Exclusion, MessageKind, Terms
from slawatch.rules.agreed import Agreed
from slawatch.rules.announced import announcing
from slawatch.rules.configured import reconcile
from slawatch.rules.declared import WINDOW_KINDS
from slawatch.rules.document import Document
from slawatch.rules.owed import Recipients
from slawatch.rules.stands import Standing
from slawatch.rules.wishes import (
    ALL,
    SEVERAL,
    Choose,
    Exclude,
    Granted,
    Known,
    Update,
    Wish,
)
from slawatch.store import Store

log = structlog.get_logger()

#: The events that an outage has for certain.
_OUTAGES = (EventKind.OPENED, EventKind.REOPENED)


async def nobody(_customers: Collection[str]) -> None:
    """Where no daemon runs, nobody has to know."""


def no_recipients() -> Mapping[str, Recipients]:
    """Where nobody is mailed."""
    return {}


class Desk:
    """Where a wish becomes declarations, one at a time.

    `terms`: of each configured customer, at the moment of asking. `tell`: called with the customers about whom
    something was declared, once it is in the ledger. `recipients`: of each customer of whom somebody is mailed.
    `turn`: who holds it knows that nothing is declared meanwhile.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        terms: Callable[[], Mapping[str, Terms]],
        tell: Callable[[Collection[str]], Awaitable[None]] = nobody,
        recipients: Callable[[], Mapping[str, Recipients]] = no_recipients,
    ) -> None:
        self._store = store
        self._clock = clock
        self._terms = terms
        self._tell = tell
        self._recipients = recipients
        self.turn = asyncio.Lock()

    async def ask(self, wish: Wish) -> Document:
        """Declare what is wished, and owe what it owes; gives its `id` and `warnings`, lines for a person.

        Raises Refused, or StoreBusy.
        """
        async with self.turn:
            granted, _ = await self.trial(wish)
            await self._declare(granted)
        return {"id": granted.id, "warnings": list(granted.warnings)}

    async def trial(self, wish: Wish) -> tuple[Granted, Known]:
        """What would be declared and owed, and what that is judged by; nothing is. Raises Refused, or StoreBusy."""
        known, now = await self._known(), self._clock()
        known = await self._with_more(known, wish)
        return await asyncio.to_thread(grant, wish, known, now), known

    async def take_over(
        self,
        wanted: Mapping[str, Sequence[Exclusion]],
        recipients: Mapping[str, Recipients] | None = None,
        known: Mapping[str, Standing] | None = None,
    ) -> Mapping[str, Standing]:
        """Declare what the configuration says of these customers' windows now, where the ledger does not say it yet.

        What is news of it is owed to the `recipients`. Of a customer whom an older version watched, what it believed of
        the windows so far is believed still. So this comes before anything else is recorded of the customers. `known`:
        how it stands with them, where that is known already; gives how it stands then.
        """
        async with self.turn:
            if known is None:
                known = await standings(self._store, wanted)
            migrated, now = await self._to_be_migrated(wanted), self._clock()
            declarations = await asyncio.to_thread(reconcile, known, wanted, now, migrated)
            if not declarations:
                return known
            earlier = await self._store.messages(kind=MessageKind.MAINTENANCE) if recipients else ()
            owed = await asyncio.to_thread(announcing, declarations, known, earlier, recipients or {}, now)
            await self._store.declare(declarations, owed)
            _log(declarations)
            return await standings(self._store, wanted)

    async def _to_be_migrated(self, customers: Collection[str]) -> frozenset[str]:
        known = frozenset(await self._store.customers_with_terms()).intersection(customers)
        return known - await self._store.taken_over(known)

    async def maintenance(self) -> list[Document]:
        """Every window of every customer, by start, with whether it is left out of the figures, and why not."""
        known = await self._known()
        now = self._clock()

        def show() -> list[Document]:
            return [
                one
                for customer, stands in known.standings.items()
                for one in shown.windows(stands, known.terms.get(customer), known.messages, now)
            ]

        return await asyncio.to_thread(show)

    async def exclusions(self) -> list[Document]:
        """All force majeure, withdrawn or not."""
        stood = await standings(self._store, self._terms())
        return [one for stands in stood.values() for one in shown.majeure(stands)]

    async def outages(self) -> list[Document]:
        """Every outage, the latest first, with what was said of it."""
        stood = await standings(self._store, self._terms())
        return shown.outages(stood, await self._store.events())

    async def _known(self) -> Known:
        terms = self._terms()
        messages = await self._store.messages(kind=MessageKind.MAINTENANCE)
        outages = {event.outage: event.customer for event in await self._store.events() if event.kind in _OUTAGES}
        stood = await standings(self._store, terms)
        return Known(terms, stood, messages, outages, recipients=self._recipients())

    async def _with_more(self, known: Known, wish: Wish) -> Known:
        """What only some wishes are judged by."""
        match wish:
            case Exclude():
                return replace(known, promised=await self._promised(wish.customer))
            case Update():
                lasting = frozenset(one.id for one in await self._store.open_outages())
                return replace(known, lasting=lasting, owed=await self._store.messages(outage=wish.outage))
            case Choose():
                said = await self._store.declarations(wish.customer, kind=DeclarationKind.CONTACT_CHOSE)
                return replace(known, chosen=len(said))
        return known

    async def _promised(self, customer: str) -> dict[str, Agreed]:
        """What the ledger says was agreed with these customers, or with all that are configured."""
        customers = self._terms() if customer == ALL else customer.split(SEVERAL)
        found = {one: await agreed(self._store, one, None) for one in customers}
        return {one: each for one, each in found.items() if each is not None}

    async def _declare(self, granted: Granted) -> None:
        if not granted.declarations:
            return
        await self._store.declare(granted.declarations, granted.messages)
        _log(granted.declarations)
        await self._tell(frozenset(one.customer for one in granted.declarations))


def _log(declarations: Sequence[Declaration]) -> None:
    """One line for what was said at once of one thing, be it a series for a hundred customers; never an address."""
    said = Counter((str(one.kind), *_thing_and_who(one)) for one in declarations)
    for (kind, subject, who), count in said.items():
        log.info("declared", kind=kind, subject=subject, who=who, declarations=count)


def _thing_and_who(said: Declaration) -> tuple[str, str]:
    """What it is about, of an occurrence its series, and who said it; a contact by the name that its mails have."""
    if said.kind is DeclarationKind.CONTACT_CHOSE:
        contact = said.id.split("/")[1]
        return contact, contact
    return (said.subject.partition(".")[0] if said.kind in WINDOW_KINDS else said.subject), said.who
