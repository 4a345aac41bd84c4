"""Customers' status pages and their streams, over real sockets, on a real ledger and account."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any, cast

import aiohttp
import pytest
from web_house import NOW, House, house, live_into_december, live_through_november, served

from slawatch.app.noticeboard import Noticeboard
from slawatch.model import DAY, HOUR, MINUTE, SECOND
from slawatch.rules.calendar import parse
from slawatch.rules.wishes import Announce, Update
from slawatch.store import StoreBusy
from slawatch.web import MonthFigure, News, Notice, State, status_pages

PATIENCE = 10.0


@dataclass
class Front:
    house: House
    client: aiohttp.ClientSession

    def page_of(self, customer: str) -> str:
        path = self.house.links.status(customer)
        assert path is not None
        return path

    async def get(self, path: str, **headers: str) -> tuple[int, str]:
        async with self.client.get(path, headers=headers) as answer:
            return answer.status, unescape(await answer.text())


@asynccontextmanager
async def in_front(folder: Path, *, december: bool = False) -> AsyncIterator[Front]:
    async with AsyncExitStack() as stack:
        lived = await stack.enter_async_context(house(folder))
        await live_through_november(lived)
        if december:
            await live_into_december(lived)
        board = Noticeboard(cast("Any", lived))
        address = await stack.enter_async_context(served(lived.board, known=False, parts=[status_pages(board)]))
        yield Front(lived, await stack.enter_async_context(aiohttp.ClientSession(address)))


async def test_an_outage_stands_on_top_with_what_the_operator_told_and_nothing_of_how_it_is_watched(tmp_path: Path):
    async with in_front(tmp_path) as front:
        await front.house.desk.ask(Update("o1", "De oorzaak is gevonden.\nNog een half uur.", "Joris"))
        status, page = await front.get(front.page_of("duinzicht"))
        assert status == 200
        assert '<html lang="nl">' in page
        assert "Er is een storing, sinds 25 november 2026 15:16" in page
        assert "De applicatie geeft een foutmelding in plaats van de pagina." in page
        assert "De oorzaak is gevonden.<br>Nog een half uur." in page
        for secret in ("dashboard", "http_5xx", "Joris", "TMY-812", "De database is vol", "@", "o1", "Zandbank", "pia"):
            assert secret not in page, secret


async def test_it_is_in_the_other_language_for_who_asks(tmp_path: Path):
    async with in_front(tmp_path) as front:
        _, page = await front.get(front.page_of("duinzicht") + "?lang=en")
        assert "There is an outage, since 25 November 2026 15:16" in page
        assert '<a href="?lang=nl" lang="nl" hreflang="nl">Nederlands</a>' in page


async def test_only_a_link_or_a_public_id_opens_a_page(tmp_path: Path):
    async with in_front(tmp_path) as front:
        assert (await front.get("/status/bosrand"))[0] == 200  # status_page: public
        assert (await front.get("/status/duinzicht"))[0] == 404
        assert front.house.links.status("heidehof") is None  # status_page: off
        for path in ("/status/heidehof", "/status/nobody", "/status/%2e%2e%2foverview", "/status/nobody/events"):
            status, page = await front.get(path)
            assert status == 404
            assert "Bosrand" not in page


async def test_what_is_behind_a_link_is_kept_out_of_search_engines(tmp_path: Path):
    async with (
        in_front(tmp_path) as front,
        front.client.get(front.page_of("bosrand")) as behind,
        front.client.get("/status/bosrand") as public,
    ):
        assert behind.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert "X-Robots-Tag" not in public.headers
        assert "s-maxage=5" in public.headers["Cache-Control"]
        assert "script-src 'self'" in public.headers["Content-Security-Policy"]


async def test_maintenance_says_until_when_and_what_is_planned_follows(tmp_path: Path):
    async with in_front(tmp_path) as front:
        starts = NOW + MINUTE
        await front.house.desk.ask(Announce("bosrand", starts, NOW + HOUR, "pia", announced=NOW - 6 * DAY))
        await front.house.desk.ask(Announce("zandbank", starts, NOW + HOUR, "pia"))
        front.house.at += 2 * MINUTE
        await front.house.publish()
        _, late = await front.get(front.page_of("zandbank"))
        assert "Alles werkt" in late
        assert "<strong>Er is onderhoud</strong>" in late
        _, page = await front.get("/status/bosrand?lang=en")
        assert "Maintenance is being done, until 25 November 2026 16:36" in page
        planned = page.partition('id="planned"')[2].partition("</section>")[0]
        assert "Versie 2.14" in planned
        assert 'href="webcal://status.example.org/tommy/calendar/' in planned


async def test_the_months_figures_are_the_statements_and_past_outages_stand_by_their_day(tmp_path: Path):
    async with in_front(tmp_path, december=True) as front:
        _, page = await front.get(front.page_of("duinzicht") + "?lang=en")
        (kept,) = await front.house.store.statements("duinzicht", "2026-11")
        told = json.loads(kept.document)["availability"]
        assert told["ratio"] < 1
        shown = f"{int(told['ratio'] * 100_000) / 1000:.3f}%"
        figures = page.partition('id="figures"')[2].partition("</section>")[0]
        assert shown in figures
        assert "December 2026, so far" in figures
        days = page.partition('id="days"')[2].partition("</section>")[0]
        assert days.count("<rect") == 90
        assert days.count('class="bad"') == 1
        assert days.count('class="none"') == 59
        _, other = await front.get("/status/bosrand?lang=en")
        assert "Thu 12 Nov: an outage, of which nothing counts on this day" in other


@dataclass
class Counted:
    """A board of one customer that counts how often its notice is asked for."""

    news: News = field(default_factory=News)
    asked: int = 0
    state: State = State.UP
    busy: bool = False
    at: int = NOW

    def now(self) -> int:
        return self.at

    def opened_by(self, key: str) -> tuple[str, bool] | None:
        return ("park", True) if key == "park" else None

    async def notice(self, customer: str) -> Notice | None:
        self.asked += 1
        await asyncio.sleep(0)
        if self.busy:
            raise StoreBusy("the store is busy")
        month = MonthFigure(parse("2026-10-31T23:00:00Z"), 0.9999, 0.999)
        return Notice(
            *("Park", "Tommy 2.0", "Europe/Amsterdam", "en", NOW, self.state, NOW, (), (), (), (), month, None, None)
        )


@asynccontextmanager
async def counting(folder: Path, board: Counted, most: int = 10) -> AsyncIterator[aiohttp.ClientSession]:
    async with (
        house(folder) as lived,
        served(lived.board, known=False, parts=[status_pages(board, most)]) as address,
        aiohttp.ClientSession(address, connector=aiohttp.TCPConnector(limit=0)) as client,
    ):
        yield client


async def test_a_page_is_made_once_for_a_change_however_many_ask(tmp_path: Path):
    board = Counted()

    async def get(**headers: str) -> tuple[int, str]:
        async with client.get("/status/park", headers=headers) as answer:
            await answer.read()
            return answer.status, answer.headers["ETag"]

    async with counting(tmp_path, board) as client:
        told = await asyncio.gather(*(get() for _ in range(100)))
        assert {status for status, _ in told} == {200}
        assert board.asked == 1
        tag = told[0][1]
        assert await get(**{"If-None-Match": tag}) == (304, tag)
        board.state = State.DOWN
        assert (await get())[1] == tag
        board.at += 15 * SECOND
        assert (await get())[1] != tag
        assert board.asked == 2


async def test_while_the_store_cannot_be_read_the_page_of_before_stands(tmp_path: Path):
    board = Counted(busy=True)
    async with counting(tmp_path, board) as client:
        async with client.get("/status/park") as answer:
            assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
        board.busy = False
        async with client.get("/status/park") as answer:
            before = await answer.text()
        board.busy, board.at = True, NOW + HOUR
        async with client.get("/status/park") as answer:
            assert (answer.status, await answer.text()) == (200, before)


async def event(answer: aiohttp.ClientResponse) -> dict[str, Any]:
    found = []
    async with asyncio.timeout(PATIENCE):
        while line := (await answer.content.readline()).decode().rstrip("\n"):
            found.append(line)
    told: dict[str, Any] = json.loads(found[1].removeprefix("data: "))
    return told


async def test_a_stream_tells_of_its_customer_alone_and_says_how_it_is_now(tmp_path: Path):
    board = Counted()
    async with counting(tmp_path, board) as client, client.get("/status/park/events?lang=nl") as answer:
        assert await event(answer) == {"changed": [], "all": True, "said": ""}
        board.news.tell(["other"], ("other", "Other", "down"))
        board.state = State.UNKNOWN
        board.news.tell(["park"], ("park", "Park", "unknown"))
        told = await event(answer)
        assert told == {"changed": [], "all": True, "said": "De toestand is op dit moment niet te zien"}


async def test_beyond_so_many_listeners_one_is_asked_to_come_back(tmp_path: Path):
    async with counting(tmp_path, Counted(), most=1) as client, client.get("/status/park/events") as first:
        assert first.status == 200
        async with client.get("/status/park/events") as second:
            assert (second.status, second.headers["Retry-After"]) == (503, "30")


async def test_all_streams_end_when_the_server_does(tmp_path: Path):
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(aiohttp.ClientSession())
        async with house(tmp_path) as lived:
            async with served(lived.board, known=False, parts=[status_pages(Counted())]) as address:
                answer = await client.get(f"{address}/status/park/events")
                await event(answer)
            assert await answer.content.read() == b""


@pytest.mark.parametrize("state", list(State))
async def test_every_state_has_its_words(tmp_path: Path, state: State):
    async with counting(tmp_path, Counted(state=state)) as client, client.get("/status/park") as answer:
        assert f'<p class="state {state}">' in await answer.text()
