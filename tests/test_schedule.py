"""When slots are handed over: on the event loop, as long as the schedule is open, and only what is on it."""

import asyncio
import threading

from slawatch import clock
from slawatch.model import SECOND
from slawatch.rules.grid import Grid
from slawatch.schedule import open_schedule

OFTEN = Grid(SECOND // 20, 0)


class Hands:
    """Takes what is handed over, with the thread that it came on."""

    def __init__(self) -> None:
        self.handed: asyncio.Queue[tuple[str, int]] = asyncio.Queue()

    def __call__(self, id_: str) -> None:
        self.handed.put_nowait((id_, threading.get_ident()))

    async def next(self) -> str:
        async with asyncio.timeout(20):
            id_, thread = await self.handed.get()
        assert thread == threading.get_ident(), "handed over on another thread than the loop's"
        return id_


async def test_each_slot_is_handed_over_on_the_event_loop() -> None:
    hands = Hands()
    async with open_schedule(hands, clock.now) as schedule:
        schedule.set("duinzicht/page/dashboard", OFTEN)
        assert [await hands.next() for _ in range(3)] == ["duinzicht/page/dashboard"] * 3


async def test_a_check_that_was_removed_is_handed_over_no_more() -> None:
    hands = Hands()
    async with open_schedule(hands, clock.now) as schedule:
        schedule.set("a", OFTEN)
        await hands.next()
        schedule.remove("a")
        schedule.set("b", OFTEN)
        assert [await hands.next() for _ in range(3)] == ["b"] * 3


async def test_a_grid_that_is_set_again_replaces_the_one_before() -> None:
    hands = Hands()
    async with open_schedule(hands, clock.now) as schedule:
        schedule.set("a", Grid(3600 * SECOND, (OFTEN.latest(clock.now()) + 1800 * SECOND) % (3600 * SECOND)))
        schedule.set("a", OFTEN)
        assert await hands.next() == "a"


async def test_after_leaving_nothing_is_handed_over() -> None:
    before, after = Hands(), Hands()
    async with open_schedule(before, clock.now) as schedule:
        schedule.set("a", OFTEN)
        await before.next()
    left = before.handed.qsize()
    async with open_schedule(after, clock.now) as schedule:
        schedule.set("b", OFTEN)
        for _ in range(3):
            await after.next()
    assert before.handed.qsize() == left
