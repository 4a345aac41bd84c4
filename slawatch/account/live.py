"""The loop `account`: each customer's figures of this month, kept up to date look by look and published."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

import structlog

from slawatch.account import last_month, ledger
from slawatch.account.checkpoint import Checkpoint
from slawatch.account.counting import Tally
from slawatch.account.last_month import LastMonth
from slawatch.account.publish import figures_of, show_moved
from slawatch.account.resuming import resume
from slawatch.account.to_date import MonthToDate
from slawatch.clock import Clock
from slawatch.model import MINUTE, SECOND, CheckId, Exclusion, ExclusionKind, Instant, Micros, Observation
from slawatch.replay import SETTLING
from slawatch.reporters.metrics import Metrics
from slawatch.rules.agreed import Agreed
from slawatch.rules.exclusions import JudgedExclusion
from slawatch.rules.records import CheckBook
from slawatch.rules.statement import Statement
from slawatch.rules.steady import Moving
from slawatch.store import Store, StoreBusy

log = structlog.get_logger()

#: How often the figures of customers that something was seen of are published, and how old those of all others get.
PUBLISH_SECONDS = 1.0
FRESH: Micros = 15 * SECOND
#: So long at most nothing is added up for good while the figures move steadily.
LONGEST: Micros = 10 * MINUTE


@dataclass(slots=True)
class _Page:
    """One customer in the account: its month to date, how far it is counted, and last month."""

    to_date: MonthToDate
    tally: Tally
    previous: LastMonth | None = None
    previous_due: Instant | None = 0  # when last month is read from the ledger (again)
    whole: LastMonth | None = None  # last month, once no look of it can still come
    published: Instant = 0
    moving: Moving | None = None  # what was published last, while that moves steadily
    complete: bool = True  # all that the ledger has of the customer is in its books

    def agree(self, agreed: Agreed, declared: Sequence[Exclusion]) -> None:
        """These terms and exclusions are in force; last month is due again where it is not the same by these."""
        to_date, last = self.to_date, self.previous
        to_date.agree(agreed, declared)
        self.moving = None
        if last is None or not last.stands(agreed, to_date.judged, to_date.starts):
            self.previous_due = 0


class Onlooker(Protocol):
    """Who hears of each customer's figures as they are published."""

    def changes(self, before: Moving, now: Moving) -> bool:
        """Whether the statement is wanted, where figures moved steadily."""

    def published(self, statement: Statement, judged: Sequence[JudgedExclusion], budget: Fraction) -> None:
        """`judged`: all that is declared to the customer. `budget`: the whole month's, in microseconds."""


class Account:
    """Figures of all customers. `applied` after each commit; `run` publishes, which the `onlooker` hears of."""

    def __init__(self, store: Store, clock: Clock, metrics: Metrics, onlooker: Onlooker | None = None) -> None:
        self._store = store
        self._clock = clock
        self._metrics = metrics
        self._onlooker = onlooker
        self._pages: dict[str, _Page] = {}
        self._touched: set[str] = set()
        self._failing = False
        self.latest: dict[CheckId, Observation] = {}

    @property
    def customers(self) -> frozenset[str]:
        """Who is in the account."""
        return frozenset(self._pages)

    def __contains__(self, customer: str) -> bool:
        """Whether this customer is in the account."""
        return customer in self._pages

    async def open(self, wanted: Mapping[str, tuple[Agreed, Sequence[Exclusion]]]) -> dict[str, dict[str, CheckBook]]:
        """Take customers in, by what is agreed with and declared to each, with their books as the ledger has them.

        Gives these books, to be read only. Raises StoreBusy.
        """
        now = self._clock()
        pages = {customer: _Page(MonthToDate(*theirs, now), Tally(now)) for customer, theirs in wanted.items()}
        self._pages.update(pages)
        resumed = await resume(self._store, {customer: page.to_date for customer, page in pages.items()}, now)
        for customer, page in pages.items():
            found = resumed.get(customer)
            if found is not None and found.last_month is not None:
                page.previous, page.previous_due, page.whole = found.last_month, None, found.last_month
            await self._read(page.to_date)
            page.to_date.settle(now, page.tally.until)
            latest = await self._store.latest(customer) if found is None else found.latest
            page.complete = all(one.at <= self._clock() for one in latest)  # else the clock was set back
            self.latest.update({one.check: one for one in latest})
            self._touched.add(customer)
        return {customer: page.to_date.books for customer, page in pages.items()}

    async def checkpoint(self, customer: str) -> Checkpoint | None:
        """Where a customer stands, as far as the ledger has it; None while that is not known. Raises StoreBusy."""
        page = self._pages.get(customer)
        if page is None or not page.complete:
            return None
        to_date, last = page.to_date, page.previous
        if last is not None and last.settled and last is not page.whole:
            page.whole = last if await last_month.whole(self._store, to_date.agreed, last) else None
        kept = page.whole if page.whole is page.previous else None  # it may have been read anew meanwhile
        if kept is not None and not kept.stands(to_date.agreed, to_date.judged, to_date.starts):
            kept = None
        return to_date.checkpoint(kept)

    def configure(self, wanted: Mapping[str, tuple[Agreed, tuple[Exclusion, ...]]]) -> None:
        """What is agreed with and declared to who is in; who is not wanted any more goes. New ones come by `open`.

        Terms hold from their date on, so what the books say of the time before stays as it is.
        """
        for customer in self._pages.keys() - wanted.keys():
            del self._pages[customer]
        for customer, page in self._pages.items():
            page.agree(*wanted[customer])
        self._touched.update(self._pages)

    def declare(self, customer: str, declared: Sequence[Exclusion]) -> None:
        """These windows and exclusions are in force for a customer that is in, from the next publishing on."""
        page = self._pages[customer]
        page.agree(page.to_date.agreed, declared)
        self._touched.add(customer)

    def judged(self, customer: str) -> tuple[JudgedExclusion, ...]:
        """What is declared to a customer that is in, judged by what was agreed."""
        return self._pages[customer].to_date.judged

    def applied(self, observations: Sequence[Observation]) -> None:
        """These looks are in the ledger."""
        for one in observations:
            self.latest[one.check] = one
            page = self._pages.get(one.check.customer)
            if page is None:
                continue
            page.to_date.add(one)
            if page.previous is not None and page.previous.may_change(one):
                page.previous_due, page.moving = 0, None
            self._touched.add(one.check.customer)

    def statement(self, customer: str, now: Instant) -> Statement:
        """This month to date."""
        return self._pages[customer].to_date.statement(now)

    def budget(self, customer: str) -> Fraction:
        """How many microseconds of this month may be down."""
        to_date = self._pages[customer].to_date
        return to_date.budget(to_date.month)[1]

    async def run(self, alive: Callable[[], None] = lambda: None) -> None:
        """Publish until cancelled. `alive` is called in each round and after each customer."""
        while True:
            alive()
            await self.publish(everyone=False, alive=alive)
            await asyncio.sleep(PUBLISH_SECONDS)

    async def publish(self, *, everyone: bool, alive: Callable[[], None] = lambda: None) -> None:
        """The figures of `everyone`, or of every customer that something was seen of since the last time, and of those
        whose figures are not fresh any more.
        """
        touched, self._touched = self._touched, set()
        now = self._clock()
        for customer, page in list(self._pages.items()):
            due = everyone or customer in touched or abs(now - page.published) >= FRESH
            if due and self._pages.get(customer) is page:
                await self._publish(customer, page)
                alive()
                await asyncio.sleep(0)

    async def _publish(self, customer: str, page: _Page) -> None:
        now, to_date = self._clock(), page.to_date
        page.published = now
        if self._goes_on(page, now):
            return
        try:
            await self._turn_over(page, now)
            self._failing = False
        except StoreBusy as busy:  # what is in memory goes on; the rest is read as soon as it can be
            if not self._failing:
                log.error("account.waiting", reason=str(busy))
            self._failing = True
        if self._pages.get(customer) is not page:
            return  # a reload took it out meanwhile
        page.tally.count(to_date.agreed, to_date.books, to_date.records, to_date.judged, now, self._metrics)
        to_date.settle(now, page.tally.until)
        statement = to_date.statement(now)
        whole, allowed = to_date.budget(statement.span.month)
        slow = to_date.may_be_slow(statement)
        self._metrics.figures(customer, figures_of(statement, page.previous, whole, allowed, slow))
        running = [
            one.ends
            for one in statement.exclusions
            if one.exclusion.kind is ExclusionKind.MAINTENANCE and one.starts <= now < one.ends
        ]
        self._metrics.maintenance(customer, active=bool(running), ends=max(running, default=None))
        if self._onlooker is not None:
            self._onlooker.published(statement, to_date.judged, allowed)
        until = now + LONGEST if page.previous_due is None else min(now + LONGEST, page.previous_due)
        page.moving = to_date.steady(statement, page.tally.until, min(until, whole.ends))

    def _goes_on(self, page: _Page, now: Instant) -> bool:
        """Publish what moved since, where the figures move steadily; gives whether they do."""
        before = page.moving
        if before is None:
            return False
        page.moving = page.to_date.go_on(before, now)
        if page.moving is None:
            return False
        page.tally.go_on(before.steady, page.to_date.books, now, self._metrics)
        show_moved(self._metrics, before, page.moving)
        if self._onlooker is not None and self._onlooker.changes(before, page.moving):
            statement = page.to_date.statement(now)
            _, allowed = page.to_date.budget(statement.span.month)
            self._onlooker.published(statement, page.to_date.judged, allowed)
        return True

    async def _turn_over(self, page: _Page, now: Instant) -> None:
        """Have the books of this month, and last month's statement. Raises StoreBusy; then call again."""
        to_date = page.to_date
        if to_date.turn(now):
            page.previous, page.previous_due = None, 0
        await self._read(to_date)
        if page.previous_due is None or now < page.previous_due:
            return
        starts = to_date.starts
        settled = now >= starts + SETTLING
        page.previous_due = None if settled else starts + SETTLING
        try:
            page.previous = await self._previous(to_date, now)
        except StoreBusy:
            page.previous_due = 0
            raise
        if not page.previous.stands(to_date.agreed, to_date.judged, to_date.starts):
            page.previous_due = 0
        if settled:
            to_date.forget_outages()

    async def _read(self, to_date: MonthToDate) -> None:
        """The books anew from the ledger, where they are outdated; what is committed meanwhile is in them too."""
        while to_date.outdated:
            agreed, before = to_date.agreed, to_date.books
            until = max(self._clock(), to_date.seen_until) + 1
            books = await ledger.books(self._store, agreed, to_date.starts, until)
            if to_date.agreed is agreed and to_date.books is before:  # else others read it, or have to
                to_date.read(books)

    async def _previous(self, to_date: MonthToDate, now: Instant) -> LastMonth:
        """Last month from the ledger, as of its close or, before that, as of now."""
        return await last_month.read(self._store, to_date.agreed, to_date.declared, to_date.starts, now)
