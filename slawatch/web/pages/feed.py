"""`/events`: what changed, as server-sent events (WHATWG HTML, 9.2). A page that hears of a change asks for it anew."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from http import HTTPStatus

from aiohttp import hdrs, web

from slawatch.reporters.wording.tongue import Tongue
from slawatch.rules.permissions import Permission
from slawatch.web.look import reader_of
from slawatch.web.look.words import STATES
from slawatch.web.pages.facts import Board, counted
from slawatch.web.pages.news import Turn
from slawatch.web.people.needs import needs

#: So many listen at most; who comes then is asked to try again.
MOST = 200
RETRY_SECONDS = 30
#: After so long without news a comment says that the line is open: proxies cut what is silent for a minute.
PING_SECONDS = 15.0
#: After a change so long is waited for others.
GATHER_SECONDS = 0.3
#: Who takes nothing for so long is let go.
TAKEN_SECONDS = 10.0
#: A stream ends after so long and is asked for again: by somebody who is still signed in, or not.
LONGEST_SECONDS = 600.0
#: So many are named when several turn at once.
NAMED = 3

#: Of a stream.
HEADERS = {
    hdrs.CONTENT_TYPE: "text/event-stream; charset=utf-8",
    "X-Accel-Buffering": "no",  # nginx and others would keep it back
}


def add_feed(app: web.Application, board: Board, most: int = MOST, ping_seconds: float = PING_SECONDS) -> None:
    """The stream. It ends when the application shuts down."""
    feed = _Feed(board, most, ping_seconds)

    async def close(_app: web.Application) -> None:
        board.news.close()

    app.on_shutdown.append(close)
    app.router.add_get("/events", needs(Permission.READ, feed.listen))


class _Feed:
    def __init__(self, board: Board, most: int, ping_seconds: float) -> None:
        self._board = board
        self._most = most
        self._ping_seconds = ping_seconds
        self._listeners = 0

    async def listen(self, request: web.Request) -> web.StreamResponse:
        """The news since `Last-Event-ID`, else since `since`, else from now on; `of`: one customer's alone."""
        if self._listeners >= self._most:
            return web.Response(
                text=f"{self._most} listen already; try again in {RETRY_SECONDS} s",
                status=HTTPStatus.SERVICE_UNAVAILABLE,
                headers={hdrs.RETRY_AFTER: str(RETRY_SECONDS)},
            )
        response = web.StreamResponse(headers=HEADERS)
        self._listeners += 1
        try:
            with suppress(ConnectionError, TimeoutError):
                async with asyncio.timeout(LONGEST_SECONDS):
                    await response.prepare(request)
                    await self._tell(request, response)
        finally:
            self._listeners -= 1
        return response

    async def _tell(self, request: web.Request, response: web.StreamResponse) -> None:
        news, tongue = self._board.news, reader_of(request).tongue
        place = request.headers.get("Last-Event-ID") or request.query.get("since")
        known = news.number if place is None else news.number_at(place)
        if known is None:  # of another life: whatever is shown may be old
            known = news.number
            await write(response, event(news.place(known), {"all": True, "changed": [], "said": ""}))
        while not news.closed:
            try:
                async with asyncio.timeout(self._ping_seconds):
                    await news.after(known)
            except TimeoutError:
                await write(response, b": open\n\n")
                continue
            with suppress(TimeoutError):
                async with asyncio.timeout(GATHER_SECONDS):
                    while not news.closed:
                        await news.after(news.number)
            changed, turns = news.since(known)
            known = news.number
            await self._tell_of(request.query.get("of"), changed, turns, tongue, response)

    async def _tell_of(
        self,
        only: str | None,
        changed: frozenset[str],
        turns: Sequence[Turn],
        tongue: Tongue,
        response: web.StreamResponse,
    ) -> None:
        if only is not None:
            changed, turns = changed & {only}, [turn for turn in turns if turn.customer == only]
        if not changed:
            return
        told = {
            "changed": sorted(changed),
            "counts": counted(self._board.rows),
            "said": _said(turns, tongue),
        }
        await write(response, event(self._board.news.place(self._board.news.number), told))


def _said(turns: Sequence[Turn], tongue: Tongue) -> str:
    """The latest turns in words; nothing where only figures moved."""
    latest = {turn.customer: turn for turn in turns}
    named = [f"{turn.name}: {tongue.say(STATES[turn.state]).lower()}" for turn in list(latest.values())[-NAMED:]]
    if len(latest) > NAMED:
        named.append(tongue.count("and {number} other", "and {number} others", len(latest) - NAMED))
    return "; ".join(named)


def event(place: str, told: Mapping[str, object]) -> bytes:
    """What is told as an event, which ends at that place in the news."""
    return f"id: {place}\ndata: {json.dumps(told, ensure_ascii=False)}\n\n".encode()


async def write(response: web.StreamResponse, data: bytes) -> None:
    """Raises TimeoutError where nobody takes it."""
    async with asyncio.timeout(TAKEN_SECONDS):
        await response.write(data)
