"""One customer's figures over one month: the rules of this package joined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from slawatch.model import Exclusion, Instant, Micros, Terms
from slawatch.rules import availability, exclusions, outages, speed
from slawatch.rules.availability import Booking, DownTime, Judgement
from slawatch.rules.calendar import Period
from slawatch.rules.exclusions import Excluded, JudgedExclusion
from slawatch.rules.outages import Outage
from slawatch.rules.speed import Loads, Speed
from slawatch.rules.timeline import Stretch, Timeline


@dataclass(frozen=True, slots=True)
class CheckRecord:
    """What the ledger holds of one check over a period and its context.

    `reachability` is the same check read as network (an http check only).
    """

    timeline: Timeline
    reachability: Timeline | None = None
    loads: Loads = field(default_factory=Loads)


@dataclass(frozen=True, slots=True)
class Span:
    """Which month, how much of it is judged, and as of when. `complete`: the month is over."""

    month: str
    period: Period
    complete: bool
    as_of: Instant


@dataclass(frozen=True, slots=True)
class JudgedOutage:
    outage: Outage
    cost: Micros  # its down time that counts in the period


@dataclass(frozen=True, slots=True)
class Statement:
    """One customer's figures over one month, unrounded."""

    terms: Terms
    span: Span
    timeline: tuple[Stretch, ...]
    excluded: tuple[Excluded, ...]
    booking: Booking
    judgement: Judgement
    network: Booking | None
    speed: Speed
    outages: tuple[JudgedOutage, ...]
    blips: int
    exclusions: tuple[JudgedExclusion, ...]


def settle(terms: Terms, span: Span, records: Mapping[str, CheckRecord], declared: Sequence[Exclusion]) -> Statement:
    """The statement of one customer from what the ledger holds: rules 2 to 8.

    `records` by check name; a check without observations may be missing: it is unknown throughout.
    """
    period, zone = span.period, ZoneInfo(terms.timezone)
    judged = tuple(
        sorted(
            (exclusions.judge(one, terms.maintenance, zone) for one in declared),
            key=lambda one: (one.starts, one.ends, one.exclusion.kind),
        )
    )
    excluded = exclusions.flatten(judged, period)
    watched = {name: records[name] for name in terms.availability.checks if name in records}
    timeline = availability.merged([record.timeline.stretches for record in watched.values()], period)
    booking = _book(terms, timeline, excluded, period)
    return Statement(
        terms=terms,
        span=span,
        timeline=timeline,
        excluded=excluded,
        booking=booking,
        judgement=availability.judge(booking, terms.availability),
        network=_network(terms, records, excluded, period),
        speed=_speed(terms, records, timeline, excluded),
        outages=_outages(watched, timeline, excluded, period),
        blips=sum(period.starts <= at < period.ends for record in watched.values() for at in record.timeline.blips),
        exclusions=tuple(
            one for one in judged if one.starts < period.ends and max(one.starts, period.starts) < one.ends
        ),
    )


def _book(terms: Terms, timeline: Sequence[Stretch], excluded: Sequence[Excluded], period: Period) -> Booking:
    return availability.book(timeline, excluded, period, maintenance_as_up=terms.maintenance.as_up)


def _network(
    terms: Terms, records: Mapping[str, CheckRecord], excluded: Sequence[Excluded], period: Period
) -> Booking | None:
    lanes = [name for name, check in terms.checks.items() if check.id.kind == "http"]
    if not lanes:
        return None
    seen = [records[name].reachability for name in lanes if name in records]
    timeline = availability.merged([one.stretches for one in seen if one is not None], period)
    return _book(terms, timeline, excluded, period)


def _speed(
    terms: Terms,
    records: Mapping[str, CheckRecord],
    timeline: Sequence[Stretch],
    excluded: Sequence[Excluded],
) -> Speed:
    pages = {
        page: speed.count(records[page].loads, timeline, excluded) if page in records else speed.NOTHING
        for page in terms.speed.pages
    }
    return speed.judge(pages, terms.speed)


def _outages(
    watched: Mapping[str, CheckRecord],
    timeline: Sequence[Stretch],
    excluded: Sequence[Excluded],
    period: Period,
) -> tuple[JudgedOutage, ...]:
    down = DownTime(timeline, excluded)
    return tuple(
        JudgedOutage(outage, down.between(outage.starts, period.ends if outage.ends is None else outage.ends))
        for outage in outages.union({name: record.timeline.outages for name, record in watched.items()})
        if outage.starts < period.ends and (outage.ends is None or outage.ends > period.starts)
    )
