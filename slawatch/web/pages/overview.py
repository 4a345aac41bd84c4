"""`/overview`: every customer in one table, the worst first; searched and filtered by a plain form."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from aiohttp import web

from slawatch.rules.permissions import Permission
from slawatch.web.look import page
from slawatch.web.look.words import STATES
from slawatch.web.pages.facts import Board, Row, counted
from slawatch.web.people.needs import needs


def add_overview(router: web.UrlDispatcher, board: Board) -> None:
    async def show(request: web.Request) -> web.Response:
        return await overview(request, board)

    router.add_get("/overview", needs(Permission.READ, show))


async def overview(request: web.Request, board: Board) -> web.Response:
    """`q`: a part of name or id; `state`: one of these, or `missed`; `only`: these ids alone, an empty one: none."""
    rows, sought = board.rows, request.query.get("q", "").strip()
    state = request.query.get("state", "")
    only = frozenset(request.query.getall("only", ()))
    found = sorted(_sought(rows, sought, state, only), key=lambda row: row.order)
    zones = {row.zone for row in rows}
    return await page(
        request,
        "pages/overview.html",
        live="*",
        place=board.news.place(board.news.number),
        rows=found,
        zones={zone: ZoneInfo(zone) for zone in zones},
        total=len(rows),
        counts=counted(rows),
        states=STATES,
        sought=sought,
        state=state,
        now=board.now(),
    )


def _sought(rows: Sequence[Row], part: str, state: str, only: frozenset[str]) -> list[Row]:
    part = part.casefold()
    return [
        row
        for row in rows
        if (not only or row.customer in only)
        and (part in row.name.casefold() or part in row.customer)
        and (state not in STATES or row.state == state or (state == "missed" and row.missed))
    ]
