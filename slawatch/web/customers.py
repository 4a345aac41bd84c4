"""Customers' own pages: where a contact chooses its mails, and the calendar. The address is the key to each."""

from __future__ import annotations

from http import HTTPStatus
from typing import Protocol

from aiohttp import web

from slawatch.model import Topic
from slawatch.rules.choices import NobodyLeft
from slawatch.store import StoreError
from slawatch.web.contact_page import CHOSEN, Visitor, contact_page, wrong_link_page
from slawatch.web.contact_words import Note
from slawatch.web.people.forms import read_form
from slawatch.web.people.needs import needs

#: RFC 8058: what a mail program sends for whom it unsubscribes.
_ONE_CLICK = ("List-Unsubscribe", "One-Click")


class Pages(Protocol):
    """What these pages need to know. A token that is none gives None."""

    def visitor(self, token: str) -> Visitor | None: ...
    async def choose(self, token: str, wants: frozenset[Topic]) -> None:
        """Raises NobodyLeft, or StoreError."""

    async def calendar(self, token: str) -> bytes | None:
        """The customer's maintenance as iCalendar. Raises StoreError."""


def add_routes(router: web.UrlDispatcher, pages: Pages) -> None:
    """The page of a contact, and the calendar of a customer."""
    routes = _Routes(pages)
    router.add_get("/contacts/{token}", needs(None, routes.show))
    router.add_post("/contacts/{token}", needs(None, routes.choose))
    router.add_get("/calendar/{token}.ics", needs(None, routes.calendar))


class _Routes:
    def __init__(self, pages: Pages) -> None:
        self._pages = pages

    async def show(self, request: web.Request) -> web.Response:
        return await self._page(request, None)

    async def choose(self, request: web.Request) -> web.Response:
        """A form that was sent in, or one click on unsubscribe in a mail program, which asks nothing further."""
        token = request.match_info["token"]
        if self._pages.visitor(token) is None:
            return await self._page(request, None)
        try:
            said = await read_form(request)
        except web.HTTPBadRequest:
            return await self._page(request, None, HTTPStatus.BAD_REQUEST)
        unsubscribed = said.get(_ONE_CLICK[0]) == _ONE_CLICK[1]
        if not unsubscribed and CHOSEN not in said:
            return await self._page(request, None, HTTPStatus.BAD_REQUEST)
        wants = frozenset() if unsubscribed else frozenset(topic for topic in Topic if topic.value in said)
        try:
            await self._pages.choose(token, wants)
        except NobodyLeft:
            return await self._page(request, Note.LAST)
        except StoreError:
            return await self._page(request, Note.BUSY, HTTPStatus.SERVICE_UNAVAILABLE)
        return await self._page(request, Note.SAVED if wants else Note.ALL_OFF)

    async def calendar(self, request: web.Request) -> web.Response:
        try:
            made = await self._pages.calendar(request.match_info["token"])
        except StoreError as busy:
            return web.Response(text=str(busy), status=HTTPStatus.SERVICE_UNAVAILABLE)
        if made is None:
            raise web.HTTPNotFound
        return web.Response(body=made, content_type="text/calendar", charset="utf-8")

    async def _page(self, request: web.Request, note: Note | None, status: HTTPStatus = HTTPStatus.OK) -> web.Response:
        token = request.match_info["token"]
        visitor = self._pages.visitor(token)
        if visitor is None:
            return await wrong_link_page(request)
        return await contact_page(request, visitor, note, status)
