"""Backups by what is reported of them: age, lag, drills, and what counts where nobody reports."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slawatch.model import DAY, HOUR, MINUTE, SECOND, BeatKind, Heartbeat, Outcome
from slawatch.rules.calendar import Period
from slawatch.rules.copies import REPLICA_HOLDS, Kept, by_source, kept, last_drill, stand

START = 1_775_000_000 * SECOND
MONTH = Period(START, START + 30 * DAY)
GOOD, FAILED, RETIRED = Outcome.GOOD, Outcome.FAILED, Outcome.RETIRED
HOURLY, DAILY, REPLICA, RESTORE = BeatKind.HOURLY, BeatKind.DAILY, BeatKind.REPLICA, BeatKind.RESTORE


def beat(kind: BeatKind, at: int, outcome: Outcome = GOOD, source: str = "db1", **more: int) -> Heartbeat:
    """`at`: from the month's start."""
    return Heartbeat(source, kind, START + at, outcome, **more)


def hours(*numbers: int) -> list[Heartbeat]:
    return [beat(HOURLY, number * HOUR) for number in numbers]


DAY_LONG = Period(START, START + DAY)


@pytest.mark.parametrize(
    ("beats", "found"),
    [
        ([], Kept()),
        (hours(*range(-2, 24)), Kept(good=24 * HOUR)),
        (hours(*range(12, 24)), Kept(good=12 * HOUR)),  # watched from the first report on
        ([*hours(*range(-1, 10)), *hours(*range(12, 24))], Kept(good=24 * HOUR - 115 * MINUTE, bad=115 * MINUTE)),
        ([*hours(*range(-1, 10)), beat(HOURLY, 10 * HOUR, FAILED), *hours(*range(11, 24))], Kept(24 * HOUR - 55 * MINUTE, 55 * MINUTE)),
        ([beat(HOURLY, -10 * HOUR)], Kept(bad=24 * HOUR)),
        ([beat(HOURLY, 0, FAILED)], Kept(bad=24 * HOUR)),
        ([*hours(-1, 0), beat(HOURLY, HOUR, RETIRED)], Kept(good=HOUR)),
        ([*hours(0), beat(HOURLY, HOUR, RETIRED), *hours(23)], Kept(good=2 * HOUR)),
        (hours(24, 25), Kept()),
        ([beat(DAILY, -DAY), beat(DAILY, HOUR)], Kept(good=24 * HOUR)),
        ([beat(DAILY, -DAY)], Kept(good=2 * HOUR, bad=22 * HOUR)),
    ],
)  # fmt: skip
def test_a_copy_is_as_promised_while_it_is_young_enough(beats: list[Heartbeat], found: Kept):
    assert kept(beats, DAY_LONG) == found


@pytest.mark.parametrize(
    ("beats", "found"),
    [
        ([beat(REPLICA, 0, lag=SECOND)], Kept(good=REPLICA_HOLDS, silent=DAY - REPLICA_HOLDS)),
        ([beat(REPLICA, 0, lag=SECOND + 1)], Kept(bad=REPLICA_HOLDS, silent=DAY - REPLICA_HOLDS)),
        ([beat(REPLICA, 0, FAILED)], Kept(bad=REPLICA_HOLDS, silent=DAY - REPLICA_HOLDS)),
        (
            [beat(REPLICA, number * 5 * MINUTE, lag=SECOND if number == 7 else 0) for number in range(288)],
            Kept(good=DAY),
        ),
        (
            [beat(REPLICA, number * 5 * MINUTE, lag=3 * SECOND if number == 7 else 0) for number in range(288)],
            Kept(good=DAY - 5 * MINUTE, bad=5 * MINUTE),
        ),
        ([beat(REPLICA, -MINUTE, lag=0), beat(REPLICA, MINUTE, RETIRED)], Kept(good=MINUTE)),
    ],
)
def test_a_replica_is_as_promised_while_it_is_said_to_follow(beats: list[Heartbeat], found: Kept):
    assert kept(beats, DAY_LONG) == found


def test_a_share_is_of_the_time_that_is_known_of():
    assert Kept(good=3, bad=1, silent=96).share == 0.75
    assert Kept(silent=1).share is None


reports = st.lists(
    st.tuples(st.integers(-3 * 24 * 60, 40 * 24 * 60), st.sampled_from(Outcome), st.integers(0, 3)), max_size=40
)


@given(st.sampled_from([HOURLY, DAILY, REPLICA]), reports, st.integers(1, 30 * 24 * 60 - 1))
def test_two_parts_of_a_month_are_the_month(kind: BeatKind, told: list[tuple[int, Outcome, int]], cut: int):
    by_time = {at: beat(kind, at * MINUTE, outcome, lag=lag * SECOND) for at, outcome, lag in told}
    beats = [by_time[at] for at in sorted(by_time)]
    middle = START + cut * MINUTE
    whole, first, second = (
        kept(beats, period) for period in (MONTH, Period(START, middle), Period(middle, MONTH.ends))
    )

    assert whole == Kept(first.good + second.good, first.bad + second.bad, first.silent + second.silent)
    assert whole.good + whole.bad + whole.silent <= MONTH.length


@pytest.mark.parametrize(
    ("beats", "after", "late"),
    [
        (hours(0), 65 * MINUTE, False),
        (hours(0), 65 * MINUTE + 1, True),
        ([*hours(0), beat(HOURLY, HOUR, FAILED)], 64 * MINUTE, False),
        ([beat(HOURLY, 0, FAILED)], 0, True),
        ([beat(DAILY, 0)], 26 * HOUR, False),
        ([beat(DAILY, 0)], 26 * HOUR + 1, True),
        ([beat(REPLICA, 0, lag=SECOND)], 15 * MINUTE, False),
        ([beat(REPLICA, 0, lag=SECOND)], 15 * MINUTE + 1, True),
        ([beat(REPLICA, 0, lag=2 * SECOND)], 0, True),
        ([beat(RESTORE, 0, duration=HOUR)], 365 * DAY, False),
        ([beat(RESTORE, 0, duration=HOUR + 1)], 0, True),
        ([beat(RESTORE, 0, FAILED)], 0, True),
    ],
)
def test_a_source_is_late_or_not(beats: list[Heartbeat], after: int, late: bool):
    found = stand(beats, START + after)

    assert found is not None
    assert found.late is late


def test_the_age_is_that_of_the_last_good_copy():
    found = stand([*hours(0), beat(HOURLY, HOUR, FAILED)], START + 2 * HOUR)

    assert found is not None
    assert (found.age, found.latest.outcome) == (2 * HOUR, FAILED)
    assert stand([*hours(0), beat(HOURLY, HOUR, RETIRED)], START + 2 * HOUR) is None


def test_reports_are_sorted_by_their_sources_and_by_time():
    one, two, other = beat(HOURLY, 0), beat(HOURLY, 1), beat(DAILY, 2, source="vm")

    assert by_source([other, two, one]) == {("db1", HOURLY): [one, two], ("vm", DAILY): [other]}


def test_the_last_drill_is_that_of_any_source_that_is_not_retired():
    first, second = beat(RESTORE, 0), beat(RESTORE, HOUR, source="vm")
    gone = replace(second, at=START + 2 * HOUR, outcome=RETIRED)

    assert last_drill([first, second], MONTH.ends) == second
    assert last_drill([first, second], START + HOUR) == first
    assert last_drill([first, second, gone], MONTH.ends) == first
    assert last_drill([beat(HOURLY, 0)], MONTH.ends) is None
