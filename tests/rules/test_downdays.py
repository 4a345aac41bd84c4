"""The seconds of a statement's outages, by the day."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from slawatch.model import HOUR, MINUTE, SECOND, Micros
from slawatch.rules.calendar import Period, day, parse
from slawatch.rules.document import Document
from slawatch.rules.downdays import down_days

ZONE = ZoneInfo("Europe/Amsterdam")
OCTOBER = Period(parse("2026-09-30T22:00:00Z"), parse("2026-10-31T23:00:00Z"))


def outage(starts: str, ends: str | None, counted: Micros) -> Document:
    return {"starts": starts, "ends": ends, "seconds": counted / SECOND}


def by_day(*outages: Document) -> dict[str, int]:
    found = down_days(outages, OCTOBER, ZONE)
    names = {day(parse(f"2026-10-{number:02}T12:00:00Z"), ZONE).starts: f"{number}" for number in range(1, 32)}
    return {names[at]: down // MINUTE for at, down in found.items()}


def test_an_outage_is_of_its_day_by_the_clock():
    assert by_day(outage("2026-10-03T22:30:00Z", "2026-10-03T22:42:00Z", 12 * MINUTE)) == {"4": 12}


def test_two_outages_of_a_day_add_up():
    first = outage("2026-10-03T08:00:00Z", "2026-10-03T08:05:00Z", 5 * MINUTE)
    assert by_day(first, outage("2026-10-03T09:00:00Z", "2026-10-03T09:07:00Z", 7 * MINUTE)) == {"3": 12}


def test_an_outage_over_midnight_is_split_there():
    """That the night of the 25th has an hour more changes nothing."""
    assert by_day(outage("2026-10-24T21:30:00Z", "2026-10-25T23:10:00Z", 25 * HOUR + 40 * MINUTE)) == {
        "24": 30,
        "25": 25 * 60,
        "26": 10,
    }


def test_one_of_which_some_is_left_out_is_counted_at_its_first_day_and_named_at_each():
    assert by_day(outage("2026-10-03T21:30:00Z", "2026-10-03T23:00:00Z", 50 * MINUTE)) == {"3": 50, "4": 0}


def test_one_of_which_nothing_counts_is_named():
    assert by_day(outage("2026-10-03T08:00:00Z", "2026-10-03T09:00:00Z", 0)) == {"3": 0}


@pytest.mark.parametrize(
    ("starts", "ends", "counted", "found"),
    [
        ("2026-09-30T20:00:00Z", "2026-09-30T22:20:00Z", 20 * MINUTE, {"1": 20}),
        ("2026-10-31T22:50:00Z", None, 10 * MINUTE, {"31": 10}),
    ],
)
def test_only_what_lies_in_the_period_is_told(starts: str, ends: str | None, counted: Micros, found: dict[str, int]):
    assert by_day(outage(starts, ends, counted)) == found
