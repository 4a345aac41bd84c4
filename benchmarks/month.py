"""A month to be judged: two pages looked at each minute and http each 15 s, with all that a month can bring.

It is the same on every run: the load times come from a seed. Its customer is the one of slawatch.yaml.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from slawatch.config import load
from slawatch.model import (
    HOUR,
    MINUTE,
    SECOND,
    VERDICTS,
    Cause,
    CheckTerms,
    Exclusion,
    ExclusionKind,
    Instant,
    Look,
    Micros,
    Observation,
    Verdict,
)
from slawatch.replay import span
from slawatch.rules.calendar import instant
from slawatch.rules.document import Document

TERMS = load(Path(__file__).parent.parent / "slawatch.yaml").customer("duinzicht").terms()
OCTOBER = span("2026-10", ZoneInfo(TERMS.timezone), None)
PAGES = TERMS.speed.pages
#: Where each check's grid lies in the minute. The looks begin and end ten minutes outside the month.
PHASES = {"dashboard": 11 * SECOND, "reservations": 37 * SECOND, "http": 0}
#: 0.9 s in the median, for pages.
LOG_MEDIAN, LOG_DEVIATION, HTTP_SHARE = -0.105, 0.5, 0.05


class Spell(NamedTuple):
    """A stretch in which looks at these checks fail for one cause."""

    starts: Instant
    ends: Instant
    cause: Cause
    checks: tuple[str, ...]


def at(day: int, hour: int, minute: int, second: int = 0) -> Instant:
    """A UTC time in October."""
    return instant(datetime(2026, 10, day, hour, minute, second, tzinfo=UTC))


def spell(starts: Instant, lasts: Micros, cause: Cause, *checks: str) -> Spell:
    return Spell(starts, starts + lasts, cause, checks)


SPELLS = (
    spell(at(5, 8, 14, 20), 12 * MINUTE, Cause.HTTP_5XX, *PAGES),
    spell(at(12, 13, 42, 5), 40 * SECOND, Cause.TIMEOUT_READY, "dashboard"),
    spell(at(21, 6, 3, 10), 25 * MINUTE, Cause.CONNECT, *PAGES, "http"),
    spell(at(9, 2, 0), 2 * HOUR, Cause.MONITOR_NETWORK, *PAGES, "http"),
    spell(at(14, 22, 30), 30 * MINUTE, Cause.HTTP_5XX, *PAGES),  # inside the window
    *(spell(at(day, 11, 20, 10), 3 * SECOND, Cause.TIMEOUT_READY, "dashboard") for day in (3, 24)),  # blips
    *(spell(at(day, 16, 45, 36), 3 * SECOND, Cause.TIMEOUT_READY, "reservations") for day in (17, 29)),
)
#: 23:00 to 03:00 in Amsterdam, told a week ahead.
WINDOW = Exclusion(
    ExclusionKind.MAINTENANCE, at(14, 21, 0), at(15, 1, 0), announced=at(7, 9, 0), announced_by="servicedesk"
)


@dataclass(frozen=True, slots=True)
class Figures:
    """What others can tell of a statement: seconds of the month, counts of loads, and the p95 in seconds."""

    up: float
    down: float
    excluded: float
    unknown: float
    loads: int
    slow: int
    p95: float

    @classmethod
    def of(cls, statement: Document) -> Figures:
        seconds, speed = statement["availability"]["seconds"], statement["speed"]
        return cls(**seconds, loads=speed["loads"], slow=speed["slow"], p95=speed["p95_seconds"])


def looks() -> Iterator[Observation]:
    """Every look, by check and in order."""
    chance = random.Random(2026)
    for name, check in TERMS.checks.items():
        spells = [one for one in SPELLS if name in one.checks]
        slot = OCTOBER.period.starts - 10 * MINUTE + PHASES[name]
        while slot < OCTOBER.period.ends + 10 * MINUTE:
            for moment in moments(slot, check.every, spells):
                yield Observation(
                    check.id, "main", moment, seen(check, moment, spells, chance), moment != slot, check.stale_after
                )
            slot += check.every


def moments(slot: Instant, every: Micros, spells: list[Spell]) -> Iterator[Instant]:
    """A slot, and as long as looks are down those that follow it: 5 s later, then each 15 s."""
    yield slot
    before, later = slot, slot + TERMS.confirm.recheck
    while later < slot + every and failing(before, spells) not in (None, Cause.MONITOR_NETWORK):
        yield later
        before, later = later, later + 15 * SECOND


def failing(moment: Instant, spells: list[Spell]) -> Cause | None:
    return next((one.cause for one in spells if one.starts <= moment < one.ends), None)


def seen(check: CheckTerms, moment: Instant, spells: list[Spell], chance: random.Random) -> Look:
    cause = failing(moment, spells)
    if cause is not None:
        return Look(VERDICTS[cause], cause)
    share = 1 if check.id.kind == "page" else HTTP_SHARE
    milliseconds = chance.lognormvariate(LOG_MEDIAN, LOG_DEVIATION) * share * 1000
    return Look(Verdict.UP, None, max(1, round(milliseconds)), {"ttfb": 120.25}, {"status": 200})
