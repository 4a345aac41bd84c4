"""What the rules came to, as the JSON that sealed days and checkpoints keep, and read back.

Named tuples are written by `json` as they stand: as lists, members of enumerations as their values.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import accumulate, pairwise
from typing import Any

from slawatch.model import Cause, ExclusionKind, Verdict
from slawatch.rules.agreed import Agreed, Stage
from slawatch.rules.availability import Booking
from slawatch.rules.calendar import Period
from slawatch.rules.confirmation import Run
from slawatch.rules.exclusions import Excluded
from slawatch.rules.speed import Counted, PageSpeed, Speed
from slawatch.rules.timeline import CheckOutage, Rating, Stretch, Track
from slawatch.rules.totals import Part


def track(said: Any) -> Track:
    at, until, verdict, solid, run, edge, downs, tail = said
    return Track(
        at,
        until,
        Verdict(verdict),
        solid,
        None if run is None else _run(run),
        None if edge is None else (edge[0], edge[1]),
        tuple((starts, ends) for starts, ends in downs),
        None if tail is None else (tail[0], tail[1]),
    )


def _run(said: Any) -> Run:
    first, cause, last, looks, confirmed = said
    return Run(first, Cause(cause), last, looks, confirmed)


def stretches(said: Any) -> tuple[Stretch, ...]:
    return tuple(Stretch(starts, ends, Rating(rating)) for starts, ends, rating in said)


def outages(said: Any) -> tuple[CheckOutage, ...]:
    return tuple(CheckOutage(starts, ends, Cause(cause)) for starts, ends, cause in said)


def excluded(said: Any) -> tuple[Excluded, ...]:
    return tuple(Excluded(starts, ends, ExclusionKind(kind)) for starts, ends, kind in said)


def of_booking(booking: Booking | None) -> Any:
    return None if booking is None else [booking.period, booking.ratings, booking.excluded, booking.booked_up]


def booking(said: Any) -> Booking:
    """Raises AssertionError where the parts do not sum to the period."""
    period, ratings, kinds, booked_up = said
    return Booking(period, tuple(ratings), {ExclusionKind(kind): kinds[kind] for kind in kinds}, booked_up)


def of_speed(speed: Speed) -> Any:
    pages = {name: [page.loads, page.slow, page.p95_milliseconds] for name, page in speed.pages.items()}
    return [str(speed.objective), speed.loads, speed.slow, speed.p95_milliseconds, speed.met, pages]


def speed(said: Any) -> Speed:
    objective, loads, slow, p95, met, pages = said
    return Speed(Fraction(objective), loads, slow, p95, met, {name: PageSpeed(*page) for name, page in pages.items()})


def of_part(part: Part) -> Any:
    """Without its terms: who reads it knows what was agreed."""
    period, _, watched = part.stage
    return [period.starts, period.ends, watched, of_booking(part.booking), of_booking(part.network), part.pages]


def part(said: Any, agreed: Agreed) -> Part:
    starts, ends, watched, booked, network, pages = said
    return Part(
        Stage(Period(starts, ends), agreed.at(starts), watched),
        booking(booked),
        None if network is None else booking(network),
        {page: Counted(*counts) for page, counts in pages.items()},
    )


def of_counted(counted: Mapping[int, int]) -> Any:
    """Times, as how much more than the one before each is, beside how many there are of each: small numbers both."""
    return [[after - before for before, after in pairwise((0, *counted))], [*counted.values()]]


def counted(said: Any) -> dict[int, int]:
    steps, numbers = said
    return dict(zip(accumulate(steps), numbers, strict=True))
