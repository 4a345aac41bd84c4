"""Rule 9: business time, the hours in which the vendor works."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from slawatch.model import HOUR, Instant, Micros, Terms
from slawatch.rules.calendar import Period, moment, resolve

#: The agreement's lengths: a working day is 8 business hours and a working week 40, whatever the hours of a day.
WORKING_DAY: Micros = 8 * HOUR
WORKING_WEEK: Micros = 40 * HOUR

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class BusinessHours:
    """From `opens` to `closes`, wall-clock time in `zone`, on the weekdays `days` (0 is Monday) that are no holiday.

    Raises ValueError for hours without a day, and for a day that closes before it opens.
    """

    days: frozenset[int]
    opens: time
    closes: time
    zone: ZoneInfo
    holidays: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        if not self.days <= set(range(7)) or not self.days:
            raise ValueError(f"expected weekdays from 0 to 6, got {sorted(self.days)}")
        if self.closes <= self.opens:
            raise ValueError(f"expected hours that close after they open, got {self.opens:%H:%M}-{self.closes:%H:%M}")

    def on(self, day: date) -> Period | None:
        """The business hours of one day; None when there are none."""
        if day.weekday() not in self.days or day in self.holidays:
            return None
        starts, ends = (resolve(datetime.combine(day, at), self.zone) for at in (self.opens, self.closes))
        return Period(starts, ends) if starts < ends else None  # the clocks may skip all of short hours


def hours_of(terms: Terms, holidays: Iterable[date]) -> BusinessHours:
    """The business hours of an agreement. `holidays`: those in force, of all years that are reckoned with."""
    business = terms.business
    return BusinessHours(
        days=frozenset(map(_DAYS.index, business.days)),
        opens=time.fromisoformat(business.hours[0]),
        closes=time.fromisoformat(business.hours[1]),
        zone=ZoneInfo(terms.timezone),
        holidays=frozenset(holidays),
    )


def elapsed(starts: Instant, ends: Instant, hours: BusinessHours) -> Micros:
    """How much business time lies in [starts, ends)."""
    return sum(max(0, min(ends, day.ends) - max(starts, day.starts)) for day in _days(starts, hours, ends))


def due(starts: Instant, length: Micros, hours: BusinessHours) -> Instant:
    """The first instant by which `length` of business time has passed since `starts`, which for no length is `starts`.

    Counting begins at the next opening when `starts` is outside business hours.
    """
    at, left = starts, length
    days = _days(starts, hours)
    while left > 0:
        day = next(days)
        at = max(at, day.starts)
        passed = min(left, max(0, day.ends - at))
        at, left = at + passed, left - passed
    return at


def next_close(starts: Instant, hours: BusinessHours) -> Instant:
    """When the first day of business hours after the day of `starts` closes: the end of "the same or the next day"."""
    today = moment(starts).astimezone(hours.zone).date()
    following = resolve(datetime.combine(today + timedelta(days=1), time.min), hours.zone)
    return next(_days(following, hours)).ends


def _days(since: Instant, hours: BusinessHours, until: Instant | None = None) -> Iterator[Period]:
    """The business hours of each day that is open, from the day of `since` on, in order."""
    day = moment(since).astimezone(hours.zone).date()
    last = date.max if until is None else moment(until).astimezone(hours.zone).date()
    while day <= last:
        found = hours.on(day)
        if found is not None:
            yield found
        day += timedelta(days=1)
