"""Where zones meet instants: months, wall-clock times, days ahead.

Everything inside slawatch is UTC microseconds; only this file and the texts for people know that a day in
Europe/Amsterdam may last 23 or 25 hours.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from slawatch.model import Instant, Micros, Notice

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ONE = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of time, half-open: `starts` belongs to it, `ends` does not."""

    starts: Instant
    ends: Instant

    @property
    def length(self) -> Micros:
        return self.ends - self.starts


class NonexistentTime(ValueError):
    """A wall-clock time that the clocks skip; `choices` are the nearest times before and after that exist."""

    def __init__(self, wall: datetime, choices: tuple[str, str]) -> None:
        super().__init__(
            f"{wall:%Y-%m-%d %H:%M} does not exist: the clocks go forward; write {choices[0]} or {choices[1]}"
        )
        self.choices = choices


class AmbiguousTime(ValueError):
    """A wall-clock time that comes twice; `choices` are the two instants with their offsets."""

    def __init__(self, wall: datetime, choices: tuple[str, str]) -> None:
        super().__init__(f"{wall:%Y-%m-%d %H:%M} comes twice: the clocks go back; write {choices[0]} or {choices[1]}")
        self.choices = choices


def instant(moment: datetime) -> Instant:
    """Microseconds since the epoch of an aware datetime; raises ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no zone: write it with Z or an offset")
    return (moment - EPOCH) // ONE


def moment(at: Instant) -> datetime:
    """The aware UTC datetime of an instant."""
    return EPOCH + timedelta(microseconds=at)


def text(at: Instant) -> str:
    """The instant as RFC 3339 in UTC with `Z`, without a fraction where there is none."""
    return moment(at).isoformat().replace("+00:00", "Z")


def stamp(at: Instant) -> str:
    """The instant as a short name, to the millisecond: `20260301T000030123`."""
    return f"{moment(at):%Y%m%dT%H%M%S}{at // 1000 % 1000:03}"


_RFC3339 = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(?:\.(?P<fraction>\d+))?(?:[Zz]|[+-]\d{2}:\d{2})", re.ASCII
)


def parse(written: str) -> Instant:
    """The instant of an RFC 3339 text with a zone, exact to the microsecond; raises ValueError saying what is right."""
    match = _RFC3339.fullmatch(written)
    if match is None:
        raise ValueError(f"expected a time such as 2026-03-01T00:00:30Z, got {written!r}")
    fraction = match["fraction"] or ""
    if len(fraction) > 6 and fraction[6:].strip("0"):
        raise ValueError(f"expected a time no finer than a microsecond, got {written!r}")
    trimmed = written.replace(f".{fraction}", f".{fraction[:6]:0<6}") if fraction else written
    try:
        return instant(datetime.fromisoformat(trimmed.upper()))
    except (ValueError, OverflowError) as error:
        raise ValueError(f"expected a time such as 2026-03-01T00:00:30Z, got {written!r}: {error}") from None


def month(written: str, zone: ZoneInfo) -> Period:
    """The calendar month `YYYY-MM` in `zone`: from its first midnight to the next month's, whatever the clocks do."""
    match = re.fullmatch(r"(\d{4})-(\d{2})", written, re.ASCII)
    if match is None or not 1 <= int(match[2]) <= 12 or not 1970 < int(match[1]) < 9999:
        raise ValueError(f"expected a month such as 2026-03, got {written!r}")
    year, number = int(match[1]), int(match[2])
    following = datetime(year + number // 12, number % 12 + 1, 1)
    return Period(resolve(datetime(year, number, 1), zone), resolve(following, zone))


def months_before(at: Instant, months: int, zone: ZoneInfo) -> Instant:
    """The same wall-clock time in `zone` so many calendar months earlier; in a shorter month on its last day."""
    wall = moment(at).astimezone(zone).replace(tzinfo=None)
    year, number = divmod(wall.year * 12 + wall.month - 1 - months, 12)
    last = monthrange(year, number + 1)[1]
    return resolve(wall.replace(year=year, month=number + 1, day=min(wall.day, last)), zone)


def day(at: Instant, zone: ZoneInfo) -> Period:
    """The calendar day in `zone` that an instant falls in: 23, 24 or 25 hours."""
    midnight = moment(at).astimezone(zone).replace(tzinfo=None, hour=0, minute=0, second=0, microsecond=0)
    return Period(resolve(midnight, zone), resolve(midnight + timedelta(days=1), zone))


def month_of(at: Instant, zone: ZoneInfo) -> str:
    """The calendar month, as `YYYY-MM`, that an instant falls in."""
    return f"{moment(at).astimezone(zone):%Y-%m}"


def resolve(wall: datetime, zone: ZoneInfo) -> Instant:
    """A wall-clock time as an instant: of two the earlier, and a missing one moved forward by the gap."""
    return instant(wall.replace(tzinfo=zone, fold=0))


def strict(wall: datetime, zone: ZoneInfo) -> Instant:
    """A wall-clock time as an instant; raises `NonexistentTime` or `AmbiguousTime` where the clocks change."""
    early, late = wall.replace(tzinfo=zone, fold=0), wall.replace(tzinfo=zone, fold=1)
    if early.utcoffset() == late.utcoffset():
        return instant(early)
    if instant(early) < instant(late):
        raise AmbiguousTime(wall, (early.isoformat(), late.isoformat()))
    before = moment(instant(late)).astimezone(zone)
    after = moment(instant(early)).astimezone(zone)
    raise NonexistentTime(wall, (before.isoformat(), after.isoformat()))


def comes_twice(local: datetime) -> bool:
    """Whether the clocks of its zone show this time twice, so that without the zone's name it is no instant."""
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


def minute(at: Instant, zone: ZoneInfo) -> str:
    """An instant to the minute, such as 2026-11-12 11:00; one that comes twice says which: 2026-10-25 02:30 CEST."""
    local = moment(at).astimezone(zone)
    return f"{local:%Y-%m-%d %H:%M %Z}" if comes_twice(local) else f"{local:%Y-%m-%d %H:%M}"


def deadline(starts: Instant, notice: Notice, zone: ZoneInfo) -> Instant:
    """The last instant at which maintenance from `starts` on is told in time (rule 7).

    Whole days are calendar days at the same wall-clock time in the agreement's zone; what is left is elapsed time.
    """
    local = moment(starts).astimezone(zone).replace(tzinfo=None)
    return resolve(local - timedelta(days=notice.days), zone) - notice.rest
