"""One customer's month to date: added up as far as no later look changes it, and from there on in the books."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from zoneinfo import ZoneInfo

from slawatch.account.checkpoint import Checkpoint
from slawatch.account.last_month import LastMonth
from slawatch.account.publish import budget
from slawatch.model import MINUTE, Exclusion, Instant, Micros, Observation, Terms
from slawatch.replay import span
from slawatch.rules import exclusions, records, steady
from slawatch.rules.agreed import Agreed
from slawatch.rules.calendar import Period, month, month_of
from slawatch.rules.coming import Coming, coming
from slawatch.rules.piece import CheckRecord
from slawatch.rules.records import CheckBook
from slawatch.rules.rows import ObservationRow, instant_of
from slawatch.rules.statement import Statement, conclude, judged_exclusions
from slawatch.rules.steady import Moving
from slawatch.rules.timeline import Seen
from slawatch.rules.totals import Totals

#: The least that is added up at once: what is newer costs little to go through each time.
STEP: Micros = MINUTE


class MonthToDate:
    """What was agreed with a customer and declared to it, its books, and the totals of the month before them.

    `outdated`: something changed what is added up already, so the books have to be read from the ledger again; what
    is committed until then stands in `arrived` too. Until then the figures of that time stay as they were.
    """

    def __init__(self, agreed: Agreed, declared: Sequence[Exclusion], now: Instant) -> None:
        self.agreed = agreed
        self.declared = tuple(declared)
        self.judged = judged_exclusions(agreed, declared)
        self.books = records.books(agreed)
        self.month = month_at(agreed.latest, now)
        self.outdated = True
        self.arrived: list[Observation] = []
        self._totals = Totals(self.starts)
        self._records: dict[str, CheckRecord] | None = None
        self._budgets: dict[str, tuple[Period, Fraction]] = {}
        self._coming: dict[str, Coming] = {}

    @property
    def terms(self) -> Terms:
        return self.agreed.latest

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.terms.timezone)

    @property
    def starts(self) -> Instant:
        return month(self.month, self.zone).starts

    @property
    def records(self) -> dict[str, CheckRecord]:
        """What the books say; made anew only when they changed."""
        if self._records is None:
            self._records = records.records(self.books)
        return self._records

    @property
    def seen_until(self) -> Instant:
        """The latest look in the books."""
        return max((book.own.track.at for book in self.books.values()), default=0)

    def agree(self, agreed: Agreed, declared: Sequence[Exclusion]) -> None:
        """These terms and exclusions are in force."""
        if (agreed, tuple(declared)) == (self.agreed, self.declared):
            return
        if agreed != self.agreed:
            known = len(self.agreed.versions)
            changed = min((at for at, _ in agreed.versions[known:]), default=self._totals.until)
            self.outdated |= agreed.versions[:known] != self.agreed.versions or changed < self._totals.until
            self.books = records.books(agreed) | self.books
            for name, book in self.books.items():
                book.check, book.policy = agreed.checks[name], agreed.policy(name)
            self._records = None
        judged = judged_exclusions(agreed, declared)
        added = Period(self._totals.starts, self._totals.until)
        self.outdated |= exclusions.flatten(judged, added) != exclusions.flatten(self.judged, added)
        self.agreed, self.declared, self.judged = agreed, tuple(declared), judged
        self._budgets.clear()
        self._coming.clear()

    def add(self, one: Observation) -> None:
        """A look that is in the ledger; what was read from there stands in the books already."""
        if self.outdated:
            self.arrived.append(one)
        book = self.books.get(one.check.name)
        if book is None or one.at <= book.own.track.at:
            return
        if self._totals.begun:
            self.outdated |= any(records.changed_from(lane, one.at) < self._totals.until for lane in book.lanes)
        self._records = None
        book.add(Seen(one.at, one.look.verdict, one.look.cause, one.holds), one.look.milliseconds, recheck=one.recheck)

    def read(self, books: dict[str, CheckBook]) -> None:
        """These are the books as the ledger has them since the month began; what arrived meanwhile goes on top."""
        self.books, self._records = books, None
        self.outdated, self._totals = False, Totals(self.starts)
        self._add_arrived()

    def checkpoint(self, last_month: LastMonth | None) -> Checkpoint | None:
        """Where the month stands, with the one before; None while the books are outdated."""
        if self.outdated:
            return None
        return Checkpoint.of(self.agreed, self.judged, self.books, self._totals, last_month)

    def serves(self, stood: Checkpoint, now: Instant) -> bool:
        """Whether the ledger, as it is read at `now`, goes on from there."""
        return stood.serves(self.agreed, self.judged, self.starts, now)

    def resume(self, stood: Checkpoint, since: Mapping[str, Sequence[ObservationRow]]) -> None:
        """Go on from there, with the looks of each check `since` then; what arrived meanwhile goes on top."""
        self.books = records.books(self.agreed) | {
            name: kept.book(self.agreed, name) for name, kept in stood.books.items()
        }
        self.outdated, self._totals = False, stood.totals()
        for name, rows in since.items():
            self._follow(self.books[name], rows)
        self._add_arrived()

    def _follow(self, book: CheckBook, rows: Sequence[ObservationRow]) -> None:
        """What the first changes of the time that is added up, no later one changes further back."""
        if rows and self._totals.begun:
            first = instant_of(rows[0])
            self.outdated |= any(records.changed_from(lane, first) < self._totals.until for lane in book.lanes)
        self._records = None
        book.feed(rows)

    def _add_arrived(self) -> None:
        arrived, self.arrived = self.arrived, []
        for one in arrived:
            self.add(one)

    def turn(self, now: Instant) -> bool:
        """Go to the month that runs at `now`; gives whether that is another one."""
        self.outdated |= self._totals.begun and now < self._totals.until  # the clock was set back
        before, self.month = self.month, month_at(self.terms, now)
        if self.starts != self._totals.starts:
            self.outdated |= self.starts < self._totals.until
            self._totals = Totals(self.starts)
        return self.month != before

    def settle(self, now: Instant, counted: Instant) -> None:
        """Add up what is sure by now, and let go of it, as far as it was `counted` too."""
        until = min(records.sure_until(self.books, now), now)
        if self.outdated or until < self._totals.until + STEP:
            return
        excluded = exclusions.flatten(self.judged, Period(self._totals.until, until))
        self._totals.add(self.agreed, self.records, excluded, until)
        records.forget(self.books, min(until, counted))
        self._records = None

    def forget_outages(self) -> None:
        """Let go of the outages of months before."""
        before = min(self.starts, records.sure_until(self.books, self.starts))
        records.forget_outages(self.books, self.agreed.ever_counting, before)
        self._records = None

    def statement(self, now: Instant) -> Statement:
        """The month that runs at `now`, until then. On a clock that was set back, as far as it was added up."""
        name = month_at(self.terms, now)
        starts = month(name, self.zone).starts
        totals = self._totals if starts == self._totals.starts else Totals(starts)
        which = span(name, self.zone, max(now, totals.until))
        return conclude(totals, self.agreed, which, self.records, self.judged)

    def steady(self, statement: Statement, sure: Instant, until: Instant) -> Moving | None:
        """The figures of a statement that was made just now, where they move steadily from here, at most until then.

        `sure`: what was before is counted already.
        """
        if self.outdated:
            return None
        slots = self._coming_in(statement.span.month)
        found = steady.begin(statement, self.agreed, self.judged, self.books, coming=slots, sure=sure, until=until)
        if found is None:
            return None
        recent = self._totals.recent(self.agreed, self.records, statement.excluded, found.since)
        return steady.moving(found, statement, self.books, {page: its.elements() for page, its in recent.items()})

    def go_on(self, moving: Moving, now: Instant) -> Moving | None:
        """The steady figures now; None where they are not steady any more, or were of other terms or exclusions."""
        return None if self.outdated else moving.on(self.books, self._totals.times, now)

    def budget(self, name: str) -> tuple[Period, Fraction]:
        """The whole of a month, and how many microseconds of it may be down."""
        if name not in self._budgets:
            whole = month(name, self.zone)
            allowed = budget(self.agreed, whole, exclusions.flatten(self.judged, whole))
            self._budgets = {name: (whole, allowed)}
        return self._budgets[name]

    def may_be_slow(self, statement: Statement) -> Fraction:
        """How many loads may be slow, of those in a statement that was made just now and all that can still come."""
        slots = self._coming_in(statement.span.month)
        return statement.speed.may_be_slow + slots.loads(self.books, statement.span.period.ends)

    def _coming_in(self, name: str) -> Coming:
        if name not in self._coming:
            whole = month(name, self.zone)
            self._coming = {name: coming(self.agreed, whole, exclusions.flatten(self.judged, whole))}
        return self._coming[name]


def month_at(terms: Terms, now: Instant) -> str:
    """The month that runs at `now`; at its very end still that month, since of the next nothing has passed."""
    return month_of(now - 1, ZoneInfo(terms.timezone))
