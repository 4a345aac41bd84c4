"""Rule 9: business time, in tables that a person can check with a calendar, and by properties."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import agreeing
import pytest
from hypothesis import given
from hypothesis import strategies as st

from slawatch.holiday_list import recognised
from slawatch.model import (
    DAY,
    HOUR,
    MINUTE,
    BusinessTerms,
    Instant,
)
from slawatch.rules.business import WORKING_DAY, WORKING_WEEK, BusinessHours, due, elapsed, hours_of
from slawatch.rules.calendar import instant, moment

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
OFFICE = BusinessHours(
    days=frozenset(range(5)),
    opens=time(9),
    closes=time(17),
    zone=AMSTERDAM,
    holidays=frozenset(day for year in range(2025, 2029) for day in recognised(year)),
)
SUNDAY_NIGHT = BusinessHours(days=frozenset({6}), opens=time(1), closes=time(5), zone=AMSTERDAM)


def at(written: str) -> Instant:
    return instant(datetime.strptime(written, "%Y-%m-%d %a %H:%M").replace(tzinfo=AMSTERDAM))


def shown(moment_: Instant) -> str:
    return f"{moment(moment_).astimezone(AMSTERDAM):%Y-%m-%d %a %H:%M}"


@pytest.mark.parametrize(
    ("starts", "length", "expected"),
    [
        ("2026-03-04 Wed 10:00", HOUR,         "2026-03-04 Wed 11:00"),
        ("2026-03-04 Wed 10:00", WORKING_DAY,  "2026-03-05 Thu 10:00"),
        ("2026-03-04 Wed 09:00", WORKING_DAY,  "2026-03-04 Wed 17:00"),
        ("2026-03-06 Fri 16:59", WORKING_DAY,  "2026-03-09 Mon 16:59"),
        ("2026-03-06 Fri 16:59", 2 * MINUTE,   "2026-03-09 Mon 09:01"),
        ("2026-03-06 Fri 17:00", 1 * MINUTE,   "2026-03-09 Mon 09:01"),
        ("2026-03-07 Sat 12:00", WORKING_DAY,  "2026-03-09 Mon 17:00"),  # counted from Monday's opening
        ("2026-03-09 Mon 07:00", HOUR,         "2026-03-09 Mon 10:00"),
        ("2026-03-04 Wed 10:00", WORKING_WEEK, "2026-03-11 Wed 10:00"),
        ("2026-03-27 Fri 16:00", 2 * HOUR,     "2026-03-30 Mon 10:00"),  # the clocks go forward in between
        ("2026-10-23 Fri 16:00", 2 * HOUR,     "2026-10-26 Mon 10:00"),  # and back
        ("2026-04-02 Thu 16:30", WORKING_DAY,  "2026-04-07 Tue 16:30"),  # Goede Vrijdag, Tweede paasdag
        ("2026-04-24 Fri 12:00", WORKING_DAY,  "2026-04-28 Tue 12:00"),  # Koningsdag
        ("2026-05-04 Mon 10:00", WORKING_DAY,  "2026-05-06 Wed 10:00"),  # Bevrijdingsdag, which is no lustrum
        ("2026-05-13 Wed 13:00", WORKING_DAY,  "2026-05-15 Fri 13:00"),  # Hemelvaartsdag
        ("2025-12-24 Wed 13:00", WORKING_DAY,  "2025-12-29 Mon 13:00"),  # 25 and 26 December
        ("2025-12-22 Mon 10:00", WORKING_WEEK, "2025-12-31 Wed 10:00"),  # a week with two holidays
        ("2025-12-31 Wed 16:00", WORKING_DAY,  "2026-01-02 Fri 16:00"),  # the year ends, Nieuwjaarsdag
    ],
)  # fmt: skip
def test_what_takes_business_time_is_due(starts: str, length: int, expected: str) -> None:
    assert shown(due(at(starts), length, OFFICE)) == expected


@pytest.mark.parametrize(
    ("starts", "ends", "hours"),
    [
        ("2026-03-06 Fri 16:59", "2026-03-09 Mon 09:01", 2 / 60),
        ("2026-03-06 Fri 17:00", "2026-03-09 Mon 09:00", 0),
        ("2026-03-04 Wed 12:00", "2026-03-04 Wed 13:30", 1.5),
        ("2026-03-02 Mon 00:00", "2026-03-09 Mon 00:00", 40),
        ("2026-03-23 Mon 00:00", "2026-04-01 Wed 00:00", 56),  # the clocks go forward: no working day is shorter
        ("2026-04-02 Thu 17:00", "2026-04-07 Tue 09:00", 0),  # Easter
        ("2026-04-01 Wed 00:00", "2026-05-01 Fri 00:00", 19 * 8),  # 22 weekdays less three holidays
        ("2025-12-22 Mon 00:00", "2025-12-29 Mon 00:00", 24),
    ],
)
def test_business_time_is_what_lies_within_the_hours(starts: str, ends: str, hours: float) -> None:
    assert elapsed(at(starts), at(ends), OFFICE) == round(hours * HOUR)


@pytest.mark.parametrize(
    ("sunday", "hours"),
    [("2026-03-22 Sun", 4), ("2026-03-29 Sun", 3), ("2026-10-25 Sun", 5)],
)
def test_hours_in_which_the_clocks_change_are_as_long_as_they_last(sunday: str, hours: int) -> None:
    assert elapsed(at(f"{sunday} 00:00"), at(f"{sunday} 12:00"), SUNDAY_NIGHT) == hours * HOUR


def test_hours_that_the_clocks_skip_whole_are_none() -> None:
    short = BusinessHours(days=frozenset({6}), opens=time(2, 30), closes=time(3), zone=AMSTERDAM)
    assert short.on(date(2026, 3, 29)) is None
    assert shown(due(at("2026-03-28 Sat 12:00"), MINUTE, short)) == "2026-04-05 Sun 02:31"


def test_hours_need_a_day_and_an_end_after_their_start() -> None:
    with pytest.raises(ValueError, match="weekdays from 0 to 6, got \\[\\]"):
        BusinessHours(days=frozenset(), opens=time(9), closes=time(17), zone=AMSTERDAM)
    with pytest.raises(ValueError, match="close after they open, got 17:00-09:00"):
        BusinessHours(days=frozenset({0}), opens=time(17), closes=time(9), zone=AMSTERDAM)


instants = st.integers(*(instant(datetime(year, 1, 1, tzinfo=UTC)) for year in (2025, 2028)))
times = st.times().map(lambda one: one.replace(fold=0))
zones = st.sampled_from(["Europe/Amsterdam", "America/Havana", "Australia/Lord_Howe", "Africa/Casablanca"]).map(
    ZoneInfo
)
schedules = st.tuples(
    st.frozensets(st.integers(0, 6), min_size=1), st.lists(times, min_size=2, max_size=2, unique=True), zones
).map(lambda made: BusinessHours(made[0], min(made[1]), max(made[1]), made[2], OFFICE.holidays))


@given(schedules, instants, st.integers(0, 200), st.integers(0, HOUR))
def test_what_is_due_is_so_much_business_time_later(
    hours: BusinessHours, starts: Instant, parts: int, rest: int
) -> None:
    day = min(24 * HOUR, elapsed(starts, starts + 14 * DAY, hours))
    length = parts * day // 20 + min(rest, day)
    ends = due(starts, length, hours)
    assert elapsed(starts, ends, hours) == length
    assert length == 0 or elapsed(starts, ends - 1, hours) == length - 1


@given(schedules, st.lists(instants, min_size=3, max_size=3).map(sorted))
def test_business_time_adds_up_over_a_split_and_is_never_longer_than_time(
    hours: BusinessHours, points: list[Instant]
) -> None:
    first, middle, last = points
    whole = elapsed(first, last, hours)
    assert whole == elapsed(first, middle, hours) + elapsed(middle, last, hours)
    assert 0 <= elapsed(middle, last, hours) <= whole <= last - first


@given(schedules, instants, instants)
def test_what_begins_later_is_due_no_earlier(hours: BusinessHours, one: Instant, other: Instant) -> None:
    length = elapsed(one, one + 14 * DAY, hours)
    assert due(min(one, other), length, hours) <= due(max(one, other), length, hours)


def test_the_hours_of_an_agreement_are_its_own_less_the_holidays_in_force() -> None:
    usual = agreeing.terms()
    assert hours_of(usual, OFFICE.holidays) == OFFICE
    own = replace(usual, business=BusinessTerms(("08:30", "12:00"), ("mon", "sun")), timezone="Asia/Tokyo")
    assert hours_of(own, ()) == BusinessHours(frozenset({0, 6}), time(8, 30), time(12), ZoneInfo("Asia/Tokyo"))
