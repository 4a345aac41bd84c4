"""The status of many customers holds nobody up."""

import asyncio
from dataclasses import replace
from pathlib import Path

from small_slawatch import PARK, UP, at, living, terms

from slawatch.account import all_standing
from slawatch.model import MINUTE
from slawatch.rules.agreed import Agreed

PARKS = tuple(f"park{number:02}" for number in range(20))


async def test_the_event_loop_has_a_turn_after_each_customer_and_who_is_not_in_is_left_out(tmp_path: Path):
    async with living(tmp_path, at("2026-03-10T12:00:00Z")) as small:
        await small.account.open({park: (Agreed.always(replace(terms(), customer=park)), ()) for park in PARKS})
        turns = 0

        async def others() -> None:
            nonlocal turns
            while True:
                await asyncio.sleep(0)
                turns += 1

        beside = asyncio.create_task(others())
        found = await all_standing(small.account, dict.fromkeys((*PARKS, "gone"), "Park"), small.clock)
        beside.cancel()

        assert [one["customer"] for one in found] == [*PARKS]
        assert turns >= len(PARKS) - 1


async def test_each_customer_stands_as_of_its_moment(tmp_path: Path):
    """A month may turn, or figures be added up, while others are still told."""
    async with living(tmp_path, at("2026-03-31T21:59:00Z")) as small:
        await small.seen_by_all(UP)

        def clock() -> int:
            small.now += MINUTE
            return small.now

        (first,) = await all_standing(small.account, {PARK: "Park"}, clock)
        (then,) = await all_standing(small.account, {PARK: "Park"}, clock)

        assert (first["month"]["month"], then["month"]["month"]) == ("2026-03", "2026-04")
