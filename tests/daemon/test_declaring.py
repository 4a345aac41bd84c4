"""What is declared or reported to a daemon that runs is in force there at once."""

from __future__ import annotations

import asyncio
import json
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
from living import PATIENCE, Scene, scene


async def stands(here: Scene, state: str) -> None:
    """Until the customer's state, by the daemon's status, is this one."""
    connector = aiohttp.UnixConnector(str(here.folder / "slawatch.db.sock"))
    async with aiohttp.ClientSession(connector=connector) as session, asyncio.timeout(PATIENCE):
        while True:
            async with session.get("http://slawatch/api/v1/status") as answer:
                (standing,) = (await answer.json())["customers"]
            if standing["state"] == state:
                return
            await asyncio.sleep(0.05)


async def published(here: Scene, line: str) -> None:
    """Until the daemon's metrics say so."""
    connector = aiohttp.UnixConnector(str(here.folder / "slawatch.db.sock"))
    async with aiohttp.ClientSession(connector=connector) as session, asyncio.timeout(PATIENCE):
        while True:
            async with session.get("http://slawatch/metrics") as answer:
                if line in await answer.text():
                    return
            await asyncio.sleep(0.05)


async def test_a_window_announced_to_a_running_daemon_is_in_force_until_it_is_ended(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        lenient = "agreement:\n  maintenance: {late_notice: excluded}\n"
        here.write_config(**{"agreement:\n": lenient})
        daemon = await here.start()
        await here.looked("dashboard", "up")
        config = ("--config", str(here.config))
        starts = datetime.now(UTC) + timedelta(seconds=3)
        times = ("--starts", f"{starts:%FT%TZ}", "--ends", f"{starts + timedelta(hours=2):%FT%TZ}")

        assert await here.told("maintenance", "announce", *times, "--by", "pia") == "announced w1\n"
        await stands(here, "maintenance")
        listed = json.loads(await here.told("maintenance", "list", "--json"))
        assert [(one["state"], one["counted"], one["announced_by"]) for one in listed] == [("running", True, "pia")]

        assert await here.told("maintenance", "end", "w1") == "ended w1\n"
        await stands(here, "up")
        assert await here.verb("maintenance", "end", "w9", *config) == (2, "", "no window 'w9', expected w1\n")

        assert (await here.told("heartbeat", "db1", "--kind", "hourly", "--duration", "90")).startswith("db1 hourly at")
        table = f"customer,id,priority,opened,answered,solved\nduinzicht,1042,1,{starts:%FT%TZ},,\n"
        (here.folder / "week.csv").write_text(table)
        imported = await here.told("incidents", "import", str(here.folder / "week.csv"))
        assert imported.endswith("week.csv: 1 new, 0 changed, 0 the same\n")
        await published(here, 'slawatch_incidents_open{priority="1"} 1\n')
        await published(here, 'slawatch_backup_late{source="db1",kind="hourly"} 0\n')

        daemon.send_signal(signal.SIGTERM)
        assert await daemon.wait() == 0
        again = json.loads(await here.told("maintenance", "list", "--json"))
        assert [one["state"] for one in again] == ["ended"]
