"""`/status/...`: a customer's status page and its stream of news, by a link that nobody can guess, or for everyone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from http import HTTPStatus

from aiohttp import ETag, hdrs, web

from slawatch.reporters.wording.tongue import LANGUAGES
from slawatch.store import StoreError
from slawatch.web.contact_page import wrong_link_page
from slawatch.web.pages.feed import GATHER_SECONDS, HEADERS, LONGEST_SECONDS, PING_SECONDS, RETRY_SECONDS, event, write
from slawatch.web.people.needs import needs
from slawatch.web.status.bells import Bells
from slawatch.web.status.facts import Noticeboard
from slawatch.web.status.prints import Prints

#: So many listen at most, to all customers together.
MOST = 2000
#: A proxy may keep a page for some seconds; who looks asks each time whether it is still the same.
KEPT = "public, max-age=0, s-maxage=5, must-revalidate"


def status_pages(board: Noticeboard, most: int = MOST) -> Callable[[web.Application], None]:
    """The part of the pages that shows these."""
    bells = Bells(board.news)
    routes = _Routes(board, bells, most)

    async def ring(_: web.Application) -> AsyncIterator[None]:
        task = asyncio.create_task(bells.run(), name="bells")
        yield
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    async def close(_: web.Application) -> None:
        bells.close()

    def add(app: web.Application) -> None:
        app.cleanup_ctx.append(ring)
        app.on_shutdown.append(close)
        app.router.add_get("/status/{key}", needs(None, routes.show))
        app.router.add_get("/status/{key}/events", needs(None, routes.listen), allow_head=False)

    return add


class _Routes:
    def __init__(self, board: Noticeboard, bells: Bells, most: int) -> None:
        self._board = board
        self._bells = bells
        self._prints = Prints(board, bells)
        self._most = most
        self._listeners = 0

    async def show(self, request: web.Request) -> web.StreamResponse:
        """`lang`: another language than the customer's."""
        key = request.match_info["key"]
        opened = self._board.opened_by(key)
        if opened is None:
            return await wrong_link_page(request)
        try:
            made = await self._prints.of(key, opened[0], _language(request))
        except StoreError as busy:
            raise web.HTTPServiceUnavailable(text=str(busy), headers={hdrs.RETRY_AFTER: "5"}) from None
        if made is None:
            return await wrong_link_page(request)
        packed = "gzip" in request.headers.get(hdrs.ACCEPT_ENCODING, "")
        headers: dict[str, str] = {
            hdrs.CACHE_CONTROL: KEPT,
            hdrs.VARY: hdrs.ACCEPT_ENCODING,
            hdrs.CONTENT_LANGUAGE: made.language,
            hdrs.ETAG: f'"{made.tag}{"z" * packed}"',
        }
        if not opened[1]:
            headers["X-Robots-Tag"] = "noindex, nofollow"
        known = request.if_none_match or ()
        if ETag(f"{made.tag}{'z' * packed}") in known:
            return web.Response(status=HTTPStatus.NOT_MODIFIED, headers=headers)
        if packed:
            headers[hdrs.CONTENT_ENCODING] = "gzip"
        body = made.packed if packed else made.text
        return web.Response(body=body, headers=headers, content_type="text/html", charset="utf-8")

    async def listen(self, request: web.Request) -> web.StreamResponse:
        """The news of this customer alone, since `Last-Event-ID`, else since `since`."""
        opened = self._board.opened_by(request.match_info["key"])
        if opened is None:
            raise web.HTTPNotFound
        if self._listeners >= self._most:
            raise web.HTTPServiceUnavailable(
                text="too many listen already", headers={hdrs.RETRY_AFTER: str(RETRY_SECONDS)}
            )
        response = web.StreamResponse(headers=HEADERS)
        self._listeners += 1
        try:
            with suppress(ConnectionError, TimeoutError, StoreError):
                async with asyncio.timeout(LONGEST_SECONDS):
                    await response.prepare(request)
                    await self._tell(request, response, opened[0])
        finally:
            self._listeners -= 1
        return response

    async def _tell(self, request: web.Request, response: web.StreamResponse, customer: str) -> None:
        """A change has the page fetched anew; what it says now is told where that is another thing than before."""
        news, language, key = self._bells.of(customer), _language(request), request.match_info["key"]
        place = request.headers.get("Last-Event-ID") or request.query.get("since", "")
        known = news.number_at(place)
        known = -1 if known is None else known
        before = await self._prints.of(key, customer, language)
        while not news.closed:
            try:
                async with asyncio.timeout(PING_SECONDS):
                    await news.after(known)
            except TimeoutError:
                await write(response, b": open\n\n")
                continue
            with suppress(TimeoutError):
                async with asyncio.timeout(GATHER_SECONDS):
                    while not news.closed:
                        await news.after(news.number)
            if news.closed:
                return
            known = news.number
            made = await self._prints.of(key, customer, language)
            said = made.said if made is not None and (before is None or made.said != before.said) else ""
            before = made
            await write(response, event(news.place(known), {"changed": [], "all": True, "said": said}))


def _language(request: web.Request) -> str | None:
    wanted = request.query.get("lang")
    return wanted if wanted in LANGUAGES else None
