"""What the counters add up: time and loads that no later look can change, each of it once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from zoneinfo import ZoneInfo

from slawatch.model import SECOND, Exclusion, ExclusionKind, Instant, Terms
from slawatch.reporters.metrics import Metrics
from slawatch.rules import availability, exclusions
from slawatch.rules.availability import Booking
from slawatch.rules.calendar import Period
from slawatch.rules.exclusions import Excluded
from slawatch.rules.records import CheckBook, Lane, seen_until, settled_until
from slawatch.rules.timeline import Rating, Stretch, Timeline, timeline

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
        terms: Terms,
        books: Mapping[str, CheckBook],
        declared: Sequence[Exclusion],
        now: Instant,
        metrics: Metrics,
    ) -> None:
        """Add what has become sure since the last time. `books`: of all the checks in `terms`."""
        own = [books[name].own for name in terms.availability.checks]
        network = [book.network for book in books.values() if book.network is not None]
        for objective, lanes in ((AVAILABILITY, own), (NETWORK, network)):
            period = self._next(objective, (settled_until(lane, terms.confirm, now) for lane in lanes), now)
            if period is not None and lanes:
                excluded = _excluded(terms, declared, period)
                booking = availability.book(
                    availability.merged([one.stretches for one in _timelines(lanes, terms)], period),
                    excluded,
                    period,
                    maintenance_as_up=terms.maintenance.as_up,
                )
                _add(metrics, terms, objective, booking)
        pages = [books[name].own for name in terms.speed.pages]
        ends = [*(settled_until(lane, terms.confirm, now) for lane in own), *(seen_until(lane, now) for lane in pages)]
        period = self._next(LOADS, ends, now)
        if period is not None:
            merged = availability.merged([one.stretches for one in _timelines(own, terms)], period)
            _add_loads(metrics, terms, books, merged, _excluded(terms, declared, period))

    def _next(self, counter: str, ends: Iterable[Instant], now: Instant) -> Period | None:
        since, until = self._until[counter], min(ends, default=now)
        if until <= since:
            return None
        self._until[counter] = until
        return Period(since, until)


def _timelines(lanes: Sequence[Lane], terms: Terms) -> list[Timeline]:
    return [timeline(lane.track, lane.settled, terms.confirm) for lane in lanes]


def _excluded(terms: Terms, declared: Sequence[Exclusion], period: Period) -> tuple[Excluded, ...]:
    zone = ZoneInfo(terms.timezone)
    return exclusions.flatten((exclusions.judge(one, terms.maintenance, zone) for one in declared), period)


def _add(metrics: Metrics, terms: Terms, objective: str, booking: Booking) -> None:
    """What `as_up` books as up stands there already."""
    booked_up = {ExclusionKind.MAINTENANCE} if terms.maintenance.as_up else set()
    metrics.seconds(
        terms.customer,
        objective,
        bad=booking.down / SECOND,
        eligible=booking.measured / SECOND,
        excluded={kind: length / SECOND for kind, length in booking.excluded.items() if kind not in booked_up},
        unknown=booking.unknown / SECOND,
    )


def _add_loads(
    metrics: Metrics,
    terms: Terms,
    books: Mapping[str, CheckBook],
    merged: Sequence[Stretch],
    excluded: Sequence[Excluded],
) -> None:
    within = terms.speed.within_milliseconds
    for starts, ends, rating in availability.outside(merged, excluded):
        if rating >= Rating.LENIENT_UP:
            continue
        for page in terms.speed.pages:
            for took in books[page].loads.between(starts, ends):
                metrics.load(terms.customer, page, took, slow=took is None or took > within)
