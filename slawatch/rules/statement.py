"""One customer's figures over one month: the rules of this package joined."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from zoneinfo import ZoneInfo

from slawatch.model import Exclusion, Instant, Micros, Terms
from slawatch.rules import availability, exclusions, outages, speed
from slawatch.rules.agreed import FOREVER, Agreed, Stage
from slawatch.rules.availability import Booking, DownTime, Judgement
from slawatch.rules.calendar import Period
from slawatch.rules.exclusions import Excluded, JudgedExclusion
from slawatch.rules.outages import Outage
from slawatch.rules.piece import CheckRecord, Piece, reached
from slawatch.rules.speed import Speed
from slawatch.rules.timeline import CheckOutage, Stretch, Timeline


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
    """One customer's figures over one month, unrounded. `stages`: the terms that it was made with, by date."""

    stages: tuple[Stage, ...]
    terms: Terms  # the latest of them
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


def settle(agreed: Agreed, span: Span, records: Mapping[str, CheckRecord], declared: Sequence[Exclusion]) -> Statement:
    """The statement of one customer from what the ledger holds: rules 2 to 8, each by the terms of its time (rule 10).

    `records` by check name; a check without observations may be missing: it is unknown throughout.
    """
    period = span.period
    judged = judged_exclusions(agreed, declared)
    excluded = exclusions.flatten(judged, period)
    stages = agreed.stages(period)
    pieces = [Piece.of(stage, records, excluded) for stage in stages]
    timeline = _joined(piece.timeline for piece in pieces)
    bookings = [(piece.booking, stage.terms.availability) for piece, stage in zip(pieces, stages, strict=True)]
    return Statement(
        stages=stages,
        terms=agreed.at(period.ends - 1),
        span=span,
        timeline=timeline,
        excluded=excluded,
        booking=sum((piece.booking for piece in pieces[1:]), pieces[0].booking),
        judgement=availability.judge(bookings),
        network=reached(pieces),
        speed=speed.judge([(piece.pages, stage.terms.speed) for piece, stage in zip(pieces, stages, strict=True)]),
        outages=_outages(agreed, records, timeline, excluded, period),
        blips=_blips(agreed, records, period),
        exclusions=tuple(one for one in judged if exclusions.meets(one, period)),
    )


def judged_exclusions(agreed: Agreed, declared: Sequence[Exclusion]) -> tuple[JudgedExclusion, ...]:
    """What was declared, by start, each judged by the terms in force when it starts."""
    judged = []
    for one in declared:
        terms = agreed.at(one.starts)
        judged.append(exclusions.judge(one, terms.maintenance, ZoneInfo(terms.timezone)))
    return tuple(sorted(judged, key=lambda one: (one.starts, one.ends, one.exclusion.kind)))


def _joined(timelines: Iterable[Sequence[Stretch]]) -> tuple[Stretch, ...]:
    """Timelines that follow one another as one, without a seam where the rating stays."""
    whole: list[Stretch] = []
    for stretch in chain.from_iterable(timelines):
        if whole and whole[-1].rating is stretch.rating:
            whole[-1] = whole[-1]._replace(ends=stretch.ends)
        else:
            whole.append(stretch)
    return tuple(whole)


def _outages(
    agreed: Agreed,
    records: Mapping[str, CheckRecord],
    timeline: Sequence[Stretch],
    excluded: Sequence[Excluded],
    period: Period,
) -> tuple[JudgedOutage, ...]:
    down = DownTime(timeline, excluded)
    counting = {
        name: _while_counting(agreed, name, records[name].timeline) for name in agreed.ever_counting if name in records
    }
    return tuple(
        JudgedOutage(outage, down.between(outage.starts, period.ends if outage.ends is None else outage.ends))
        for outage in outages.union(counting)
        if outage.starts < period.ends and (outage.ends is None or outage.ends > period.starts)
    )


def _while_counting(agreed: Agreed, name: str, timeline: Timeline) -> tuple[CheckOutage, ...]:
    """A check's outages as far as it was one of those that make the figure."""
    spells = agreed.counting(name)
    if spells == ((0, FOREVER),):
        return timeline.outages
    found = []
    for starts, ends, cause in timeline.outages:
        for since, until in spells:
            if since < (FOREVER if ends is None else ends) and starts < until:
                cut = until if ends is None else min(ends, until)
                found.append(CheckOutage(max(starts, since), None if cut == FOREVER else cut, cause))
    return tuple(found)


def _blips(agreed: Agreed, records: Mapping[str, CheckRecord], period: Period) -> int:
    spells = {name: agreed.counting(name) for name in agreed.ever_counting}
    return sum(
        period.starts <= at < period.ends and any(since <= at < until for since, until in spells[name])
        for name in agreed.ever_counting
        if name in records
        for at in records[name].timeline.blips
    )
