"""Windows that come again: which days, and at which instants while the clocks change."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from slawatch.cli.main import cli
from slawatch.model import DAY, Instant
from slawatch.recurrence import BadRepeat, occurrences
from slawatch.rules.calendar import instant, moment

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
FAR = instant(datetime.fromisoformat("2100-01-01T00:00Z"))


def at(written: str) -> Instant:
    return instant(datetime.fromisoformat(written))


wall = datetime.fromisoformat


def days(rule: str, starts: str = "2026-12-01 23:00", hours: float = 6, most: int = 4) -> list[str]:
    """The days, month first, on which the rule starts."""
    first = wall(starts)
    found = occurrences(rule, first, first + timedelta(hours=hours), AMSTERDAM, FAR, most)
    return [f"{moment(start).astimezone(AMSTERDAM):%m-%d}" for start, _ in found]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("FREQ=DAILY", ["12-01", "12-02", "12-03", "12-04"]),
        ("FREQ=DAILY;INTERVAL=10", ["12-01", "12-11", "12-21", "12-31"]),
        ("FREQ=DAILY;COUNT=2", ["12-01", "12-02"]),
        ("FREQ=WEEKLY", ["12-01", "12-08", "12-15", "12-22"]),
        ("FREQ=WEEKLY;BYDAY=TU,TH", ["12-01", "12-03", "12-08", "12-10"]),
        ("FREQ=WEEKLY;BYDAY=MO", ["12-07", "12-14", "12-21", "12-28"]),  # the first that fits, from the start on
        ("FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=TU,SU", ["12-01", "12-13", "12-15", "12-27"]),
        ("FREQ=MONTHLY", ["12-01", "01-01", "02-01", "03-01"]),
        ("FREQ=MONTHLY;BYDAY=2TU;COUNT=3", ["12-08", "01-12", "02-09"]),
        ("FREQ=MONTHLY;BYDAY=-1FR", ["12-25", "01-29", "02-26", "03-26"]),
        ("FREQ=MONTHLY;BYMONTHDAY=31", ["12-31", "01-31", "03-31", "05-31"]),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", ["12-31", "01-29", "02-26", "03-31"]),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", ["02-29", "02-29", "02-29", "02-29"]),
        ("FREQ=DAILY;UNTIL=20261203", ["12-01", "12-02", "12-03"]),  # that day too
        ("FREQ=DAILY;UNTIL=20261203T230000", ["12-01", "12-02", "12-03"]),
        ("FREQ=DAILY;UNTIL=20261203T225959", ["12-01", "12-02"]),
        ("FREQ=DAILY;UNTIL=20261203T220000Z", ["12-01", "12-02", "12-03"]),
        ("FREQ=DAILY;UNTIL=20261203T215959Z", ["12-01", "12-02"]),
    ],
)
def test_a_rule_names_the_days_on_which_a_window_starts(rule: str, expected: list[str]) -> None:
    assert days(rule) == expected


@pytest.mark.parametrize(
    ("starts", "ends", "expected"),
    [
        # the clocks go forward on 29 March 2026 at 02:00
        ("2026-03-28 23:00", "2026-03-29 05:00", ["2026-03-28T23:00+01:00/2026-03-29T05:00+02:00"]),
        ("2026-03-28 03:30", "2026-03-28 04:00", [
            "2026-03-28T03:30+01:00/2026-03-28T04:00+01:00", "2026-03-29T03:30+02:00/2026-03-29T04:00+02:00"]),
        ("2026-03-29 02:30", "2026-03-29 04:00", ["2026-03-29T03:30+02:00/2026-03-29T04:00+02:00"]),
        ("2026-03-29 01:30", "2026-03-29 02:30", ["2026-03-29T01:30+01:00/2026-03-29T03:30+02:00"]),
        ("2026-03-29 02:30", "2026-03-29 03:00", ["2026-03-30T02:30+02:00/2026-03-30T03:00+02:00"]),  # swallowed
        # they go back on 25 October 2026 at 03:00
        ("2026-10-25 02:30", "2026-10-25 04:00", ["2026-10-25T02:30+02:00/2026-10-25T04:00+01:00"]),
        ("2026-10-25 01:00", "2026-10-25 02:30", ["2026-10-25T01:00+02:00/2026-10-25T02:30+02:00"]),
    ],
)  # fmt: skip
def test_every_occurrence_keeps_its_wall_clock_times(starts: str, ends: str, expected: list[str]) -> None:
    found = occurrences("FREQ=DAILY", wall(starts), wall(ends), AMSTERDAM, FAR, len(expected))
    assert list(found) == [tuple(map(at, span.split("/"))) for span in expected]


def test_occurrences_are_those_that_start_before_the_limit() -> None:
    first, last = wall("2026-12-01 23:00"), wall("2026-12-02 05:00")
    starts = at("2026-12-02T23:00+01:00")
    assert len(occurrences("FREQ=DAILY", first, last, AMSTERDAM, starts)) == 1
    assert len(occurrences("FREQ=DAILY", first, last, AMSTERDAM, starts + 1)) == 2
    assert occurrences("FREQ=DAILY", first, last, AMSTERDAM, 0) == ()


def test_by_default_there_are_at_most_400() -> None:
    assert len(occurrences("FREQ=DAILY", wall("2026-01-01"), wall("2026-01-02"), AMSTERDAM, FAR)) == 400


PARTS = "FREQ, INTERVAL, COUNT, UNTIL, WKST, BYDAY, BYMONTHDAY, BYMONTH, BYWEEKNO, BYYEARDAY, BYSETPOS"


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("weekly", "expected an RFC 5545 rule such as FREQ=WEEKLY;BYDAY=TU, got 'weekly'"),
        ("FREQ=DAILY;", "expected an RFC 5545 rule such as FREQ=WEEKLY;BYDAY=TU, got 'FREQ=DAILY;'"),
        ("RRULE:FREQ=DAILY", f"'RRULE:FREQ' is no part of a rule, expected one of {PARTS}"),
        ("FREQ=DAILY;BYEASTER=0", f"'BYEASTER' is no part of a rule, expected one of {PARTS}"),
        ("BYDAY=TU", "FREQ is missing, expected a rule such as FREQ=WEEKLY;BYDAY=TU"),
        ("FREQ=HOURLY", "expected FREQ as one of DAILY, WEEKLY, MONTHLY, YEARLY, got 'HOURLY'"),
        ("FREQ=DAILY;BYHOUR=1,2", "BYHOUR is finer than daily, expected the time of day in starts only"),
        ("FREQ=DAILY;FREQ=DAILY", "FREQ stands here twice, expected once"),
        ("FREQ=DAILY;COUNT=2;UNTIL=20270101", "COUNT and UNTIL together, expected one of them"),
        ("FREQ=DAILY;COUNT=0", "expected COUNT as a number from 1 to 9999, got '0'"),
        ("FREQ=DAILY;INTERVAL=0", "expected INTERVAL as a number from 1 to 999, got '0'"),
        ("FREQ=WEEKLY;BYDAY=DI", "expected BYDAY as days such as TU, or 2TU for the second Tuesday, got 'DI'"),
        ("FREQ=WEEKLY;BYDAY=2TU", "BYDAY=2TU counts in a month or year, expected FREQ=MONTHLY or FREQ=YEARLY"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "expected BYMONTHDAY as days of the month such as 1,15 or -1, got '32'"),
        ("FREQ=MONTHLY;BYDAY=9TU", "expected an RFC 5545 rule such as FREQ=WEEKLY;BYDAY=TU, got 'FREQ=MONTHLY;BYDAY=9TU'"),
        (
            "FREQ=DAILY;UNTIL=2027",
            "expected UNTIL as 20270101, 20270101T030000 or 20270101T020000Z, got '2027'",
        ),
        ("FREQ=DAILY;UNTIL=20271301", "UNTIL=20271301 is no date, expected one such as 20270101"),
        (
            "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
            "'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30' never occurs, expected a rule that does, such as FREQ=WEEKLY;BYDAY=TU",
        ),
        (
            "FREQ=DAILY;UNTIL=20261130",
            "'FREQ=DAILY;UNTIL=20261130' never occurs, expected a rule that does, such as FREQ=WEEKLY;BYDAY=TU",
        ),
    ],
)  # fmt: skip
def test_what_is_no_rule_for_windows_is_told_in_one_line(rule: str, said: str) -> None:
    with pytest.raises(BadRepeat) as refused:
        days(rule)
    assert str(refused.value) == said


@pytest.mark.parametrize(
    ("rule", "hours"),
    [("FREQ=DAILY", 24.5), ("FREQ=WEEKLY;BYDAY=MO,TU", 25), ("FREQ=MONTHLY;BYMONTHDAY=1,31", 30)],
)
def test_windows_that_overlap_are_refused_also_those_after_the_limit(rule: str, hours: float) -> None:
    with pytest.raises(BadRepeat) as refused:
        days(rule, hours=hours, most=1)
    assert str(refused.value) == f"{rule!r} starts again before it has ended, expected windows that do not overlap"


def test_a_window_may_begin_where_the_one_before_ends() -> None:
    assert days("FREQ=DAILY", hours=24, most=2) == ["12-01", "12-02"]


def test_a_window_that_meets_its_next_time_only_where_the_clocks_skip_an_hour_is_refused() -> None:
    with pytest.raises(BadRepeat, match="starts again before it has ended"):
        occurrences("FREQ=DAILY", wall("2020-01-01 03:00"), wall("2020-01-02 02:01"), ZoneInfo("Europe/Amsterdam"), FAR)


walls = st.datetimes(wall("2020-01-01"), wall("2030-01-01"))
rules = st.sampled_from(["FREQ=DAILY", "FREQ=WEEKLY;BYDAY=SU", "FREQ=MONTHLY;BYDAY=-1SU", "FREQ=DAILY;INTERVAL=3"])
zones = st.sampled_from(["Europe/Amsterdam", "America/Havana", "Australia/Lord_Howe", "Africa/Casablanca"]).map(
    ZoneInfo
)


# At most 22 hours: longer ones meet the next day's where the clocks skip an hour, and are refused.
@given(rules, walls, st.integers(1, 22 * 60), zones, st.integers(0, 2000))
def test_occurrences_are_in_order_apart_and_do_not_depend_on_the_limit(
    rule: str, starts: datetime, minutes: int, zone: ZoneInfo, ahead: int
) -> None:
    ends = starts + timedelta(minutes=minutes)
    everything = occurrences(rule, starts, ends, zone, FAR)
    assert all(start < end for start, end in everything)
    assert all(end <= after for (_, end), (after, _) in pairwise(everything))
    limit = instant(starts.replace(tzinfo=zone)) + ahead * DAY
    assert occurrences(rule, starts, ends, zone, limit) == tuple(one for one in everything if one[0] < limit)


CONFIG = """\
pages: {dashboard: {path: /, ready: main}}
customers: [{id: duinzicht, url: 'https://duinzicht.example'}]
maintenance:
  - {id: weekly, starts: 2024-01-02 03:00, ends: 2024-01-02 03:30, repeat: FREQ=WEEKLY,
     announced: 2023-12-01 10:00, announced_by: servicedesk}
"""


def test_a_replayed_month_has_the_occurrences_that_meet_it_however_long_ago_they_began(tmp_path: Path) -> None:
    config = tmp_path / "slawatch.yaml"
    config.write_text(CONFIG)
    arguments = ["replay", "--config", str(config), "--customer", "duinzicht", "--observations", "-"]
    answer = CliRunner().invoke(cli, [*arguments, "--month", "2026-03"], input="", catch_exceptions=False)
    statement = json.loads(answer.stdout)
    assert [(one["starts"], one["counted"]) for one in statement["exclusions"]] == [
        ("2026-03-03T02:00:00Z", True),
        ("2026-03-10T02:00:00Z", True),
        ("2026-03-17T02:00:00Z", True),
        ("2026-03-24T02:00:00Z", True),
        ("2026-03-31T01:00:00Z", True),
    ]
    assert statement["availability"]["seconds"]["excluded"] == 5 * 1800
