"""What a contact chooses holds in a daemon that runs, and what is declared to it is owed by that choice."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
from living import scene

from slawatch.rules.links import calendar_token, contact_token

PIA, JAN = "beheer@duinzicht.example", "jan@duinzicht.example"


async def test_who_unsubscribes_is_owed_nothing_from_then_on_without_a_restart(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        here.write_config(**{f"contacts: [{PIA}]": f"contacts: [{PIA}, {JAN}]"})
        await here.start()
        with closing(sqlite3.connect(tmp_path / "slawatch.db")) as ledger:
            ((key,),) = ledger.execute("SELECT key FROM keys WHERE name = 'links'").fetchall()
        connector = aiohttp.UnixConnector(str(tmp_path / "slawatch.db.sock"))
        async with aiohttp.ClientSession("http://slawatch", connector=connector) as client:
            page = f"/contacts/{contact_token(key, 'duinzicht', JAN)}"
            async with client.post(page, data={"List-Unsubscribe": "One-Click"}) as answer:
                assert answer.status == 200
            starts = datetime.now(UTC) + timedelta(days=9)
            times = ("--starts", f"{starts:%FT%TZ}", "--ends", f"{starts + timedelta(hours=2):%FT%TZ}")
            said = await here.verb("maintenance", "announce", "--config", str(here.config), *times, "--by", "pia")
            assert said[0] == 0, said
            async with client.get(f"/calendar/{calendar_token(key, 'duinzicht')}.ics") as answer:
                assert f"DTSTART:{starts:%Y%m%dT%H%M%SZ}" in await answer.text()
        with closing(sqlite3.connect(tmp_path / "slawatch.db")) as ledger:
            owed = ledger.execute("SELECT contact, kind, outage FROM messages").fetchall()

        assert owed == [(PIA, "maintenance", "w1")]
        assert JAN not in (tmp_path / "daemon.log").read_text()
