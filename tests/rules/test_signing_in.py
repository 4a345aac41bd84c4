"""How long somebody waits after failures, and how long a session lasts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slawatch.model import DAY, HOUR, MINUTE, SECOND
from slawatch.rules.signing_in import ABSOLUTE, BY_ADDRESS, BY_NAME, IDLE, NONE, Failures, session_lasts


@pytest.mark.parametrize(
    ("failures", "wait"), [(1, 0), (4, 0), (5, 1), (6, 2), (7, 4), (9, 16), (14, 512), (15, 900), (500, 900)]
)
def test_after_five_failures_an_address_waits_twice_as_long_each_time(failures: int, wait: int) -> None:
    assert Failures(failures, last=100 * SECOND).free_from(BY_ADDRESS) == (100 + wait) * SECOND


def test_a_name_never_waits_so_long_that_a_stranger_could_keep_somebody_out() -> None:
    assert Failures(10_000, last=0).free_from(BY_NAME) == 30 * SECOND


@given(st.integers(1, 10_000), st.integers(0, 10**15))
def test_one_more_failure_never_makes_the_wait_shorter(count: int, last: int) -> None:
    one = Failures(count, last)
    assert one.one_more(last).free_from(BY_ADDRESS) >= one.free_from(BY_ADDRESS)


def test_failures_are_forgotten_after_a_day() -> None:
    once = NONE.one_more(5 * DAY)
    assert once == Failures(1, 5 * DAY)
    assert once.one_more(6 * DAY) == Failures(2, 6 * DAY)
    assert once.one_more(6 * DAY + 1) == Failures(1, 6 * DAY + 1)


@pytest.mark.parametrize(
    ("seen", "now", "lasts"),
    [
        (0, IDLE - 1, True),
        (0, IDLE, False),
        (ABSOLUTE - HOUR, ABSOLUTE - 1, True),
        (ABSOLUTE - MINUTE, ABSOLUTE, False),
    ],
)
def test_a_session_ends_when_it_is_not_used_and_after_a_week_anyhow(seen: int, now: int, lasts: bool) -> None:
    assert session_lasts(0, seen, now) is lasts
