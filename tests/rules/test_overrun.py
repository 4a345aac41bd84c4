"""A window overruns when its planned end comes and the customer is down."""

from __future__ import annotations

import pytest

from slawatch.model import MINUTE, Cause, Event, EventKind, Exclusion, ExclusionKind
from slawatch.rules.judging import CustomerState, OpenOutage, restore
from slawatch.rules.overrun import overruns

ENDS = 1_790_000_000_000_000
WINDOW = Exclusion(ExclusionKind.MAINTENANCE, ENDS - 60 * MINUTE, ENDS, id="w1")
UP = CustomerState()


def down(starts: int = ENDS - MINUTE) -> CustomerState:
    checks = ("dashboard",)
    return CustomerState(outage=OpenOutage("o1", "duinzicht", starts, checks, frozenset(checks), Cause.HTTP_5XX))


def over(ends: int) -> CustomerState:
    outage = OpenOutage("o1", "duinzicht", ENDS - MINUTE, ("dashboard",), frozenset(), Cause.HTTP_5XX, latest_end=ends)
    return CustomerState(closed=outage)


OVERRAN = Event(
    "w1/maintenance_overran/duinzicht/20260921T141320000",
    "duinzicht",
    EventKind.OVERRAN,
    "w1",
    ENDS,
    ENDS + 5,
    ("dashboard",),
    Cause.HTTP_5XX,
)


def test_the_first_judgement_after_the_planned_end_tells_it_at_that_end():
    assert overruns(down(), down(), [WINDOW], (), ENDS + 5) == (OVERRAN,)


def test_it_is_told_once():
    assert overruns(down(), down(), [WINDOW], {OVERRAN.id}, ENDS + 9) == ()


@pytest.mark.parametrize(
    ("before", "after", "window", "now", "told"),
    [
        (down(), down(), WINDOW, ENDS - 1, False),
        (down(), down(), WINDOW, ENDS, True),
        (UP, down(ENDS), WINDOW, ENDS + 5, True),
        (UP, down(ENDS + 1), WINDOW, ENDS + 5, False),
        (down(), over(ENDS), WINDOW, ENDS + 5, False),
        (down(), over(ENDS + 1), WINDOW, ENDS + 5, True),
        (over(ENDS + 1), over(ENDS + 1), WINDOW, ENDS + 5, False),
        (UP, UP, WINDOW, ENDS + 5, False),
        (down(), down(), Exclusion(ExclusionKind.MAINTENANCE, 0, ENDS, ended=ENDS - 9, id="w1"), ENDS + 5, False),
        (down(), down(), Exclusion(ExclusionKind.FORCE_MAJEURE, 0, ENDS, id="x1"), ENDS + 5, False),
    ],
    ids=[
        "not yet", "at that instant", "went down at that instant", "went down later", "back at that instant",
        "back later", "was back before", "up", "ended before", "no maintenance",
    ],
)  # fmt: skip
def test_only_who_is_down_when_the_planned_end_comes_overruns(before, after, window, now, told):
    assert bool(overruns(before, after, [window], (), now)) is told


def test_an_overrun_is_no_outage_after_a_restart():
    assert restore({}, [OVERRAN], {}, ENDS + 9) == (UP, ())
