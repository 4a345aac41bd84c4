"""When maintenance comes again, in words: only what is true of all its times."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st

from slawatch.reporters.mail.rhythm import rhythm
from slawatch.reporters.wording.tongue import MAIL, tongue
from slawatch.rules.calendar import moment, parse

FIRST = date(2026, 12, 1)


def dates(rule: str, most: int = 30) -> list[date]:
    return [one.date() for one in rrulestr(rule, dtstart=moment(parse("2026-12-01T02:00:00Z")))[:most]]


@pytest.mark.parametrize(
    ("rule", "dutch", "english"),
    [
        ("FREQ=DAILY", "elke dag", "every day"),
        ("FREQ=WEEKLY;BYDAY=TU", "elke dinsdag", "every Tuesday"),
        ("FREQ=WEEKLY;BYDAY=TU,TH", "elke dinsdag en donderdag", "every Tuesday and Thursday"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", "elke 2 weken op dinsdag", "every 2 weeks on Tuesday"),
        ("FREQ=MONTHLY;BYDAY=1TU", "de eerste dinsdag van elke maand", "the first Tuesday of each month"),
        ("FREQ=MONTHLY;BYDAY=4SU", "de vierde zondag van elke maand", "the fourth Sunday of each month"),
        ("FREQ=MONTHLY;BYDAY=-1SA", "de laatste zaterdag van elke maand", "the last Saturday of each month"),
        ("FREQ=MONTHLY;BYMONTHDAY=15", "op de 15e van elke maand", "on day 15 of each month"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", None, None),
        ("FREQ=MONTHLY;INTERVAL=2;BYDAY=1TU", None, None),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH", None, None),
        ("FREQ=YEARLY", None, None),
        ("FREQ=DAILY;COUNT=2", None, None),
        ("FREQ=WEEKLY;BYDAY=TU,WE,TH;COUNT=3", None, None),
    ],
)
def test_a_rule_is_said_in_few_words_or_not_at_all(rule: str, dutch: str | None, english: str | None) -> None:
    assert rhythm(dates(rule), tongue("nl", MAIL)) == dutch
    assert rhythm(dates(rule), tongue("en", MAIL)) == english


def test_a_time_that_is_left_out_leaves_no_rhythm() -> None:
    weekly = dates("FREQ=WEEKLY;BYDAY=TU")
    assert rhythm([*weekly[:4], *weekly[5:]], tongue("nl", MAIL)) is None


@given(st.sets(st.integers(0, 200), min_size=3, max_size=30))
def test_what_is_said_to_be_every_day_or_week_is(days: set[int]) -> None:
    told = [FIRST + timedelta(days=day) for day in sorted(days)]
    said = rhythm(told, tongue("en", MAIL))
    every = {told[0] + timedelta(days=number) for number in range((told[-1] - told[0]).days + 1)}
    weekdays = {one.weekday() for one in told}
    if said is not None and said.startswith("every ") and "weeks" not in said:
        assert {one for one in every if one.weekday() in weekdays} == set(told)
