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
from slawatch.account.ledger import agreed
from slawatch.clock import Clock
from slawatch.config import AHEAD
from slawatch.model import Declaration, EventKind, Exclusion, Instant, MessageKind, Terms
from slawatch.recurrence import BadRepeat, occurrences
from slawatch.rules import afterwards, windows
from slawatch.rules.agreed import Agreed
from slawatch.rules.announced import announcing
from slawatch.rules.calendar import moment
from slawatch.rules.configured import reconcile
from slawatch.rules.declared import WINDOW_KINDS, exclusions, standing
from slawatch.rules.document import Document
from slawatch.rules.meaning import length
from slawatch.rules.owed import Recipients
from slawatch.rules.proofs import mailed
from slawatch.rules.stands import Standing
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


def no_recipients() -> Mapping[str, Recipients]:
    """Where nobody is mailed."""
    return {}


class Desk:
    """Where a wish becomes declarations, one at a time.

    `terms`: of each configured customer, at the moment of asking. `tell`: called with the customers about whom
    something was declared, once it is in the ledger. `recipients`: of each customer of whom somebody is mailed.
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
        self._turn = asyncio.Lock()

    async def ask(self, wish: Wish) -> Document:
        """Declare what is wished, and owe what it owes; gives its `id` and `warnings`, lines for a person.

        Raises Refused, or StoreBusy.
        """
        async with self._turn:
            known, now = await self._known(), self._clock()
            if isinstance(wish, Exclude):
                known = replace(known, promised=await self._promised(wish.customer))
            granted = await asyncio.to_thread(_judge, wish, known, now)
            await self._declare(granted)
        return {"id": granted.id, "warnings": list(granted.warnings)}

    async def take_over(
        self, wanted: Mapping[str, Sequence[Exclusion]], recipients: Mapping[str, Recipients] | None = None
    ) -> None:
        """Declare what the configuration says of these customers' windows now, where the ledger does not say it yet.

        What is news of it is owed to the `recipients`. Of a customer whom an older version watched, what it believed of
        the windows so far is believed still. So this comes before anything else is recorded of the customers.
        """
        async with self._turn:
            standings = await self._standings(wanted)
            migrated = {one for one in wanted if await self._is_to_be_migrated(one)}
            now = self._clock()
            declarations = await asyncio.to_thread(reconcile, standings, wanted, now, migrated)
            if declarations:
                earlier = await self._store.messages(kind=MessageKind.MAINTENANCE) if recipients else ()
                owed = await asyncio.to_thread(announcing, declarations, standings, earlier, recipients or {}, now)
                await self._store.declare(declarations, owed)
                _log(declarations)

    async def _is_to_be_migrated(self, customer: str) -> bool:
        return await self._store.terms(customer) is not None and not await self._store.taken_over(customer)

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
        standings = await self._standings(self._terms())
        return [one for stands in standings.values() for one in shown.majeure(stands)]

    async def outages(self) -> list[Document]:
        """Every outage, the latest first, with what was said of it."""
        standings = await self._standings(self._terms())
        return shown.outages(standings, await self._store.events())

    async def _known(self) -> Known:
        terms = self._terms()
        messages = await self._store.messages(kind=MessageKind.MAINTENANCE)
        outages = {event.outage: event.customer for event in await self._store.events() if event.kind in _OUTAGES}
        standings = await self._standings(terms)
        return Known(terms, standings, messages, outages, recipients=self._recipients())

    async def _promised(self, customer: str) -> dict[str, Agreed]:
        """What the ledger says was agreed with the customer, or with all that are configured."""
        customers = self._terms() if customer == ALL else (customer,)
        found = {one: await agreed(self._store, one, None) for one in customers}
        return {one: each for one, each in found.items() if each is not None}

    async def _standings(self, customers: Collection[str]) -> dict[str, Standing]:
        """Of these customers, and of each other that something was declared about."""
        said = await self._store.declarations()

        def fold() -> dict[str, Standing]:
            by_customer: dict[str, list[Declaration]] = {customer: [] for customer in customers}
            for one in said:
                by_customer.setdefault(one.customer, []).append(one)
            return {customer: standing(own, customer) for customer, own in by_customer.items()}

        return await asyncio.to_thread(fold)

    async def _declare(self, granted: Granted) -> None:
        await self._store.declare(granted.declarations, granted.messages)
        _log(granted.declarations)
        await self._tell(frozenset(one.customer for one in granted.declarations))


def _judge(wish: Wish, known: Known, now: Instant) -> Granted:
    granted = _granted(wish, known, now)
    owed = announcing(granted.declarations, known.standings, known.messages, known.recipients, now)
    return replace(granted, messages=(*granted.messages, *owed))


def _granted(wish: Wish, known: Known, now: Instant) -> Granted:  # noqa: PLR0911 - one line a wish
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


async def in_force(store: Store, customer: str, as_of: Instant | None = None) -> tuple[Exclusion, ...]:
    """What may be left out of a customer's figures by what was declared and mailed, up to `as_of`."""
    said = await store.declarations(customer, as_of)
    messages = await store.messages(customer, kind=MessageKind.MAINTENANCE)

    def judge() -> tuple[Exclusion, ...]:
        stands = standing(said, customer, as_of)
        return exclusions(stands, mailed(messages, stands.voided, as_of))

    return await asyncio.to_thread(judge)


async def in_force_or(store: Store, customer: str, configured: Sequence[Exclusion]) -> tuple[Exclusion, ...]:
    """The same; until a daemon has taken the configuration's windows over, what that says beside it."""
    declared = await in_force(store, customer)
    if await store.terms(customer) is not None and await store.taken_over(customer):
        return declared
    known = {one.id for one in declared if one.id is not None}
    return (*(one for one in configured if one.id not in known), *declared)
