"""Why time is unknown: by the looks that saw nothing, and where nobody looked."""

import pytest

from slawatch.model import MINUTE, Cause, ConfirmTerms
from slawatch.rules.blips import Blip, blip
from slawatch.rules.daily import Booked, Strip
from slawatch.rules.rows import ObservationRow
from slawatch.rules.unseen import Blind, blind, unseen

NETWORK, BROWSER = Cause.MONITOR_NETWORK, Cause.MONITOR_BROWSER


def row(minute: float, verdict: str, cause: str | None = None, holds: int = 3) -> ObservationRow:
    return ("dashboard", "main", round(minute * MINUTE), verdict, cause, None, False, holds * MINUTE)


def stretches(*looks: tuple[int, int, Cause], strips: tuple[tuple[int, int], ...] = ((10, 60),)) -> list[object]:
    """In minutes: the unknown strips as they are cut by these looks."""
    unknown = [Strip(since * MINUTE, until * MINUTE, Booked.UNKNOWN) for since, until in strips]
    seen = Strip(60 * MINUTE, 90 * MINUTE, Booked.UP)
    found = unseen([*unknown, seen], [Blind(since * MINUTE, until * MINUTE, cause) for since, until, cause in looks])
    return [(one.starts // MINUTE, one.ends // MINUTE, *one.causes) for one in found]


@pytest.mark.parametrize(
    ("looks", "found"),
    [
        ([], [(10, 60)]),
        ([(5, 70, NETWORK)], [(10, 60, NETWORK)]),
        ([(5, 12, NETWORK)], [(10, 12, NETWORK), (12, 60)]),
        ([(20, 23, NETWORK), (23, 26, BROWSER)], [(10, 20), (20, 26, NETWORK, BROWSER), (26, 60)]),
        ([(20, 30, NETWORK), (22, 24, BROWSER), (29, 31, NETWORK)], [(10, 20), (20, 31, NETWORK, BROWSER), (31, 60)]),
        ([(20, 21, NETWORK), (30, 31, NETWORK)], [(10, 20), (20, 21, NETWORK), (21, 30), (30, 31, NETWORK), (31, 60)]),
        ([(1, 10, NETWORK), (60, 65, BROWSER), (70, 80, BROWSER)], [(10, 60)]),
    ],
)
def test_an_unknown_stretch_is_cut_where_looks_saw_nothing(looks: list[tuple[int, int, Cause]], found: list[object]):
    assert stretches(*looks) == found


def test_a_look_before_two_unknown_stretches_explains_each_as_far_as_it_holds():
    assert stretches((5, 22, NETWORK), strips=((10, 15), (20, 60))) == [
        (10, 15, NETWORK),
        (20, 22, NETWORK),
        (22, 60),
    ]


def test_a_look_that_saw_nothing_holds_until_the_next_at_most():
    rows = [row(0, "unknown", "blocked"), row(1, "up"), row(2, "unknown", "monitor_missed"), row(9, "down", "tls")]

    assert [*blind(rows)] == [Blind(0, MINUTE, Cause.BLOCKED), Blind(2 * MINUTE, 5 * MINUTE, Cause.MONITOR_MISSED)]
    assert [*blind(rows[:0])] == []


@pytest.mark.parametrize(
    ("later", "ends"),
    [
        ([row(0.5, "up")], 0.5),
        ([row(9, "up")], 3),
        ([row(1, "unknown", "blocked"), row(2, "up")], 1),
        ([row(1, "down", "tls"), row(2, "up")], 2),
        ([row(8, "down", "tls"), row(20, "up")], 11),  # adds to the count: within ten minutes
        ([row(11, "down", "tls")], 3),  # begins a new one
        ([row(1, "unknown", "blocked"), row(2, "down", "tls"), row(2.5, "unknown", "blocked"), row(3, "up")], 2.5),
    ],
)
def test_a_blip_lasts_as_long_as_its_failing_looks_hold(later: list[ObservationRow], ends: float):
    found = blip("dashboard", [row(0, "down", "http_5xx"), *later], ConfirmTerms(failures=3))

    assert found == Blip(0, round(ends * MINUTE), ("dashboard",), Cause.HTTP_5XX)
