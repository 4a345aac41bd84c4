"""What the dashboards ask, of a real Prometheus that scrapes a real slawatch, which looks at real pages."""

import asyncio
import math
import time
from pathlib import Path

import aiohttp
from living import scene
from monitoring import found, prometheus, static
from three_parks import PATIENCE, answer, boards, filled, instant, panels

PARK = "duinzicht"
#: What a slawatch in its first seconds cannot know.
NO_FIGURE = {"Last month", "In time last month"}


async def silent(client: aiohttp.ClientSession) -> set[str]:
    """The panels of which no query gives a figure now."""
    at, found_silent = time.time(), set()
    for board in boards():
        for panel in panels(board):
            given = [await answer(client, target, PARK, at) for target in panel["targets"]]
            if not any(math.isfinite(value) for series in given for _, value in series):
                found_silent.add(panel["title"])
    return found_silent


async def shown(client: aiohttp.ClientSession, uid: str, title: str) -> float:
    """The number of a panel."""
    (board,) = (board for board in boards() if board["uid"] == uid)
    (panel,) = (panel for panel in panels(board) if panel["title"] == title)
    ((_, value),) = await answer(client, panel["targets"][0], PARK, time.time())
    return value


async def test_a_living_slawatch_fills_the_boards_and_an_outage_shows(tmp_path: Path):
    async with scene(tmp_path) as here:
        await here.start()
        address = (await here.logged("daemon.ready"))["metrics"].removeprefix("http://").removesuffix("/metrics")
        async with prometheus(tmp_path, static(address)) as client, asyncio.timeout(PATIENCE):
            await found(client, "min(slawatch_page_loads_total) > 1 and max(slawatch_customer_up) == 1")
            await found(client, "count_over_time(slawatch_build_info[1m]) > 20")
            assert await silent(client) == NO_FIGURE
            assert await shown(client, "slawatch-fleet", "Down now") == 0
            assert await shown(client, "slawatch-customer", "State") == 1
            assert await shown(client, "slawatch-customer", "This month") == 2

            await here.switch(unavailable=True)
            await found(client, "slawatch_customer_up == 0")
            assert await shown(client, "slawatch-fleet", "Down now") == 1
            assert await shown(client, "slawatch-customer", "State") == 0
            marks = {one["name"]: one["expr"] for board in boards() for one in board["annotations"]["list"]}
            ((of, _),) = await instant(client, filled(marks["Outage"], PARK), time.time())
            assert of["customer"] == PARK
