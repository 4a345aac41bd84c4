"""Tick and look: on the slot, again after a failure, never two at once."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from scene import DOWN, RECIPIENTS, UP, Scripted, always, check, committed, database, recording, terms

from slawatch import clock
from slawatch.model import MINUTE, SECOND, Cause, EventKind, Look, Micros, Verdict
from slawatch.rules.agreed import Agreed
from slawatch.rules.grid import Grid
from slawatch.schedule import open_schedule
from slawatch.store import Store, open_store
from slawatch.watch import Recorder, Watch, Watched

Sees = Callable[[int], Awaitable[Look]]


class _Over(Exception):
    pass


@asynccontextmanager
async def watching(
    store: Store, sees: Mapping[str, Sees], *, every: Micros = MINUTE, pages_at_once: int = 2
) -> AsyncIterator[tuple[Watch, Recorder, dict[str, Scripted]]]:
    """A watch over these checks; it ticks when the test says so."""
    agreed = terms(every=every)
    probes = {name: Scripted(check(name), see) for name, see in sees.items()}
    try:
        async with (
            recording(store, Watched(Agreed.always(agreed), RECIPIENTS)) as recorder,
            asyncio.TaskGroup() as tasks,
        ):
            watch = Watch(recorder, clock.now, tasks, node="main", pages_at_once=pages_at_once, on_lag=lambda _: None)
            async with open_schedule(lambda _: None, clock.now) as schedule:
                watch.configure({check(name): (probes[name], agreed.checks[name], 20_000) for name in sees}, schedule)
                yield watch, recorder, probes
                raise _Over
    except* _Over:
        pass


async def tick(watch: Watch, name: str, every: Micros = SECOND) -> None:
    """Tick right at the check's next slot."""
    slot = Grid.of(check(name), every).after(clock.now())
    await asyncio.sleep((slot - clock.now()) / SECOND + 0.002)
    watch.tick(str(check(name)))


async def test_a_look_stands_at_its_slot(tmp_path: Path):
    async with (
        open_store(database(tmp_path), write=True) as store,
        watching(store, {"dashboard": always(UP)}, every=SECOND) as (watch, recorder, _),
    ):
        await tick(watch, "dashboard")
        (seen,) = (await committed(recorder, 1)).observations

        assert Grid.of(check("dashboard"), SECOND).latest(seen.at) == seen.at
        assert not seen.recheck


async def test_a_failing_look_is_repeated_and_confirmed_without_waiting_for_the_next_slot(tmp_path: Path):
    async with (
        open_store(database(tmp_path), write=True) as store,
        watching(store, {"dashboard": always(DOWN)}, every=SECOND) as (watch, recorder, probes),
    ):
        await tick(watch, "dashboard")
        made = await committed(recorder, 2)

        assert [one.recheck for one in made.observations] == [False, True]
        assert [event.kind for event in made.events] == [EventKind.OPENED]
        assert made.events[0].at == made.observations[0].at
        assert not probes["dashboard"].overlapped


async def test_while_down_a_page_is_looked_at_again_until_it_is_up(tmp_path: Path):
    async def sees(number: int) -> Look:
        return DOWN if number < 4 else UP

    async with (
        open_store(database(tmp_path), write=True) as store,
        watching(store, {"dashboard": sees}, every=SECOND) as (watch, recorder, _),
    ):
        await tick(watch, "dashboard")
        made = await committed(recorder, 4)

        assert [event.kind for event in made.events] == [EventKind.OPENED, EventKind.CLOSED]
        assert [one.recheck for one in made.observations] == [False, True, True, True]


async def test_a_failing_http_check_has_the_pages_looked_at_right_away(tmp_path: Path):
    async with (
        open_store(database(tmp_path), write=True) as store,
        watching(
            store, {"http": always(DOWN), "dashboard": always(DOWN), "reservations": always(UP)}, every=SECOND
        ) as (watch, recorder, _),
    ):
        await tick(watch, "http")
        made = await committed(recorder, 5)

        pages = [one for one in made.observations if one.check.kind == "page"]
        assert {one.check.name for one in pages} == {"dashboard", "reservations"}
        assert all(one.recheck for one in pages)  # not on the grid, so no load of the speed figure


async def test_a_tick_while_a_look_runs_starts_no_second_one_and_its_slot_is_no_miss(tmp_path: Path):
    going_on = asyncio.Event()

    async def sees(_: int) -> Look:
        await going_on.wait()
        return UP

    async with (
        open_store(database(tmp_path), write=True) as store,
        watching(store, {"dashboard": sees}, every=SECOND // 2) as (watch, recorder, probes),
    ):
        await tick(watch, "dashboard", SECOND // 2)
        for _ in range(3):
            await tick(watch, "dashboard", SECOND // 2)
        going_on.set()
        await committed(recorder, 1)
        await tick(watch, "dashboard", SECOND // 2)
        made = await committed(recorder, 1)

        assert probes["dashboard"].began == 2
        assert not probes["dashboard"].overlapped
        assert [one.verdict for one in made.observations] == [Verdict.UP]


async def test_a_slot_that_nobody_came_to_is_one_unknown_row(tmp_path: Path):
    every = SECOND // 2
    async with (
        open_store(database(tmp_path), write=True) as store,
        watching(store, {"dashboard": always(UP)}, every=every) as (watch, recorder, _),
    ):
        await tick(watch, "dashboard", every)
        await committed(recorder, 1)
        first = Grid.of(check("dashboard"), every).after(clock.now())
        await asyncio.sleep((first - clock.now()) / SECOND + 2 * every / SECOND)
        await tick(watch, "dashboard", every)
        made = await committed(recorder, 4)

        skipped = [one for one in made.observations if one.look.cause is Cause.MONITOR_MISSED]
        assert [one.at for one in skipped][:3] == [first, first + every, first + 2 * every]
        assert made.observations[-1].verdict is Verdict.UP


async def test_a_probe_that_breaks_makes_its_look_unknown(tmp_path: Path):
    async def sees(_: int) -> Look:
        raise RuntimeError("a fault of our own")

    async with (
        open_store(database(tmp_path), write=True) as store,
        watching(store, {"dashboard": sees}, every=SECOND) as (watch, recorder, _),
    ):
        await tick(watch, "dashboard")
        (seen,) = (await committed(recorder, 1)).observations

        assert seen.look == Look(Verdict.UNKNOWN, Cause.MONITOR_BROWSER)


async def test_a_page_that_finds_no_place_in_time_is_our_overload(tmp_path: Path):
    held = asyncio.Event()

    async def sees(_: int) -> Look:
        await held.wait()
        return UP

    async with (
        open_store(database(tmp_path), write=True) as store,
        watching(store, {"dashboard": sees, "reservations": always(UP)}, every=2 * SECOND, pages_at_once=1) as (
            watch,
            recorder,
            probes,
        ),
    ):
        await tick(watch, "dashboard", 2 * SECOND)
        await tick(watch, "reservations", 2 * SECOND)
        crowded = await committed(recorder, 1)
        while crowded.observations[-1].look.cause is Cause.MONITOR_MISSED:  # a slot that passed before its first tick
            crowded = await committed(recorder, 1)
        held.set()
        await committed(recorder, 1)

        assert crowded.observations[-1].look == Look(Verdict.UNKNOWN, Cause.MONITOR_OVERLOAD)
        assert probes["reservations"].began == 0


async def test_a_look_that_was_cancelled_leaves_no_observation(tmp_path: Path):
    begun = asyncio.Event()

    async def sees(_: int) -> Look:
        begun.set()
        await asyncio.Event().wait()
        return UP

    async with open_store(database(tmp_path), write=True) as store:
        async with watching(store, {"dashboard": sees}, every=SECOND) as (watch, _, _probes):
            await tick(watch, "dashboard")
            await begun.wait()

        assert await store.observations("duinzicht", 0, 2**62) == ()


@pytest.mark.parametrize("every", [SECOND // 10])
async def test_the_schedule_calls_at_each_slot_of_the_grid(every: Micros):
    called: list[int] = []
    enough = asyncio.Event()

    def hand(id_: str) -> None:
        called.append(clock.now())
        if len(called) == 5:
            enough.set()

    grid = Grid.of(check("dashboard"), every)
    async with open_schedule(hand, clock.now) as schedule, asyncio.timeout(10):
        schedule.set("dashboard", grid)
        await enough.wait()
        schedule.remove("dashboard")

    slots = [grid.latest(at) for at in called]
    assert slots == sorted(set(slots))
