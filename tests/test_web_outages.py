"""What operators say of outages on a page, over real sockets, at a real desk."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any, cast

import aiohttp
from web_house import FORM_KEY, House, house, live_through_november, served

from slawatch.app.outage_desk import OutageDesk
from slawatch.rules.permissions import ROLES, Role
from slawatch.web import outages

OWN = "/customers/duinzicht/outages"


@dataclass
class Front:
    house: House
    client: aiohttp.ClientSession

    async def get(self, path: str = OWN) -> tuple[int, str]:
        async with self.client.get(path) as answer:
            return answer.status, unescape(await answer.text())

    async def say(self, deed: str, *, key: str = "k", **said: str) -> tuple[int, str]:
        """The page, or where one is led to."""
        sent = said | {"form_key": FORM_KEY, "key": key}
        async with self.client.post(f"{OWN}/o1/{deed}", data=sent, allow_redirects=False) as answer:
            return answer.status, answer.headers.get("Location") or unescape(await answer.text())

    async def outage(self) -> dict[str, Any]:
        (found,) = await self.house.desk.outages()
        return found


@asynccontextmanager
async def at_the_desk(folder: Path, role: Role = Role.OPERATOR) -> AsyncIterator[Front]:
    async with AsyncExitStack() as stack:
        lived = await stack.enter_async_context(house(folder))
        await live_through_november(lived)
        desk = OutageDesk(cast("Any", lived))
        address = await stack.enter_async_context(served(lived.board, may=ROLES[role], parts=[outages(desk)]))
        yield Front(lived, await stack.enter_async_context(aiohttp.ClientSession(address)))


async def test_an_outage_stands_with_what_was_said_and_forms_to_say_more(tmp_path: Path):
    async with at_the_desk(tmp_path) as front:
        _, page = await front.get()
        assert "in hand: Joris" in page
        assert "De database is vol; er komt schijf bij." in page
        assert re.findall(r'action="([^"]+)"', page)[-2:] == [
            "../../customers/duinzicht/outages/o1/update",
            "../../customers/duinzicht/outages/o1/note",
        ]


async def test_an_update_is_told_once_in_the_name_of_who_is_signed_in(tmp_path: Path):
    async with at_the_desk(tmp_path) as front:
        where = "../../../../customers/duinzicht/outages?done=update"
        assert await front.say("update", text="Nog een half uur.") == (303, where)
        assert await front.say("update", text="Nog een half uur.") == (303, where)  # a second click
        (update,) = (await front.outage())["updates"]
        assert (update["text"], update["who"]) == ("Nog een half uur.", "pia")
        _, page = await front.get(f"{OWN}?done=update")
        assert "The update is told, and on its way by mail." in page


async def test_a_note_is_kept_and_told_to_no_customer(tmp_path: Path):
    async with at_the_desk(tmp_path) as front:
        await front.say("note", text="Schijf is besteld", ticket="TMY-9")
        notes = [(one["text"], one["ticket"]) for one in (await front.outage())["notes"]]
        assert notes[-1] == ("Schijf is besteld", "TMY-9")
        assert (await front.outage())["updates"] == []


async def test_what_is_refused_stands_at_its_form_with_what_was_typed(tmp_path: Path):
    async with at_the_desk(tmp_path) as front:
        status, page = await front.say("note", text=" ", ticket="TMY-9")
        assert status == 422
        assert "text: empty, expected words" in page
        assert 'value="TMY-9"' in page
        assert (await front.say("ack"))[0] == 422  # Joris has it


async def test_what_there_is_none_of_is_not_found_and_a_form_without_its_key_is_none(tmp_path: Path):
    async with at_the_desk(tmp_path) as front:
        assert (await front.say("close"))[0] == 404
        assert (await front.get("/customers/nobody/outages"))[0] == 404
        assert (await front.say("note", text="x", key=""))[0] == 400
        other = "/customers/zandbank/outages/o1/note"
        async with front.client.post(other, data={"form_key": FORM_KEY, "key": "k", "text": "x"}) as answer:
            assert answer.status == 404


async def test_who_may_only_read_says_nothing(tmp_path: Path):
    async with at_the_desk(tmp_path, Role.VIEWER) as front:
        _, page = await front.get()
        assert "De database is vol" in page
        assert "<textarea" not in page
        assert (await front.say("note", text="x"))[0] == 403
