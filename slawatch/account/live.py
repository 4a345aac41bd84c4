"""The loop `account`: each customer's figures of this month, kept up to date look by look and published."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import structlog

from slawatch.account import ledger
from slawatch.account.counting import Tally
from slawatch.account.publish import budget, figures_of
from slawatch.clock import Clock
from slawatch.model import CheckId, Exclusion, ExclusionKind, Instant, Observation, Terms
from slawatch.replay import SETTLING, span
from slawatch.reporters.metrics import Metrics
from slawatch.rules import exclusions, records
from slawatch.rules.agreed import Agreed
from slawatch.rules.calendar import month, month_of
from slawatch.rules.records import CheckBook, forget
from slawatch.rules.statement import Span, Statement, judged_exclusions, settle
from slawatch.rules.timeline import Seen
from slawatch.store import Store, StoreBusy

log = structlog.get_logger()

#: How often the figures of customers that something was seen of are published, and those of all others.
PUBLISH_SECONDS = 1.0
PUBLISH_ALL_SECONDS = 15.0


@dataclass(slots=True)
class _Page:
    """One customer in the account: what was agreed with it, its books, and what was published of it.

    `month`: what was seen from its start on is in the books. `outdated`: they have to be read from the ledger again,
    and what is committed until then stands in `arrived` too.
    """

    agreed: Agreed
    declared: tuple[Exclusion, ...]
    books: dict[str, CheckBook]
    month: str
    tally: Tally
    outdated: bool = True
    arrived: list[Observation] = field(default_factory=list)
    previous: Statement | None = None
    previous_due: Instant | None = 0  # when last month is read from the ledger (again)

    @property
    def terms(self) -> Terms:
        return self.agreed.latest

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.terms.timezone)


class Account:
    """Figures of all customers. `applied` after each commit; `run` publishes."""

    def __init__(self, store: Store, clock: Clock, metrics: Metrics) -> None:
        self._store = store
        self._clock = clock
        self._metrics = metrics
        self._pages: dict[str, _Page] = {}
        self._touched: set[str] = set()
        self._failing = False
        self.latest: dict[CheckId, Observation] = {}

    @property
    def customers(self) -> frozenset[str]:
        """Who is in the account."""
        return frozenset(self._pages)

    async def open(self, agreed: Agreed, declared: Sequence[Exclusion]) -> dict[str, CheckBook]:
        """Take a customer in, with its books as the ledger has them; gives these books, to be read only."""
        now = self._clock()
        terms = agreed.latest
        page = _Page(agreed, tuple(declared), records.books(agreed), _month(terms, now), Tally(now))
        self._pages[terms.customer] = page
        await self._read(page)
        self.latest.update({one.check: one for one in await self._store.latest(terms.customer)})
        self._touched.add(terms.customer)
        return page.books

    def configure(self, wanted: Mapping[str, tuple[Agreed, tuple[Exclusion, ...]]]) -> None:
        """What is agreed with and declared to who is in; who is not wanted any more goes. New ones come by `open`.

        Terms hold from their date on, so what the books say of the time before stays as it is.
        """
        for customer in self._pages.keys() - wanted.keys():
            del self._pages[customer]
        for customer, page in self._pages.items():
            agreed, declared = wanted[customer]
            if agreed != page.agreed:
                page.outdated |= agreed.versions[: len(page.agreed.versions)] != page.agreed.versions
                page.books = records.books(agreed) | page.books
                for name, book in page.books.items():
                    book.check, book.policy = agreed.checks[name], agreed.policy(name)
            page.agreed, page.declared, page.previous_due = agreed, declared, 0
        self._touched.update(self._pages)

    def declare(self, customer: str, declared: Sequence[Exclusion]) -> None:
        """These windows and exclusions are in force for a customer that is in, from the next publishing on."""
        page = self._pages[customer]
        page.declared, page.previous_due = tuple(declared), 0
        self._touched.add(customer)

    def applied(self, observations: Sequence[Observation]) -> None:
        """These looks are in the ledger."""
        for one in observations:
            self.latest[one.check] = one
            page = self._pages.get(one.check.customer)
            if page is None:
                continue
            if page.outdated:
                page.arrived.append(one)
            _enter(page.books, (one,))
            self._touched.add(one.check.customer)

    def statement(self, customer: str, now: Instant) -> Statement:
        """This month to date."""
        page = self._pages[customer]
        which = span(_month(page.terms, now), page.zone, now)
        return settle(page.agreed, which, records.records(page.books), page.declared)

    async def run(self) -> None:
        """Publish until cancelled."""
        last_all = 0.0
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() - last_all >= PUBLISH_ALL_SECONDS
            if due:
                last_all = loop.time()
            await self.publish(everyone=due)
            await asyncio.sleep(PUBLISH_SECONDS)

    async def publish(self, *, everyone: bool) -> None:
        """The figures of `everyone`, or of every customer that something was seen of since the last time."""
        touched, self._touched = self._touched, set()
        if everyone:
            touched = set(self._pages)
        for customer in touched:
            page = self._pages.get(customer)
            if page is not None:
                await self._publish(page)
                await asyncio.sleep(0)

    async def _publish(self, page: _Page) -> None:
        now = self._clock()
        try:
            await self._turn_over(page, now)
            self._failing = False
        except StoreBusy as busy:  # what is in memory goes on; the rest is read as soon as it can be
            if not self._failing:
                log.error("account.waiting", reason=str(busy))
            self._failing = True
        if self._pages.get(page.terms.customer) is not page:
            return  # a reload took it out meanwhile
        page.tally.count(page.agreed, page.books, page.declared, now, self._metrics)
        statement = self.statement(page.terms.customer, now)
        whole = month(statement.span.month, page.zone)
        excluded = exclusions.flatten(judged_exclusions(page.agreed, page.declared), whole)
        self._metrics.figures(
            page.terms.customer, figures_of(statement, page.previous, whole, budget(page.agreed, whole, excluded))
        )
        running = [
            one.ends
            for one in statement.exclusions
            if one.exclusion.kind is ExclusionKind.MAINTENANCE and one.starts <= now < one.ends
        ]
        self._metrics.maintenance(page.terms.customer, active=bool(running), ends=max(running, default=None))

    async def _turn_over(self, page: _Page, now: Instant) -> None:
        """Have the books of this month, and last month's statement. Raises StoreBusy; then call again."""
        this_month = _month(page.terms, now)
        if this_month != page.month:
            page.outdated |= this_month < page.month  # the clock was set back, to what may be forgotten
            page.month, page.previous, page.previous_due = this_month, None, 0
        await self._read(page)
        if page.previous_due is None or now < page.previous_due:
            return
        starts = month(this_month, page.zone).starts
        settled = now >= starts + SETTLING
        page.previous_due = None if settled else starts + SETTLING  # a reload while it is read makes it due again
        try:
            page.previous = await self._previous(page, starts, now)
        except StoreBusy:
            page.previous_due = 0
            raise
        if settled:
            forget(page.books, page.agreed.ever_counting, min(starts, page.tally.until))

    async def _read(self, page: _Page) -> None:
        """The books anew from the ledger, where they are outdated; what is committed meanwhile is in them too."""
        while page.outdated:
            agreed, starts = page.agreed, month(page.month, page.zone).starts
            books = await ledger.books(self._store, agreed, starts, self._clock() + 1)
            if page.outdated and page.agreed is agreed:
                _enter(books, page.arrived)
                page.books, page.outdated, page.arrived = books, False, []

    async def _previous(self, page: _Page, starts: Instant, now: Instant) -> Statement:
        """Last month from the ledger, as of its close or, before that, as of now."""
        name = _month(page.terms, starts)
        which = Span(name, month(name, page.zone), complete=True, as_of=min(now, starts + SETTLING))
        return await ledger.statement(self._store, page.agreed, which, page.declared)


def _month(terms: Terms, now: Instant) -> str:
    """The month that runs at `now`; at its very end still that month, since of the next nothing has passed."""
    return month_of(now - 1, ZoneInfo(terms.timezone))


def _enter(books: Mapping[str, CheckBook], observations: Iterable[Observation]) -> None:
    """Add looks to the books that they are for; what was read from the ledger stands there already."""
    for one in observations:
        book = books.get(one.check.name)
        if book is not None and one.at > book.own.track.at:
            seen = Seen(one.at, one.look.verdict, one.look.cause, one.holds)
            book.add(seen, one.look.milliseconds, recheck=one.recheck)
