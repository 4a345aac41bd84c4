"""Windows that come again: RFC 5545's recurrence rules, in the wall-clock time of a zone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rrulestr

from slawatch.model import Instant
from slawatch.rules.calendar import instant, resolve

_FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_WITHIN_A_DAY = ("BYHOUR", "BYMINUTE", "BYSECOND")
_DAY = "(?:MO|TU|WE|TH|FR|SA|SU)"
_WEEK = "(?:[1-9]|[1-4][0-9]|5[0-3])"
_YEAR_DAY = "(?:[1-9]|[1-9][0-9]|[12][0-9]{2}|3[0-5][0-9]|36[0-6])"


def _listed(item: str) -> re.Pattern[str]:
    return re.compile(f"{item}(?:,{item})*")


#: The parts that a rule may have, the form of each, and an example of it.
_PARTS = {
    "FREQ": (re.compile("|".join(_FREQUENCIES)), f"one of {', '.join(_FREQUENCIES)}"),
    "INTERVAL": (re.compile("[1-9][0-9]{0,2}"), "a number from 1 to 999"),
    "COUNT": (re.compile("[1-9][0-9]{0,3}"), "a number from 1 to 9999"),
    "UNTIL": (re.compile("[0-9]{8}(?:T[0-9]{6}Z?)?"), "20270101, 20270101T030000 or 20270101T020000Z"),
    "WKST": (re.compile(_DAY), "a day such as MO"),
    "BYDAY": (_listed(f"(?:[+-]?{_WEEK})?{_DAY}"), "days such as TU, or 2TU for the second Tuesday"),
    "BYMONTHDAY": (_listed("[+-]?(?:[1-9]|[12][0-9]|3[01])"), "days of the month such as 1,15 or -1"),
    "BYMONTH": (_listed("(?:[1-9]|1[0-2])"), "months such as 1,7"),
    "BYWEEKNO": (_listed(f"[+-]?{_WEEK}"), "weeks of the year such as 1,27"),
    "BYYEARDAY": (_listed(f"[+-]?{_YEAR_DAY}"), "days of the year such as 1,100"),
    "BYSETPOS": (_listed(f"[+-]?{_YEAR_DAY}"), "positions such as 1 or -1"),
}
_EXAMPLE = "such as FREQ=WEEKLY;BYDAY=TU"

#: The calendar comes round: what does not occur in so many years, as a 29 February on a Monday does, never does.
_YEARS = timedelta(days=41 * 366)
#: So many occurrences tell whether they overlap, whatever is asked for.
_JUDGED = 400
_DAY_ENDS = time(23, 59, 59, 999_999)


class BadRepeat(ValueError):
    """A text that is no rule for windows; says what is wrong with it and what would be right, in one line."""


def occurrences(
    rule: str, starts: datetime, ends: datetime, zone: ZoneInfo, until: Instant, most: int = 400
) -> tuple[tuple[Instant, Instant], ...]:
    """Start and end of each occurrence that starts before `until`, in order, at most `most`.

    `rule`: an RFC 5545 RRULE without DTSTART, such as `FREQ=MONTHLY;BYDAY=2TU;COUNT=6`. An UNTIL that is a date means
    that day too; one without Z is wall-clock time. `starts`, `ends`: naive wall-clock times in `zone`; the first
    occurrence is the first that fits the rule from `starts` on. A time that comes twice means the earlier one, a
    missing one moves forward by the gap; an occurrence that the gap swallows whole is none. Raises BadRepeat for what
    is no such rule, is finer than daily, makes windows that overlap, or never occurs.
    """
    found = tuple(islice(_all(rule, starts, ends, zone), max(most, _JUDGED)))
    if not found:
        raise BadRepeat(f"{rule!r} never occurs, expected a rule that does, {_EXAMPLE}")
    for (_, before), (after, _) in pairwise(found[:_JUDGED]):
        if after < before:
            raise BadRepeat(f"{rule!r} starts again before it has ended, expected windows that do not overlap")
    return tuple(one for one in found if one[0] < until)[:most]


def _all(rule: str, starts: datetime, ends: datetime, zone: ZoneInfo) -> Iterator[tuple[Instant, Instant]]:
    parts = _read(rule)
    last, count = _last(parts.pop("UNTIL", None), zone), parts.pop("COUNT", None)
    walls = _dates(rule, parts, starts)
    for wall in walls if count is None else islice(walls, int(count)):
        start, end = resolve(wall, zone), resolve(wall + (ends - starts), zone)
        if last is not None and start > last:
            return
        if start < end:
            yield start, end


def _read(rule: str) -> dict[str, str]:
    """The rule's parts by name, each known and there once."""
    parts: dict[str, str] = {}
    for part in rule.split(";"):
        name, equals, value = part.partition("=")
        if not (name and equals and value):
            raise BadRepeat(f"expected an RFC 5545 rule {_EXAMPLE}, got {rule!r}")
        if name in _WITHIN_A_DAY:
            raise BadRepeat(f"{name} is finer than daily, expected the time of day in starts only")
        if name not in _PARTS:
            raise BadRepeat(f"{name!r} is no part of a rule, expected one of {', '.join(_PARTS)}")
        if name in parts:
            raise BadRepeat(f"{name} stands here twice, expected once")
        form, words = _PARTS[name]
        if not form.fullmatch(value):
            raise BadRepeat(f"expected {name} as {words}, got {value!r}")
        parts[name] = value
    if "FREQ" not in parts:
        raise BadRepeat(f"FREQ is missing, expected a rule {_EXAMPLE}")
    if "COUNT" in parts and "UNTIL" in parts:
        raise BadRepeat("COUNT and UNTIL together, expected one of them")
    if parts["FREQ"] in {"DAILY", "WEEKLY"} and re.search("[0-9]", parts.get("BYDAY", "")):
        raise BadRepeat(f"BYDAY={parts['BYDAY']} counts in a month or year, expected FREQ=MONTHLY or FREQ=YEARLY")
    return parts


def _last(written: str | None, zone: ZoneInfo) -> Instant | None:
    """The last instant at which an occurrence may start; None without an end."""
    if written is None:
        return None
    try:
        wall = datetime.fromisoformat(written.removesuffix("Z"))
    except ValueError:
        raise BadRepeat(f"UNTIL={written} is no date, expected one such as 20270101") from None
    if written.endswith("Z"):
        return instant(wall.replace(tzinfo=UTC))
    return resolve(wall if "T" in written else datetime.combine(wall, _DAY_ENDS), zone)


def _dates(rule: str, parts: dict[str, str], starts: datetime) -> Iterator[datetime]:
    """The wall-clock times at which the rule starts, over the years in which all its dates come round."""
    text = ";".join(f"{name}={value}" for name, value in parts.items())
    try:
        made = rrulestr(text, dtstart=starts)
        assert isinstance(made, rrule), "one rule, without RDATE and the like"
        yield from made.replace(until=starts + _YEARS)
    except (
        ValueError,
        IndexError,
    ) as error:  # numbers that are too large together, such as the ninth Tuesday of a month
        raise BadRepeat(f"expected an RFC 5545 rule {_EXAMPLE}, got {rule!r}") from error
