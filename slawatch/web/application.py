"""The routes and what they answer; the same on the TCP port and on the Unix socket."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from http import HTTPStatus

from aiohttp import hdrs, web

from slawatch.rules.permissions import Permission
from slawatch.web import customers
from slawatch.web.customers import Pages
from slawatch.web.declaring import Desk, add_routes
from slawatch.web.health import Health
from slawatch.web.look import POLICY, add_static, page, reader_of
from slawatch.web.outbox import Postmaster, add_outbox
from slawatch.web.pages import Board, add_pages
from slawatch.web.people.entrance import ENTRANCE, Entrance, find_out
from slawatch.web.people.login import add_login
from slawatch.web.people.managing import add_managing
from slawatch.web.people.needs import ensure_each_says, nearby, needs
from slawatch.web.people.refusals import refuse
from slawatch.web.posting import BODY_BYTES
from slawatch.web.scrape import Scrapes
from slawatch.web.scraping import TAKEN_SECONDS, add_scraping

#: Gives the daemon's state as values that JSON can carry.
Status = Callable[[], Awaitable[Mapping[str, object]]]
#: Adds the routes of one part of the pages.
Part = Callable[[web.Application], None]

#: Nothing is loaded from elsewhere, nothing is framed, nothing is kept.
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Server": "slawatch",
}
#: What an answer may say otherwise for itself.
_OWN = (hdrs.CACHE_CONTROL, "Content-Security-Policy")
#: Where we have a certificate ourselves: for a year no browser comes back without it.
STRICT = "max-age=31536000"


def application(
    scrapes: Scrapes,
    health: Health,
    status: Status,
    desk: Desk | None = None,
    postmaster: Postmaster | None = None,
    pages: Pages | None = None,
    *,
    board: Board | None = None,
    taken_seconds: float = TAKEN_SECONDS,
    entrance: Entrance | None = None,
    parts: Sequence[Part] = (),
) -> web.Application:
    """The aiohttp application over these.

    Without a `desk` and a `postmaster` nothing can be changed, without `pages` customers have none of their own,
    without a `board` there is no overview, and without an `entrance` nobody is known but who may open the Unix socket.
    `parts`: what more there is.
    """
    app = web.Application(middlewares=[refuse, find_out], client_max_size=BODY_BYTES)
    app.on_response_prepare.append(_add_headers)
    routes = _Routes(health, status, has_overview=board is not None)
    app.router.add_get("/", needs(None, routes.index))
    app.router.add_get("/healthz", nearby(Permission.READ, routes.alive))
    app.router.add_get("/readyz", nearby(Permission.READ, routes.ready))
    app.router.add_get("/api/v1/status", needs(Permission.READ, routes.status))
    add_static(app.router)
    add_scraping(app.router, scrapes, taken_seconds)
    if desk is not None:
        add_routes(app.router, desk)
    if postmaster is not None:
        add_outbox(app.router, postmaster)
    if pages is not None:
        customers.add_routes(app.router, pages)
    if board is not None:
        add_pages(app, board)
    for add in parts:
        add(app)
    if entrance is not None:
        app[ENTRANCE] = entrance
        add_login(app.router, entrance)
        add_managing(app.router, entrance.office)
    ensure_each_says(app)
    return app


class _Routes:
    def __init__(self, health: Health, status: Status, *, has_overview: bool) -> None:
        self._health = health
        self._status = status
        self._has_overview = has_overview

    async def index(self, request: web.Request) -> web.Response:
        """How the daemon is and where the rest is; who may see the figures is led to those."""
        if self._has_overview and reader_of(request).may(Permission.READ):
            raise web.HTTPSeeOther("overview")
        return await page(request, "pages/index.html", stuck=self._health.stuck(), missing=self._health.missing())

    async def alive(self, _request: web.Request) -> web.Response:
        return _ok_unless(self._health.stuck())

    async def ready(self, _request: web.Request) -> web.Response:
        return _ok_unless(tuple(f"{name}: not up yet" for name in self._health.missing()))

    async def status(self, _request: web.Request) -> web.Response:
        return web.json_response(text=await asyncio.to_thread(_written, await self._status()))


def _written(told: Mapping[str, object]) -> str:
    """JSON, of which the items of a list are written one by one: no other thread has a turn while one is."""
    encode = json.JSONEncoder(ensure_ascii=False).encode
    parts = (
        f"[{', '.join([encode(one) for one in value])}]" if isinstance(value, list) else encode(value)
        for value in told.values()
    )
    return f"{{{', '.join(f'{encode(key)}: {part}' for key, part in zip(told, parts, strict=True))}}}"


def _ok_unless(reasons: tuple[str, ...]) -> web.Response:
    lines = "".join(f"{reason}\n" for reason in reasons or ("ok",))
    return web.Response(text=lines, status=HTTPStatus.SERVICE_UNAVAILABLE if reasons else HTTPStatus.OK)


async def _add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """What may be kept says itself for how long, and a document of its own what it may do."""
    own = {name: response.headers[name] for name in _OWN if name in response.headers}
    response.headers.update({**HEADERS, **own})
    if request.secure:
        response.headers["Strict-Transport-Security"] = STRICT
