"""By when incidents have to be dealt with, and whether they were, in business hours less the holidays."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slawatch.model import HOUR, MINUTE, Incident, Instant, Priority
from slawatch.rules.business import BusinessHours
from slawatch.rules.calendar import Period, minute, resolve
from slawatch.rules.incidents import Judged, due, in_time, judge, without_persons, wrong_with

ZONE = ZoneInfo("Europe/Amsterdam")
GOOD_FRIDAY, EASTER_MONDAY = date(2026, 4, 3), date(2026, 4, 6)
HOURS = BusinessHours(frozenset(range(5)), time(9), time(17), ZONE, frozenset({GOOD_FRIDAY, EASTER_MONDAY}))


def at(local: str) -> Instant:
    return resolve(datetime.fromisoformat(local), ZONE)


def incident(priority: str, opened: str, answered: str | None = None, solved: str | None = None) -> Incident:
    done = (None if one is None else at(one) for one in (answered, solved))
    return Incident("duinzicht", "1042", Priority(priority), at(opened), *done)


@pytest.mark.parametrize(
    ("priority", "opened", "expected"),
    [
        # 2026-04-02 is a Thursday before a long weekend.
        ("1", "2026-04-02 16:30", "2026-04-07 16:30"),
        ("1", "2026-03-24 09:00", "2026-03-24 17:00"),
        ("1", "2026-03-24 18:00", "2026-03-25 17:00"),
        ("1", "2026-03-27 13:00", "2026-03-30 13:00"),  # the clocks went forward in between
        ("2", "2026-04-02 16:30", "2026-04-13 16:30"),
        ("2", "2026-03-23 09:00", "2026-03-27 17:00"),
        ("3", "2026-03-24 09:00", "2026-03-25 17:00"),
        ("3", "2026-03-24 23:59", "2026-03-25 17:00"),
        ("3", "2026-03-27 10:00", "2026-03-30 17:00"),
        ("3", "2026-03-28 10:00", "2026-03-30 17:00"),
        ("3", "2026-03-29 23:30", "2026-03-30 17:00"),
        ("3", "2026-04-02 08:00", "2026-04-07 17:00"),
        ("none", "2026-03-24 09:00", None),
    ],
)
def test_an_incident_is_due_by_its_priority(priority: str, opened: str, expected: str | None):
    found = due(incident(priority, opened), HOURS)

    assert (None if found is None else minute(found, ZONE)) == expected


LATE = "2026-03-24 17:01"


@pytest.mark.parametrize(
    ("one", "now", "met", "overdue"),
    [
        (incident("1", "2026-03-24 09:00", solved="2026-03-24 17:00"), LATE, True, False),
        (incident("1", "2026-03-24 09:00", solved=LATE), LATE, False, False),
        (incident("1", "2026-03-24 09:00"), "2026-03-24 17:00", None, False),
        (incident("1", "2026-03-24 09:00"), LATE, False, True),
        (incident("1", "2026-03-24 09:00", answered="2026-03-24 09:05"), LATE, False, True),  # answered is not solved
        (incident("3", "2026-03-23 09:00", answered="2026-03-24 16:00"), LATE, True, False),
        (incident("3", "2026-03-23 09:00", solved="2026-03-24 16:00"), LATE, True, False),  # solved is answered
        (incident("3", "2026-03-23 09:00", answered=LATE, solved=LATE), LATE, False, False),
        (incident("none", "2025-03-23 09:00"), LATE, None, False),
    ],
)
def test_an_incident_is_dealt_with_in_time_or_overdue(one: Incident, now: str, met: bool | None, overdue: bool):
    judged = judge(one, HOURS, at(now))

    assert (judged.met, judged.overdue) == (met, overdue)


def test_an_incident_belongs_to_the_month_in_which_it_was_due():
    march = Period(at("2026-03-01 00:00"), at("2026-04-01 00:00"))
    opened = ("2026-02-27 12:00", "2026-03-30 12:00", "2026-03-31 12:00")
    judged = [judge(incident("1", one, solved="2026-03-31 10:00"), HOURS, march.ends) for one in opened[:2]]
    judged += [
        judge(incident("1", opened[2]), HOURS, march.ends),
        judge(incident("none", opened[1]), HOURS, march.ends),
    ]

    assert in_time(judged, march) == (1, 2)
    assert in_time([], march) == (0, 0)


@given(st.sampled_from("123"), st.integers(0, 400 * 24 * 60), st.integers(0, 14 * 24 * 60))
def test_who_is_later_never_does_better(priority: str, opened: int, took: int):
    begun = at("2026-01-01 00:00") + opened * MINUTE
    one = Incident("duinzicht", "1", Priority(priority), begun, begun + took * MINUTE, begun + took * MINUTE)
    later = replace(one, answered=one.answered + HOUR, solved=one.solved + HOUR)
    first, second = (judge(each, HOURS, begun + 400 * 24 * HOUR) for each in (one, later))

    assert first.due == second.due > begun
    assert first.met or not second.met


def test_a_wish_is_never_overdue():
    assert not Judged(incident("none", "2020-01-01 09:00"), None, None).overdue


@pytest.mark.parametrize(
    ("subject", "kept"),
    [
        ("  Printer\n jams ", "Printer jams"),
        ("Mail from jan.jansen@park.example fails", "Mail from [...] fails"),
        ("Call back +31 (0)6 1234 5678", "Call back [...]"),
        ("Invoice 2026-1042 is wrong", "Invoice 2026-1042 is wrong"),
        ("x" * 300, "x" * 199 + "…"),
    ],
)
def test_a_subject_is_kept_without_what_tells_of_a_person(subject: str, kept: str):
    assert without_persons(subject) == kept
    assert without_persons(kept) == kept


NOW = at("2026-03-24 12:00")


@pytest.mark.parametrize(
    ("one", "wrong"),
    [
        (incident("1", "2026-03-24 09:00", "2026-03-24 09:00", "2026-03-24 12:00"), None),
        (incident("1", "2026-03-24 12:01"), "opened: expected a time that has been, got 2026-03-24T11:01:00Z"),
        (
            incident("1", "2026-03-24 09:00", answered="2026-03-24 08:59"),
            "answered: expected a time from opened 2026-03-24T08:00:00Z on, got 2026-03-24T07:59:00Z",
        ),
        (
            incident("1", "2026-03-24 09:00", solved="2026-03-24 13:00"),
            "solved: expected a time that has been, got 2026-03-24T12:00:00Z",
        ),
        (
            replace(incident("1", "2026-03-24 09:00"), id=""),
            "id: expected 1 to 100 characters that can be printed, got ''",
        ),
        (
            replace(incident("1", "2026-03-24 09:00"), id="1\n2"),
            "id: expected 1 to 100 characters that can be printed, got '1\\n2'",
        ),
    ],
)
def test_an_incident_that_cannot_be_is_refused(one: Incident, wrong: str | None):
    assert wrong_with(one, NOW) == wrong
