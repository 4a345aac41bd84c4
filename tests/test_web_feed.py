"""The stream of what changed, over real sockets."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web as aiohttp_web

from slawatch.rules.permissions import ROLES, Role
from slawatch.web import News, Row, Sheet, State
from slawatch.web.pages.feed import add_feed
from slawatch.web.people.asker import Asker, Way, recognise

PATIENCE = 10.0


@dataclass
class Told:
    """A board of three customers, of which the test says what changed."""

    news: News = field(default_factory=News)
    rows: tuple[Row, ...] = (
        Row("a", "Park A", "Europe/Amsterdam", State.DOWN),
        Row("b", "Park B", "Europe/Amsterdam", State.UP),
        Row("c", "Park C", "Europe/Amsterdam", State.UP),
    )

    def now(self) -> int:
        return 0

    async def sheet(self, customer: str) -> Sheet | None:
        return None


@asynccontextmanager
async def streamed(board: Told, **bounds: Any) -> AsyncIterator[tuple[aiohttp.ClientSession, aiohttp_web.AppRunner]]:
    @aiohttp_web.middleware
    async def signed_in(request: aiohttp_web.Request, handler: Any) -> Any:
        recognise(request, Asker("pia", Way.SESSION, ROLES[Role.VIEWER], "nl"))
        return await handler(request)

    app = aiohttp_web.Application(middlewares=[signed_in])
    add_feed(app, board, **bounds)
    runner = aiohttp_web.AppRunner(app, shutdown_timeout=0.3)
    await runner.setup()
    await aiohttp_web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    async with aiohttp.ClientSession(f"http://{host}:{port}", read_bufsize=2**18) as client:
        yield client, runner
    await runner.cleanup()


async def lines(answer: aiohttp.ClientResponse) -> list[str]:
    """The next event or comment."""
    found = []
    async with asyncio.timeout(PATIENCE):
        while line := (await answer.content.readline()).decode().rstrip("\n"):
            found.append(line)
    return found


async def event(answer: aiohttp.ClientResponse) -> tuple[str, dict[str, Any]]:
    id_, data = await lines(answer)
    return id_.removeprefix("id: "), json.loads(data.removeprefix("data: "))


async def test_a_change_comes_with_its_place_the_counts_and_the_words():
    board = Told()
    async with streamed(board) as (client, _), client.get("/events") as answer:
        assert answer.headers["Content-Type"] == "text/event-stream; charset=utf-8"
        assert answer.headers["X-Accel-Buffering"] == "no"
        board.news.tell(["a"], ("a", "Park A", "down"))
        board.news.tell(["b"])
        place, told = await event(answer)
    assert place == board.news.place(2)
    assert told == {
        "changed": ["a", "b"],
        "counts": {"down": 1, "unknown": 0, "maintenance": 0, "up": 2, "missed": 0},
        "said": "Park A: storing",
    }


async def test_who_comes_back_is_told_what_changed_meanwhile():
    board = Told()
    board.news.tell(["a"])
    place = board.news.place(1)
    board.news.tell(["b"])
    async with streamed(board) as (client, _):
        async with client.get("/events", headers={"Last-Event-ID": place}) as answer:
            assert (await event(answer))[1]["changed"] == ["b"]
        async with client.get("/events", params={"since": board.news.place(0)}) as answer:
            assert (await event(answer))[1]["changed"] == ["a", "b"]


async def test_a_place_of_another_life_has_everything_asked_for_anew():
    async with streamed(Told()) as (client, _):
        for place in ("0123abcd-7", "x", "-"):
            async with client.get("/events", params={"since": place}) as answer:
                assert (await event(answer))[1]["all"] is True


async def test_who_looks_at_one_customer_hears_of_no_other():
    board = Told()
    async with streamed(board) as (client, _), client.get("/events", params={"of": "b"}) as answer:
        board.news.tell(["a"], ("a", "Park A", "down"))
        board.news.tell(["b"], ("b", "Park B", "up"))
        _, told = await event(answer)
    assert (told["changed"], told["said"]) == (["b"], "Park B: beschikbaar")


async def test_many_turns_are_told_in_one_sentence():
    board = Told()
    async with streamed(board) as (client, _), client.get("/events") as answer:
        for number in range(5):
            board.news.tell([f"p{number}"], (f"p{number}", f"Park {number}", "up"))
        _, told = await event(answer)
    assert told["said"] == "Park 2: beschikbaar; Park 3: beschikbaar; Park 4: beschikbaar; en 2 andere"


async def test_an_open_line_says_so_now_and_then():
    async with streamed(Told(), ping_seconds=0.01) as (client, _), client.get("/events") as answer:
        assert await lines(answer) == [": open"]


async def test_beyond_so_many_one_is_asked_to_come_back():
    board = Told()
    async with streamed(board, most=1) as (client, _), client.get("/events") as first:
        async with client.get("/events") as second:
            assert (second.status, second.headers["Retry-After"]) == (503, "30")
        board.news.tell(["a"])
        assert (await event(first))[1]["changed"] == ["a"]


async def test_all_streams_end_when_the_server_does():
    async with streamed(Told()) as (client, runner), client.get("/events") as answer:
        async with asyncio.timeout(1):
            await runner.cleanup()
        assert await answer.content.read() == b""
