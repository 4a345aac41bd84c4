"""`/customers/ID`: one customer's month so far, its checks, its outages, its windows, and where the rest is."""

from __future__ import annotations

from http import HTTPStatus
from zoneinfo import ZoneInfo

from aiohttp import web

from slawatch.model import ExclusionKind
from slawatch.rules.calendar import parse
from slawatch.rules.permissions import Permission
from slawatch.store import StoreError
from slawatch.web.look import page
from slawatch.web.look.words import CAUSES, PROOFS, REASONS, STATES, WHY, WINDOWS
from slawatch.web.pages.facts import Board
from slawatch.web.people.needs import needs

#: How many windows that are over are shown.
PAST_WINDOWS = 10


def add_customer(router: web.UrlDispatcher, board: Board) -> None:
    async def show(request: web.Request) -> web.Response:
        return await customer(request, board)

    router.add_get("/customers/{customer}", needs(Permission.READ, show))


async def customer(request: web.Request, board: Board) -> web.Response:
    """404 for one that is not configured (any more), 503 while its outages cannot be read."""
    sought, place = request.match_info["customer"], board.news.place(board.news.number)
    try:
        sheet = await board.sheet(sought)
    except StoreError as busy:
        return await page(request, "pages/busy.html", status=HTTPStatus.SERVICE_UNAVAILABLE, why=str(busy))
    if sheet is None:
        return await page(request, "pages/missing.html", status=HTTPStatus.NOT_FOUND, sought=sought)
    ahead = [one for one in sheet.windows if one["state"] in {"planned", "running"}]
    past = [one for one in sheet.windows if one["state"] not in {"planned", "running"}]
    served = {one.canonical for one in request.app.router.resources()}
    return await page(
        request,
        "pages/customer.html",
        live=sheet.row.customer,
        place=place,
        sheet=sheet,
        row=sheet.row,
        month=sheet.month,
        zone=ZoneInfo(sheet.row.zone),
        now=sheet.now,
        windows_ahead=ahead,
        windows_past=past[::-1][:PAST_WINDOWS],
        majeure=[one for one in sheet.month["exclusions"] if one["kind"] == ExclusionKind.FORCE_MAJEURE],
        has_summaries="/customers/{customer}/summaries" in served,
        has_outages="/customers/{customer}/outages" in served,
        has_status="/status/{key}" in served,
        parse=parse,
        reasons=REASONS,
        states=STATES,
        causes=CAUSES,
        why=WHY,
        proofs=PROOFS,
        window_states=WINDOWS,
    )
