"""A daemon that runs shows what it sees, and says so to who listens."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path

import aiohttp
from living import PATIENCE, scene


async def test_a_page_follows_the_daemon_and_a_stream_ends_with_it(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        here.write_config(pages="1s")
        daemon = await here.start()
        connector = aiohttp.UnixConnector(str(tmp_path / "slawatch.db.sock"))
        async with (
            aiohttp.ClientSession("http://slawatch", connector=connector) as client,
            client.get("/events") as stream,
            asyncio.timeout(PATIENCE),
        ):
            said = ""
            while "Vakantiepark Duinzicht: up" not in said:
                line = (await stream.content.readline()).decode()
                said = json.loads(line.removeprefix("data: "))["said"] if line.startswith("data: ") else said
            async with client.get("/overview") as answer:
                assert re.findall(r'<span class="state (\w+)">(\w+)</span></td>', await answer.text()) == [("up", "Up")]
            async with client.get("/customers/duinzicht") as answer:
                assert (await answer.text()).count('<span class="state up">Up</span></td>') >= 2
            daemon.terminate()
            await stream.content.read()  # to its end
            assert await daemon.wait() == 0
