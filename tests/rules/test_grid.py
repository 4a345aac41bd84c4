"""Rule 2's account of slots."""

from hypothesis import given
from hypothesis import strategies as st

from slawatch.model import MINUTE, SECOND, CheckId
from slawatch.rules.grid import MOST_SKIPPED, Due, Grid, Pace, due

GRID = Grid(MINUTE, 7 * SECOND)


def at(minutes: int, seconds: float = 0) -> int:
    """So many minutes on the grid, and seconds beyond that slot."""
    return minutes * MINUTE + GRID.phase + int(seconds * SECOND)


def test_a_slot_is_due_once():
    assert due(GRID, Pace(at(10)), at(11, 0.01)) == Due(at(11))
    assert due(GRID, Pace(at(11)), at(11, 0.01)) == Due(None)


def test_slots_that_nobody_looked_at_are_skipped_and_the_newest_is_looked_at():
    assert due(GRID, Pace(at(10)), at(14, 1)) == Due(at(14), (at(11), at(12), at(13)))


def test_slots_that_came_due_while_the_check_was_looked_at_are_no_miss():
    assert due(GRID, Pace(at(10), busy_until=at(12, 30)), at(14, 1)) == Due(at(14), (at(13),))


def test_a_slot_found_too_late_is_skipped_itself():
    assert due(GRID, Pace(at(10)), at(11, 10.001)) == Due(None, (at(11),))
    assert due(GRID, Pace(at(10)), at(11, 10)) == Due(at(11))


def test_a_clock_set_back_makes_nothing_due():
    assert due(GRID, Pace(at(10)), at(3)) == Due(None)


def test_of_a_long_standstill_the_first_slots_are_written():
    answer = due(GRID, Pace(at(0)), at(100_000, 1))

    assert answer.slot == at(100_000)
    assert len(answer.skipped) == MOST_SKIPPED
    assert answer.skipped[0] == at(1)


def test_the_phase_follows_from_the_name_alone():
    check = CheckId("duinzicht", "page", "dashboard")

    assert Grid.of(check, MINUTE) == Grid.of(check, MINUTE)
    assert Grid.of(check, MINUTE) != Grid.of(CheckId("heiderand", "page", "dashboard"), MINUTE)
    assert 0 <= Grid.of(check, MINUTE).phase < MINUTE


@given(st.integers(1, 10**16), st.integers(1, 3600), st.integers(0, 3600 * SECOND))
def test_slots_lie_on_the_grid_around_now(now: int, every_seconds: int, phase: int):
    grid = Grid(every_seconds * SECOND, phase % (every_seconds * SECOND))

    assert grid.latest(now) <= now < grid.after(now)
    assert (grid.latest(now) - grid.phase) % grid.every == 0
    assert grid.after(now) - grid.latest(now) == grid.every


def test_a_watch_that_begins_between_two_slots_looks_at_the_next():
    assert due(GRID, Pace(at(10, 30)), at(11, 0.01)) == Due(at(11))
