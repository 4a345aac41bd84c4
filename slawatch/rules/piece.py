"""One stage of a period, all of it under the same terms: its part of the figures (rules 4, 6 and 8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from slawatch.rules import availability, exclusions, speed
from slawatch.rules.agreed import Stage
from slawatch.rules.availability import Booking
from slawatch.rules.exclusions import Excluded
from slawatch.rules.speed import Loads, PageLoads
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
class Piece:
    """A stage's part of the figures."""

    timeline: tuple[Stretch, ...]
    booking: Booking
    network: Booking | None
    pages: Mapping[str, PageLoads]

    @classmethod
    def of(cls, stage: Stage, records: Mapping[str, CheckRecord], excluded: Sequence[Excluded]) -> Piece:
        period, terms = stage.period, stage.terms
        inside = exclusions.clipped(excluded, period)
        if not stage.watched:
            nobody = seen_by(stage, records)
            return cls(nobody, availability.book(nobody, inside, period, maintenance_as_up=False), None, {})
        timeline = seen_by(stage, records)
        as_up = terms.maintenance.as_up
        booking = availability.book(timeline, inside, period, maintenance_as_up=as_up)
        reached = reached_by(stage, records)
        within = terms.speed.within_milliseconds
        return cls(
            timeline=timeline,
            booking=booking,
            network=None if reached is None else availability.book(reached, inside, period, maintenance_as_up=as_up),
            pages={
                page: speed.count(records[page].loads, timeline, inside, within) if page in records else speed.NOTHING
                for page in terms.speed.pages
            },
        )


def seen_by(stage: Stage, records: Mapping[str, CheckRecord]) -> tuple[Stretch, ...]:
    """The customer's timeline by the checks that count."""
    counting = [records[name].timeline.stretches for name in stage.terms.availability.checks if name in records]
    return availability.merged(counting if stage.watched else (), stage.period)


def reached_by(stage: Stage, records: Mapping[str, CheckRecord]) -> tuple[Stretch, ...] | None:
    """The timeline of the network; None where no http check is configured."""
    lanes = [name for name, check in stage.terms.checks.items() if check.id.kind == "http"]
    if not lanes or not stage.watched:
        return None
    seen = [records[name].reachability for name in lanes if name in records]
    return availability.merged([one.stretches for one in seen if one is not None], stage.period)
