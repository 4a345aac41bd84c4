"""The loop `account`: each customer's figures of this month, kept up to date look by look and published."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from slawatch.account import ledger
from slawatch.account.publish import figures_of
from slawatch.clock import Clock
from slawatch.model import SECOND, CheckId, Exclusion, ExclusionKind, Instant, Observation, Terms
from slawatch.replay import SETTLING, span
from slawatch.reporters.metrics import Metrics
from slawatch.rules import availability, exclusions, records
from slawatch.rules.calendar import Period, month, month_of
from slawatch.rules.records import CheckBook, forget, settled_until
from slawatch.rules.statement import Span, Statement, settle
from slawatch.rules.timeline import Rating, Seen
from slawatch.store import Store

#: How often the figures of customers that something was seen of are published, and those of all others.
PUBLISH_SECONDS = 1.0
PUBLISH_ALL_SECONDS = 15.0


@dataclass(slots=True)
class _Page:
    """One customer in the account: its terms, books, and what was published of it."""

    terms: Terms
    declared: tuple[Exclusion, ...]
    books: dict[str, CheckBook]
    month: str
    counted_until: Instant
    previous: Statement | None = None
    previous_due: Instant | None = 0  # when last month is read from the ledger (again)


class Account:
    """Figures of all customers. `applied` after each commit; `run` publishes."""

    def __init__(self, store: Store, clock: Clock, metrics: Metrics) -> None:
        self._store = store
        self._clock = clock
        self._metrics = metrics
        self._pages: dict[str, _Page] = {}
        self._touched: set[str] = set()
        self.latest: dict[CheckId, Observation] = {}

    @property
    def customers(self) -> frozenset[str]:
        """Who is in the account."""
        return frozenset(self._pages)

    async def open(self, terms: Terms, declared: Sequence[Exclusion]) -> dict[str, CheckBook]:
        """Take a customer in, with its books as the ledger has them; gives these books, to be read only."""
        now = self._clock()
        zone = ZoneInfo(terms.timezone)
        this_month = month_of(now, zone)
        books = await ledger.books(self._store, terms, month(this_month, zone).starts, now + 1)
        self._pages[terms.customer] = _Page(terms, tuple(declared), books, this_month, now)
        self.latest.update({one.check: one for one in await self._store.latest(terms.customer)})
        self._touched.add(terms.customer)
        return books

    def configure(self, wanted: Mapping[str, tuple[Terms, tuple[Exclusion, ...]]]) -> None:
        """New terms for customers that are in; who is not wanted any more goes. New ones come by `open`."""
        for customer in self._pages.keys() - wanted.keys():
            del self._pages[customer]
        for customer, page in self._pages.items():
            terms, declared = wanted[customer]
            page.books = {
                name: page.books[name] if name in page.books else CheckBook(check, terms.confirm)
                for name, check in terms.checks.items()
            }
            for name, book in page.books.items():
                book.check, book.confirm = terms.checks[name], terms.confirm
            page.terms, page.declared, page.previous_due = terms, declared, 0
        self._touched.update(self._pages)

    def applied(self, observations: Sequence[Observation]) -> None:
        """These looks are in the ledger."""
        for one in observations:
            check = one.check
            self.latest[check] = one
            page = self._pages.get(check.customer)
            if page is None or check.name not in page.books:
                continue
            seen = Seen(one.at, one.look.verdict, one.look.cause, one.holds)
            page.books[check.name].add(seen, one.look.milliseconds, recheck=one.recheck)
            self._touched.add(check.customer)

    def statement(self, customer: str, now: Instant) -> Statement:
        """This month to date."""
        page = self._pages[customer]
        which = span(month_of(now, ZoneInfo(page.terms.timezone)), ZoneInfo(page.terms.timezone), now)
        return settle(page.terms, which, records.records(page.books), page.declared)

    async def run(self) -> None:
        """Publish until cancelled."""
        last_all = 0.0
        loop = asyncio.get_running_loop()
        while True:
            if loop.time() - last_all >= PUBLISH_ALL_SECONDS:
                last_all = loop.time()
                self._touched.update(self._pages)
            while self._touched:
                customer = self._touched.pop()
                if customer in self._pages:
                    await self._publish(self._pages[customer])
                    await asyncio.sleep(0)
            await asyncio.sleep(PUBLISH_SECONDS)

    async def _publish(self, page: _Page) -> None:
        now = self._clock()
        zone = ZoneInfo(page.terms.timezone)
        self._count(page, now)
        this_month = month_of(now, zone)
        whole = month(this_month, zone)
        if this_month != page.month:
            page.month, page.previous_due = this_month, whole.starts + SETTLING
            page.previous = await self._previous(page, whole.starts, now)
            for book in page.books.values():
                forget(book, whole.starts)
        if page.previous_due is not None and now >= page.previous_due:
            page.previous_due = None if now >= whole.starts + SETTLING else whole.starts + SETTLING
            page.previous = await self._previous(page, whole.starts, now)
        statement = self.statement(page.terms.customer, now)
        judged = (exclusions.judge(one, page.terms.maintenance, zone) for one in page.declared)
        excluded = exclusions.flatten(judged, whole)
        self._metrics.figures(page.terms.customer, figures_of(statement, page.previous, whole, excluded))
        running = [
            one.ends
            for one in statement.exclusions
            if one.exclusion.kind is ExclusionKind.MAINTENANCE and one.starts <= now < one.ends
        ]
        self._metrics.maintenance(page.terms.customer, active=bool(running), ends=max(running, default=None))

    async def _previous(self, page: _Page, starts: Instant, now: Instant) -> Statement:
        """Last month from the ledger, as of its close or, before that, as of now."""
        zone = ZoneInfo(page.terms.timezone)
        name = month_of(starts - 1, zone)
        which = Span(name, month(name, zone), complete=True, as_of=min(now, starts + SETTLING))
        return await ledger.statement(self._store, page.terms, which, page.declared)

    def _count(self, page: _Page, now: Instant) -> None:
        """Add to the counters what no later look can change."""
        watched = [page.books[name] for name in page.terms.availability.checks]
        until = min(settled_until(book, now) for book in watched)
        if until <= page.counted_until:
            return
        period = Period(page.counted_until, until)
        page.counted_until = until
        which = Span(page.month, period, complete=False, as_of=now)
        seen = settle(page.terms, which, records.records(page.books), page.declared)
        customer = page.terms.customer
        for objective, booking in (("availability", seen.booking), ("network", seen.network)):
            if booking is not None:
                self._metrics.seconds(
                    customer,
                    objective,
                    bad=booking.down / SECOND,
                    eligible=booking.measured / SECOND,
                    excluded={kind: length / SECOND for kind, length in booking.excluded.items()},
                    unknown=booking.unknown / SECOND,
                )
        for page_name in page.terms.speed.pages:
            self._count_loads(page, page_name, seen)

    def _count_loads(self, page: _Page, name: str, seen: Statement) -> None:
        loads = page.books[name].loads
        within = page.terms.speed.within_milliseconds
        for stretch in availability.outside(seen.timeline, seen.excluded):
            if stretch.rating >= Rating.LENIENT_UP:
                continue
            for took in loads.between(stretch.starts, stretch.ends):
                self._metrics.load(page.terms.customer, name, took, slow=took is None or took > within)
