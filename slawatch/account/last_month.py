"""The month before the running one, for the gauges that show it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from slawatch.account import ledger, written
from slawatch.model import Exclusion, Instant, Observation, Terms, Verdict
from slawatch.replay import SETTLING
from slawatch.rules import records
from slawatch.rules.agreed import Agreed
from slawatch.rules.availability import Booking
from slawatch.rules.calendar import Period, month, month_of
from slawatch.rules.exclusions import Excluded, JudgedExclusion, flatten
from slawatch.rules.speed import Speed
from slawatch.rules.statement import Span, settle
from slawatch.store import Store


@dataclass(frozen=True, slots=True)
class LastMonth:
    """A month's figures as of `as_of`, and what they follow from.

    `versions`: the terms by date, as far as they matter to it. `excluded`: what was left out. `seen`: the last look of
    each check in it, 0 without one.
    """

    period: Period
    as_of: Instant
    versions: tuple[tuple[Instant, Terms | None], ...]
    excluded: tuple[Excluded, ...]
    seen: Mapping[str, Instant]
    booking: Booking
    network: Booking | None
    speed: Speed

    @property
    def settled(self) -> bool:
        """Whether it was computed when its late looks were in."""
        return self.as_of == self.period.ends + SETTLING

    def may_change(self, late: Observation) -> bool:
        """Whether a look that is in the ledger only now changes these figures: one of the month's own time, or one that
        confirms what began in it. Of the settling time that is asked once this is over: until then they are read again
        anyhow.
        """
        confirms = self.settled and late.verdict is Verdict.DOWN
        return late.at < (self.as_of if confirms else self.period.ends)

    def stands(self, agreed: Agreed, judged: Sequence[JudgedExclusion], starts: Instant) -> bool:
        """Whether it is the month before the one from `starts` on, and the same by these terms and exclusions."""
        return (
            self.period == before(agreed, starts)[1]
            and self.versions == agreed.before(self.as_of)
            and self.excluded == flatten(judged, self.period)
        )

    def said(self) -> Any:
        """As `json` writes it, without the terms: who reads it knows what was agreed."""
        booked = [written.of_booking(self.booking), written.of_booking(self.network), written.of_speed(self.speed)]
        return [self.period.starts, self.period.ends, self.as_of, self.excluded, self.seen, *booked]

    @classmethod
    def of_said(cls, said: Any, agreed: Agreed) -> LastMonth:
        starts, ends, as_of, excluded, seen, booking, network, speed = said
        return cls(
            period=Period(starts, ends),
            as_of=as_of,
            versions=agreed.before(as_of),
            excluded=written.excluded(excluded),
            seen=seen,
            booking=written.booking(booking),
            network=None if network is None else written.booking(network),
            speed=written.speed(speed),
        )


def before(agreed: Agreed, starts: Instant) -> tuple[str, Period]:
    """The month that ends when the one from `starts` on begins: its name and its time."""
    zone = ZoneInfo(agreed.latest.timezone)
    name = month_of(starts - 1, zone)
    return name, month(name, zone)


async def read(store: Store, agreed: Agreed, declared: Sequence[Exclusion], starts: Instant, now: Instant) -> LastMonth:
    """The month before the one from `starts` on, from the ledger: as of its close or, before that, as of now."""
    name, period = before(agreed, starts)
    which = Span(name, period, complete=True, as_of=min(now, starts + SETTLING))
    books = await ledger.books(store, agreed, period.starts, which.as_of)
    made = settle(agreed, which, records.records(books), declared)
    return LastMonth(
        period=period,
        as_of=which.as_of,
        versions=agreed.before(which.as_of),
        excluded=made.excluded,
        seen={name: book.own.track.at for name, book in books.items()},
        booking=made.booking,
        network=made.network,
        speed=made.speed,
    )


async def whole(store: Store, agreed: Agreed, last: LastMonth) -> bool:
    """Whether no look of its time is missing in it or can still come.

    Looks of a check are recorded in order: one from after that time shows it, and so does that the check had left.
    """
    for name, at in last.seen.items():
        later = await store.first_look(agreed.latest.customer, name, at + 1)
        if later is None and agreed.policy(name).left(at, last.as_of) is None:
            return False
        if later is not None and later < last.as_of:
            return False
    return True
