"""What the counters add up: time and loads that no later look can change, each of it once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from slawatch.model import SECOND, ExclusionKind, Instant, Terms
from slawatch.reporters.metrics import Metrics
from slawatch.rules import availability, exclusions
from slawatch.rules.agreed import Agreed, Stage
from slawatch.rules.availability import Booking
from slawatch.rules.calendar import Period
from slawatch.rules.exclusions import Excluded, JudgedExclusion
from slawatch.rules.piece import CheckRecord, reached_by, seen_by
from slawatch.rules.records import CheckBook, seen_until, settled_until
from slawatch.rules.steady import Steady
from slawatch.rules.timeline import Rating, Stretch

AVAILABILITY = "availability"
NETWORK = "network"
LOADS = "loads"


class Tally:
    """How far one customer's counters have come. Each hangs on other checks, so each has an end of its own."""

    def __init__(self, since: Instant) -> None:
        self._until = dict.fromkeys((AVAILABILITY, NETWORK, LOADS), since)

    @property
    def until(self) -> Instant:
        """What was seen before is counted, all of it."""
        return min(self._until.values())

    def count(
        self,
        agreed: Agreed,
        books: Mapping[str, CheckBook],
        found: Mapping[str, CheckRecord],
        judged: Sequence[JudgedExclusion],
        now: Instant,
        metrics: Metrics,
    ) -> None:
        """Add what has become sure since the last time. `books`: of all checks in `agreed`; `found`: their records."""
        terms = agreed.latest
        own = [books[name] for name in terms.availability.checks]
        pages = [books[name] for name in terms.speed.pages]
        network = [book for book in books.values() if book.network is not None and book.check.id.name in terms.checks]
        sure = {
            AVAILABILITY: [settled_until(book.own, book.policy, now) for book in own],
            NETWORK: [settled_until(book.network, book.policy, now) for book in network if book.network is not None],
            LOADS: [
                *(settled_until(book.own, book.policy, now) for book in own),
                *(seen_until(book.own, now) for book in pages),
            ],
        }
        for counter, ends in sure.items():
            period = self._next(counter, ends, now)
            if period is None:
                continue
            excluded = exclusions.flatten(judged, period)
            for stage in agreed.stages(period):
                inside = exclusions.clipped(excluded, stage.period)
                timeline = reached_by(stage, found) if counter == NETWORK else seen_by(stage, found)
                if counter == LOADS and timeline is not None:
                    _add_loads(metrics, stage, books, timeline, inside)
                elif timeline is not None:
                    as_up = stage.watched and stage.terms.maintenance.as_up
                    booking = availability.book(timeline, inside, stage.period, maintenance_as_up=as_up)
                    _add(metrics, terms, counter, booking)

    def go_on(self, steady: Steady, books: Mapping[str, CheckBook], now: Instant, metrics: Metrics) -> None:
        """The same of a steady time, in which all that is sure was up and counts, and all loads do."""
        terms = steady.terms
        counting = min([seen_until(books[name].own, now) for name in terms.availability.checks])
        reached = [lane for name, _ in steady.reached if (lane := books[name].network) is not None]
        sure = {
            AVAILABILITY: [counting],
            NETWORK: [seen_until(lane, now) for lane in reached],
            LOADS: [counting, *[seen_until(books[page].own, now) for page in terms.speed.pages]],
        }
        for counter, ends in sure.items():
            period = self._next(counter, ends, now)
            if period is None:
                continue
            if counter == LOADS:
                _add_loads_of(metrics, terms, books, period)
            elif ends:
                metrics.seconds(terms.customer, counter, eligible=period.length / SECOND)

    def _next(self, counter: str, ends: Iterable[Instant], now: Instant) -> Period | None:
        since, until = self._until[counter], min(ends, default=now)
        if until <= since:
            return None
        self._until[counter] = until
        return Period(since, until)


def _add(metrics: Metrics, terms: Terms, objective: str, booking: Booking) -> None:
    """What `as_up` books as up stands there already."""
    excluded = dict(booking.excluded)
    excluded[ExclusionKind.MAINTENANCE] -= booking.booked_up
    metrics.seconds(
        terms.customer,
        objective,
        bad=booking.down / SECOND,
        eligible=booking.measured / SECOND,
        excluded={kind: length / SECOND for kind, length in excluded.items()},
        unknown=booking.unknown / SECOND,
    )


def _add_loads(
    metrics: Metrics,
    stage: Stage,
    books: Mapping[str, CheckBook],
    timeline: Sequence[Stretch],
    excluded: Sequence[Excluded],
) -> None:
    terms = stage.terms
    for starts, ends, rating in availability.outside(timeline, excluded):
        if rating >= Rating.LENIENT_UP or not stage.watched:
            continue
        _add_loads_of(metrics, terms, books, Period(starts, ends))


def _add_loads_of(metrics: Metrics, terms: Terms, books: Mapping[str, CheckBook], period: Period) -> None:
    """All loads of a stretch of time."""
    for page in terms.speed.pages:
        for took in books[page].loads.between(period.starts, period.ends):
            metrics.load(terms.customer, page, took, slow=took is None or took > terms.speed.within_milliseconds)
