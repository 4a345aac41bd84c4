"""The desk where people declare: reads what stands, has the rules judge a wish, writes, and tells who must know.

A series of windows is hundreds of declarations a customer, so what goes through all of them leaves the event loop free.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

import structlog

from slawatch.account import shown
from slawatch.account.in_force import standings
from slawatch.account.ledger import agreed
from slawatch.clock import Clock
from slawatch.config import AHEAD
from slawatch.model import Declaration, EventKind, Exclusion, Instant, MessageKind, Terms
from slawatch.recurrence import BadRepeat, occurrences
from slawatch.rules import afterwards, windows
from slawatch.rules.agreed import Agreed
from slawatch.rules.calendar import moment
from slawatch.rules.configured import reconcile
from slawatch.rules.declared import WINDOW_KINDS, Standing
from slawatch.rules.document import Document
from slawatch.rules.meaning import length
from slawatch.rules.wishes import (
    ALL,
    Acknowledge,
    Announce,
    Cancel,
    End,
    Exclude,
    Granted,
    Known,
    Move,
    Refused,
    Remark,
    Void,
    Wish,
    Withdraw,
)
from slawatch.rules.wording import customers_of
from slawatch.store import Store

log = structlog.get_logger()

#: The events that an outage has for certain.
_OUTAGES = (EventKind.OPENED, EventKind.REOPENED)


async def nobody(_customers: Collection[str]) -> None:
    """Where no daemon runs, nobody has to know."""


class Desk:
    """Where a wish becomes declarations, one at a time.

    `terms`: of each configured customer, at the moment of asking. `tell`: called with the customers about whom
    something was declared, once it is in the ledger.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        terms: Callable[[], Mapping[str, Terms]],
        tell: Callable[[Collection[str]], Awaitable[None]] = nobody,
    ) -> None:
        self._store = store
        self._clock = clock
        self._terms = terms
        self._tell = tell
        self._turn = asyncio.Lock()

    async def ask(self, wish: Wish) -> Document:
        """Declare what is wished; gives its `id` and `warnings`, lines for a person. Raises Refused, or StoreBusy."""
        async with self._turn:
            known, now = await self._known(), self._clock()
            if isinstance(wish, Exclude):
                known = replace(known, promised=await self._promised(wish.customer))
            granted = await asyncio.to_thread(_judge, wish, known, now)
            await self._declare(granted.declarations)
        return {"id": granted.id, "warnings": list(granted.warnings)}

    async def take_over(
        self, wanted: Mapping[str, Sequence[Exclusion]], known: Mapping[str, Standing] | None = None
    ) -> Mapping[str, Standing]:
        """Declare what the configuration says of these customers' windows now, where the ledger does not say it yet.

        Of a customer whom an older version watched, what it believed of the windows so far is believed still. So this
        comes before anything else is recorded of the customers. `known`: how it stands with them, where that is known
        already; gives how it stands then.
        """
        async with self._turn:
            if known is None:
                known = await standings(self._store, wanted)
            migrated = await self._to_be_migrated(wanted)
            declarations = await asyncio.to_thread(reconcile, known, wanted, self._clock(), migrated)
            if not declarations:
                return known
            await self._store.declare(declarations)
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
        found = await standings(self._store, self._terms())
        return [one for stands in found.values() for one in shown.majeure(stands)]

    async def outages(self) -> list[Document]:
        """Every outage, the latest first, with what was said of it."""
        found = await standings(self._store, self._terms())
        return shown.outages(found, await self._store.events())

    async def _known(self) -> Known:
        terms = self._terms()
        messages = await self._store.messages(kind=MessageKind.MAINTENANCE)
        outages = {event.outage: event.customer for event in await self._store.events() if event.kind in _OUTAGES}
        return Known(terms, await standings(self._store, terms), messages, outages)

    async def _promised(self, customer: str) -> dict[str, Agreed]:
        """What the ledger says was agreed with the customer, or with all that are configured."""
        customers = self._terms() if customer == ALL else (customer,)
        found = {one: await agreed(self._store, one, None) for one in customers}
        return {one: each for one, each in found.items() if each is not None}

    async def _declare(self, declarations: Sequence[Declaration]) -> None:
        await self._store.declare(declarations)
        _log(declarations)
        await self._tell(frozenset(one.customer for one in declarations))


def _judge(wish: Wish, known: Known, now: Instant) -> Granted:  # noqa: PLR0911 - one line a wish
    match wish:
        case Announce():
            return windows.announce(wish, known, now, _occurrences(wish, known, now))
        case End():
            return windows.end(wish, known, now)
        case Cancel():
            return windows.cancel(wish, known, now)
        case Move():
            return windows.move(wish, known, now)
        case Exclude():
            return afterwards.exclude(wish, known, now)
        case Withdraw():
            return afterwards.withdraw(wish, known, now)
        case Void():
            return afterwards.void(wish, known, now)
        case Remark():
            return afterwards.remark(wish, known, now)
        case Acknowledge():
            return afterwards.acknowledge(wish, known, now)


def _occurrences(wish: Announce, known: Known, now: Instant) -> tuple[tuple[Instant, Instant], ...]:
    """Of a window that comes again, what comes within AHEAD, at the same wall-clock times. Raises Refused."""
    if wish.repeat is None:
        return ()
    zone = ZoneInfo(known.terms[customers_of(wish.customer, known)[0]].timezone)
    starts, ends = (moment(at).astimezone(zone).replace(tzinfo=None) for at in (wish.starts, wish.ends))
    try:
        found = occurrences(wish.repeat, starts, ends, zone, now + AHEAD)
    except BadRepeat as error:
        raise Refused(f"repeat: {error}") from None
    if not found:
        raise Refused(f"starts: nothing comes within {length(AHEAD)}, expected an earlier time")
    return found


def _log(declarations: Sequence[Declaration]) -> None:
    """One line for what was said at once of one thing, be it a series for a hundred customers."""
    said = Counter((str(one.kind), _thing(one), one.who) for one in declarations)
    for (kind, subject, who), count in said.items():
        log.info("declared", kind=kind, subject=subject, who=who, declarations=count)


def _thing(said: Declaration) -> str:
    """What it is about; of an occurrence its series."""
    return said.subject.partition(".")[0] if said.kind in WINDOW_KINDS else said.subject
