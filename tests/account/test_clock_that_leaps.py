"""A clock that is set, forward or back, and looks that come out of order."""

import time
from pathlib import Path

from small_slawatch import DOWN, PARK, UP, at, living

from slawatch.model import HOUR, MINUTE, SECOND, CheckId
from slawatch.rules.grid import MOST_SKIPPED, Grid, Pace, due

BEGIN = at("2026-03-10T12:00:00Z")
GRID = Grid.of(CheckId(PARK, "http", "http"), 15 * SECOND)


def test_a_clock_that_is_set_after_half_a_century_skips_a_bounded_number_of_slots_at_once():
    began = time.monotonic()
    answer = due(GRID, Pace(0), BEGIN)

    assert len(answer.skipped) == MOST_SKIPPED
    assert answer.skipped[0] == GRID.after(0)
    assert time.monotonic() - began < 1


def test_slots_that_came_while_a_check_was_looked_at_are_no_miss_nor_one_at_its_very_end():
    end = GRID.after(BEGIN)

    assert due(GRID, Pace(GRID.latest(BEGIN), busy_until=end), end).skipped == ()
    assert due(GRID, Pace(GRID.latest(BEGIN), busy_until=end), end).slot is None
    assert due(GRID, Pace(GRID.latest(BEGIN), busy_until=end - 1), end).slot == end


def test_on_a_clock_that_was_set_back_nothing_is_due_until_it_has_caught_up():
    pace = Pace(GRID.latest(BEGIN))

    assert due(GRID, pace, BEGIN - HOUR).slot is None
    assert due(GRID, pace, GRID.after(BEGIN)).slot == GRID.after(BEGIN)


async def test_looks_on_a_clock_that_was_set_back_change_nothing(tmp_path: Path):
    async with living(tmp_path, BEGIN) as small:
        await small.seen_by_all(UP)
        small.now -= 10 * MINUTE
        for _ in range(3):
            await small.seen_by_all(DOWN)
            await small.publish()
            small.now += MINUTE
        assert await small.store.events(PARK) == ()
        small.now = BEGIN + MINUTE
        await small.seen_by_all(UP)
        await small.publish()

        assert small.live() == await small.replayed()
        assert small.metric("sla_eligible_seconds_total", PARK, "availability") == 60


async def test_a_clock_that_leaps_forward_leaves_unknown_time_and_no_outage(tmp_path: Path):
    async with living(tmp_path, BEGIN) as small:
        await small.seen_by_all(UP)
        small.now += 5 * HOUR
        await small.publish()
        await small.seen_by_all(UP)
        small.now += MINUTE
        await small.seen_by_all(UP)
        await small.publish()

        assert small.live() == await small.replayed()
        assert small.metric("sla_eligible_seconds_total", PARK, "availability") == 180 + 60
        assert small.metric("sla_unknown_seconds_total", PARK, "availability") == 5 * 3600 - 180


async def test_one_look_that_is_handed_in_twice_counts_once(tmp_path: Path):
    async with living(tmp_path, BEGIN) as small:
        look = small.look("dashboard", DOWN)
        await small.see(look, look)
        small.now += 5 * SECOND
        small.account.applied((look,))

        assert await small.store.events(PARK) == ()
        assert small.live() == await small.replayed()
        assert small.live()["speed"]["loads"] == 1
