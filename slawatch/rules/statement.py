"""One customer's figures over one month: the rules of this package joined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from slawatch.model import Exclusion, Instant, Micros, Terms
from slawatch.rules import availability, exclusions, outages, speed
from slawatch.rules.agreed import FOREVER, Agreed, Stage
from slawatch.rules.availability import Booking, DownTime, Judgement
from slawatch.rules.calendar import Period
from slawatch.rules.exclusions import Excluded, JudgedExclusion
from slawatch.rules.outages import Outage
from slawatch.rules.piece import CheckRecord
from slawatch.rules.speed import Speed
from slawatch.rules.timeline import CheckOutage, Rating, Stretch, Timeline
from slawatch.rules.totals import Part, Totals, network


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
    """One customer's figures over one month, unrounded, by the `parts` of its stages.

    `rating`: how the customer stands at the period's end.
    """

    parts: tuple[Part, ...]
    terms: Terms  # the latest of them
    span: Span
    rating: Rating
    excluded: tuple[Excluded, ...]
    booking: Booking
    network: Booking | None
    speed: Speed
    outages: tuple[JudgedOutage, ...]
    blips: int
    exclusions: tuple[JudgedExclusion, ...]

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The terms that it was made with, by date."""
        return tuple(part.stage for part in self.parts)

    @property
    def judgement(self) -> Judgement:
        return availability.judge([(part.booking, part.stage.terms.availability) for part in self.parts])


def settle(agreed: Agreed, span: Span, records: Mapping[str, CheckRecord], declared: Sequence[Exclusion]) -> Statement:
    """The statement of one customer from what the ledger holds: rules 2 to 8, each by the terms of its time (rule 10).

    `records` by check name; a check without observations may be missing: it is unknown throughout.
    """
    judged = judged_exclusions(agreed, declared)
    return conclude(Totals(span.period.starts), agreed, span, records, judged)


def conclude(
    totals: Totals,
    agreed: Agreed,
    span: Span,
    records: Mapping[str, CheckRecord],
    judged: tuple[JudgedExclusion, ...],
) -> Statement:
    """The same from what was added up before, which is of the same start, and the records since.

    Of the time before only outages are needed of `records`. `judged`: what `judged_exclusions` gives.
    """
    period = span.period
    excluded = exclusions.flatten(judged, period)
    with totals.reaching(agreed, records, excluded, period.ends) as seen:
        parts = seen.parts
        return Statement(
            parts=parts,
            terms=agreed.at(period.ends - 1),
            span=span,
            rating=seen.rating,
            excluded=excluded,
            booking=sum((part.booking for part in parts[1:]), parts[0].booking),
            network=network(parts),
            speed=speed.judge([(part.pages, part.stage.terms.speed) for part in parts], totals.times, totals.together),
            outages=_outages(agreed, records, seen.down, period),
            blips=seen.blips,
            exclusions=tuple(one for one in judged if exclusions.meets(one, period)),
        )


def judged_exclusions(agreed: Agreed, declared: Sequence[Exclusion]) -> tuple[JudgedExclusion, ...]:
    """What was declared, by start, each judged by the terms in force when it starts."""
    judged = []
    for one in declared:
        terms = agreed.at(one.starts)
        judged.append(exclusions.judge(one, terms.maintenance, ZoneInfo(terms.timezone)))
    return tuple(sorted(judged, key=lambda one: (one.starts, one.ends, one.exclusion.kind)))


def _outages(
    agreed: Agreed,
    records: Mapping[str, CheckRecord],
    down: Sequence[Stretch],
    period: Period,
) -> tuple[JudgedOutage, ...]:
    time = DownTime(down)
    counting = {
        name: _while_counting(agreed, name, records[name].timeline) for name in agreed.ever_counting if name in records
    }
    return tuple(
        JudgedOutage(outage, time.between(outage.starts, period.ends if outage.ends is None else outage.ends))
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
