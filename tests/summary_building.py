"""A summary's values from what happened in a month, adding up as those of the ledger do; for samples in tests."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from statistics import NormalDist
from zoneinfo import ZoneInfo

from slawatch.model import (
    MINUTE,
    SECOND,
    AvailabilityTerms,
    CheckId,
    CheckTerms,
    ConfirmTerms,
    Instant,
    MaintenanceTerms,
    Micros,
    Notice,
    SpeedTerms,
    Terms,
)
from slawatch.reporters.summary.facts import Booked, Day, Outage, PageTimes, Strip, Window
from slawatch.rules.calendar import Period, day, month, parse, text
from slawatch.rules.document import Document, terms_document

ZONE = ZoneInfo("Europe/Amsterdam")
CHECKS = ("dashboard", "reservations")
TERMS = Terms(
    customer="duinzicht",
    agreement="Tommy 2.0",
    timezone=ZONE.key,
    availability=AvailabilityTerms(Fraction("0.999"), Fraction("0.99"), CHECKS),
    speed=SpeedTerms(Fraction("0.95"), 3000, CHECKS),
    maintenance=MaintenanceTerms(Notice(5)),
    confirm=ConfirmTerms(),
    checks={
        **{name: CheckTerms(CheckId("duinzicht", "page", name), MINUTE, 3 * MINUTE) for name in CHECKS},
        "http": CheckTerms(CheckId("duinzicht", "http", "http"), 15 * SECOND, 45 * SECOND),
    },
)


@dataclass(frozen=True, slots=True)
class Happened:
    """What a month is made of. `not_up`: stretches in one other place, in order, apart from one another.

    `until`: where the running month ends. `pages`: of each page how its loads are spread.
    """

    month: str
    not_up: tuple[Strip, ...]
    outages: tuple[Outage, ...]
    windows: tuple[Window, ...]
    blips: int
    pages: tuple[PageTimes, ...]
    until: Instant | None = None

    @property
    def period(self) -> Period:
        whole = month(self.month, ZONE)
        return whole if self.until is None else Period(whole.starts, self.until)


def at(local: str) -> Instant:
    """An instant by the clock with its offset, such as `2026-03-10T09:14:30+01:00`."""
    return parse(local)


def strips(happened: Happened) -> tuple[Strip, ...]:
    found, reached = [], happened.period.starts
    for one in happened.not_up:
        if reached < one.starts:
            found.append(Strip(reached, one.starts, Booked.UP))
        found.append(one)
        reached = one.ends
    if reached < happened.period.ends:
        found.append(Strip(reached, happened.period.ends, Booked.UP))
    return tuple(found)


def days(happened: Happened) -> tuple[Day, ...]:
    """The loads lie evenly over the time that the customer was up, the slow ones over the loads."""
    whole, found = month(happened.month, ZONE), []
    tiles = strips(happened)
    loads = _shared(sum(page.loads for page in happened.pages), tiles, happened.period)
    slow = _shared(sum(page.slow for page in happened.pages), tiles, happened.period)
    starts = whole.starts
    while starts < happened.period.ends:
        ends = min(day(starts, ZONE).ends, happened.period.ends)
        found.append(Day(starts, ends, _booked(tiles, starts, ends), loads(starts, ends), slow(starts, ends)))
        starts = ends
    return tuple(found)


def _shared(number: int, tiles: Sequence[Strip], period: Period):
    """How many of `number` fall between two instants when all lie evenly over the time up."""
    up = max(1, _booked(tiles, period.starts, period.ends)[Booked.UP])

    def reached(until: Instant) -> int:
        return number * _booked(tiles, period.starts, until)[Booked.UP] // up

    return lambda starts, ends: reached(ends) - reached(starts)


def _booked(tiles: Iterable[Strip], starts: Instant, ends: Instant) -> dict[Booked, Micros]:
    found = dict.fromkeys(Booked, 0)
    for one in tiles:
        found[one.booked] += max(0, min(ends, one.ends) - max(starts, one.starts))
    return found


def spread(page: str, opened: int, failed: int, median: float, sigma: float) -> PageTimes:
    """Loads whose times are log-normal, each at its quantile; `median` in milliseconds."""
    normal = NormalDist()
    counts = Counter(round(median * math.exp(sigma * normal.inv_cdf((i + 0.5) / opened))) for i in range(opened))
    loads, slow = opened + failed, failed + sum(many for took, many in counts.items() if took > 3000)
    return PageTimes(page, loads, slow, _p95(counts, loads), dict(sorted(counts.items())))


def _p95(counts: Counter[int], loads: int) -> float | None:
    times = sorted(counts)
    rank = -(-loads * 95 // 100)
    reached = accumulate(counts[took] for took in times)
    return next((took / 1000 for took, many in zip(times, reached, strict=True) if many >= rank > 0), None)


def statement(
    happened: Happened, *, revision: int, as_of: Instant, bounds: Micros = 0, network_down: Micros = 0
) -> Document:
    """What the month's statement says. `bounds`: by how much its downtime may be longer or shorter."""
    seconds = _booked(strips(happened), happened.period.starts, happened.period.ends)
    together = sum((Counter(page.by_millisecond) for page in happened.pages), Counter())
    loads, slow = sum(page.loads for page in happened.pages), sum(page.slow for page in happened.pages)
    return {
        "customer": TERMS.customer,
        "month": happened.month,
        "revision": revision,
        "complete": happened.until is None,
        "as_of": text(as_of),
        "period": {
            "starts": text(happened.period.starts),
            "ends": text(happened.period.ends),
            "seconds": happened.period.length / SECOND,
        },
        "availability": {"objective": 0.999, **_judged(seconds, bounds)},
        "network": _figures(seconds | {Booked.DOWN: network_down}, 0) if loads else None,
        "speed": {
            "threshold_seconds": 3.0,
            "objective": 0.95,
            "loads": loads,
            "slow": slow,
            "share": (loads - slow) / loads if loads else None,
            "p95_seconds": _p95(together, loads),
            "met": (loads - slow) * 100 >= 95 * loads if loads else None,
            "pages": {one.page: _page(one) for one in happened.pages},
        },
        "outages": [_outage(one) for one in happened.outages],
        "blips": happened.blips,
        "exclusions": [_exclusion(one) for one in happened.windows],
        "terms": terms_document(TERMS),
        "earlier_terms": [],
        "inputs_sha256": "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8",
    }


def _figures(seconds: dict[Booked, Micros], bounds: Micros) -> Document:
    up, down = seconds[Booked.UP], seconds[Booked.DOWN]
    measured, asked = up + down, up + down + seconds[Booked.UNKNOWN]
    return {
        "ratio": up / measured if measured else None,
        "lower": (up - bounds) / measured if measured else None,
        "upper": (up + min(bounds, down)) / measured if measured else None,
        "coverage": measured / asked if asked else None,
        "seconds": {str(place): length / SECOND for place, length in seconds.items()},
    }


def _judged(seconds: dict[Booked, Micros], bounds: Micros) -> Document:
    figures = _figures(seconds, bounds)
    asked = sum(seconds.values()) - seconds[Booked.EXCLUDED]
    enough = (figures["coverage"] or 0) >= 0.99
    broken = seconds[Booked.DOWN] * 1000 > asked
    met = figures["ratio"] >= 0.999 if enough else (False if broken else None)
    proven = met is False and figures["upper"] < 0.999
    return {**figures, "met": met, "why": None if met is not None else "insufficient_coverage", "proven_breach": proven}


def _page(page: PageTimes) -> Document:
    share = (page.loads - page.slow) / page.loads if page.loads else None
    return {"loads": page.loads, "slow": page.slow, "share": share, "p95_seconds": page.p95_seconds}


def _outage(one: Outage) -> Document:
    return {
        "starts": text(one.starts),
        "ends": None if one.ends is None else text(one.ends),
        "seconds": one.down / SECOND,
        "cause": str(one.cause),
        "checks": list(one.checks),
    }


def _exclusion(one: Window) -> Document:
    return {
        "id": one.id,
        "kind": one.kind,
        "starts": text(one.starts),
        "ends": text(one.ends),
        "counted": one.counted,
        "seconds": one.left_out / SECOND,
        "proof": one.proof,
        "why": one.why,
        "reason": one.reason,
        "text": one.text,
    }
