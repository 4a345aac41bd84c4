"""Wall-clock times to instants, by trying the offsets on both sides: no use of `fold`, no arithmetic on local times."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    found = moment.astimezone(zone).utcoffset()
    assert found is not None
    return found


def instant_of_wall_time(wall: datetime, zone_name: str) -> int:
    """Microseconds of the instant at which a clock in the zone shows the naive `wall`.

    A doubled time means the earlier instant; a missing one moves forward by the gap.
    """
    zone = ZoneInfo(zone_name)
    as_if_utc = wall.replace(tzinfo=UTC)
    before = _offset(as_if_utc - timedelta(days=1, hours=2), zone)
    after = _offset(as_if_utc + timedelta(days=1, hours=2), zone)
    shown = [as_if_utc - off for off in (before, after)]
    shown = [moment for moment in shown if moment.astimezone(zone).replace(tzinfo=None) == wall]
    moment = min(shown) if shown else as_if_utc - before
    return (moment - EPOCH) // timedelta(microseconds=1)


def month_bounds(month: str, zone_name: str) -> tuple[int, int]:
    """The instants at which the local month and the next one begin."""
    year, number = (int(part) for part in month.split("-"))
    following = (year + 1, 1) if number == 12 else (year, number + 1)
    starts = datetime(year, number, 1)  # noqa: DTZ001 - a wall time
    ends = datetime(*following, 1)  # noqa: DTZ001 - a wall time
    return instant_of_wall_time(starts, zone_name), instant_of_wall_time(ends, zone_name)


def deadline(starts: int, days: int, zone_name: str) -> int:
    """The latest instant to tell of maintenance: `days` calendar days earlier at the same wall-clock time."""
    wall = (EPOCH + timedelta(microseconds=starts)).astimezone(ZoneInfo(zone_name)).replace(tzinfo=None)
    return instant_of_wall_time(wall - timedelta(days=days), zone_name)
