"""What a maintenance window means for the figures, in words for who declares it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from slawatch.model import DAY, HOUR, MINUTE, SECOND, MaintenanceTerms, Micros, Reason, Version
from slawatch.rules import calendar


class Meaning(NamedTuple):
    """Words about one fact of a window: `reason`, `announced` or `starts`."""

    about: str
    words: str


def meanings(version: Version, reason: str, terms: MaintenanceTerms, zone: ZoneInfo) -> Iterator[Meaning]:
    """What may surprise about a window that is declared so, under these terms."""
    yield from _notice(version, reason, terms, zone)
    if terms.preferred and not within_hours(version, terms.preferred, zone):
        hours = "-".join(terms.preferred)
        yield Meaning(
            "starts", f"not within {hours}: it lowers the share inside the night; what is left out does not change"
        )


def _notice(version: Version, reason: str, terms: MaintenanceTerms, zone: ZoneInfo) -> Iterator[Meaning]:
    if reason == Reason.HOTFIX:
        if not terms.hotfix_excluded:
            yield Meaning("reason", "hotfix: this window is shown, and counts as downtime (hotfix: counts)")
        return
    if terms.late_excluded:
        return
    counts = "its downtime counts (late_notice: counts)"
    if version.announced is None:
        yield Meaning("announced", f"missing: as long as nothing proves the notice, {counts}")
        return
    deadline = calendar.deadline(version.starts, terms.notice, zone)
    if version.announced > deadline:
        by = calendar.moment(deadline).astimezone(zone).isoformat(timespec="minutes")
        notice = length(terms.notice.days * DAY + terms.notice.rest)
        yield Meaning("announced", f"too late, expected by {by} (notice: {notice}): {counts}")


def within_hours(version: Version, hours: tuple[str, str], zone: ZoneInfo) -> bool:
    """Whether the whole window lies in one stretch of the preferred hours."""
    first = calendar.moment(version.starts).astimezone(zone).date()
    begins, ends = map(time.fromisoformat, hours)
    day = timedelta(days=1)
    for date in (first - day, first):
        until = date + (day if ends <= begins else timedelta())
        night_starts = calendar.resolve(datetime.combine(date, begins), zone)
        night_ends = calendar.resolve(datetime.combine(until, ends), zone)
        if night_starts <= version.starts and version.ends <= night_ends:
            return True
    return False


def length(micros: Micros) -> str:
    """A length of time as the configuration writes it: `1h30m`, `1.5s`, `5d`."""
    rest, parts = micros, []
    for unit, size in (("d", DAY), ("h", HOUR), ("m", MINUTE)):
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count}{unit}")
    if rest or not parts:
        seconds, fraction = divmod(rest, SECOND)
        parts.append(f"{seconds}.{fraction:06d}".rstrip("0").rstrip(".") + "s")
    return "".join(parts)
