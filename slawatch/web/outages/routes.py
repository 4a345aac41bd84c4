"""`/customers/ID/outages`: each outage with what was said of it, and forms to say more."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from http import HTTPStatus
from types import MappingProxyType
from zoneinfo import ZoneInfo

from aiohttp import hdrs, web

from slawatch.reporters.wording.tongue import mark
from slawatch.rules.calendar import parse
from slawatch.rules.permissions import Permission
from slawatch.rules.wishes import Acknowledge, Refused, Remark, Update, Wish
from slawatch.store import Actor, StoreError
from slawatch.web.look import page, reader_of
from slawatch.web.look.page import from_here
from slawatch.web.look.words import CAUSES
from slawatch.web.once import Once
from slawatch.web.outages.facts import OutageDesk, OutageSheet
from slawatch.web.people.asker import asker_of
from slawatch.web.people.forms import read_form
from slawatch.web.people.needs import needs
from slawatch.web.posting import list_declared

#: So many are shown.
MOST = 50

#: What is said once it is done, by what stands in the address.
_DONE: Mapping[str, str] = MappingProxyType(
    {
        "ack": mark("It is in your hands."),
        "note": mark("The note is kept."),
        "update": mark("The update is told, and on its way by mail."),
    }
)


def outages(desk: OutageDesk) -> Callable[[web.Application], None]:
    """The part of the pages that shows these."""
    routes = _Routes(desk)

    def add(app: web.Application) -> None:
        app.router.add_get("/customers/{customer}/outages", needs(Permission.READ, routes.show))
        path = "/customers/{customer}/outages/{outage}/{deed}"
        app.router.add_post(path, needs(Permission.DECLARE, routes.say))

    return add


def _wish(deed: str, outage: str, said: Mapping[str, str], by: str) -> Wish:
    match deed:
        case "ack":
            return Acknowledge(outage, by)
        case "note":
            return Remark(outage, said["text"], by, said["ticket"] or None)
    return Update(outage, said["text"], by)


class _Routes:
    def __init__(self, desk: OutageDesk) -> None:
        self._desk = desk
        self._once = Once()

    async def show(self, request: web.Request) -> web.Response:
        """`done`: what was said just now."""
        done = _DONE.get(request.query.get("done", ""))
        return await self._page(request, await self._sheet(request), told="" if done is None else done)

    async def say(self, request: web.Request) -> web.StreamResponse:
        """Acknowledge, note or update; what is refused stands above the form, with what was typed."""
        sheet, asker = await self._sheet(request), asker_of(request)
        assert asker is not None, "a route that changes something needs a permission"
        outage, deed = request.match_info["outage"], request.match_info["deed"]
        if deed not in _DONE or outage not in {one["id"] for one in sheet.outages}:
            raise web.HTTPNotFound
        fields = await read_form(request)
        said = {name: _text(fields.get(name)) for name in ("text", "ticket", "key")}
        if not said["key"]:
            raise web.HTTPBadRequest(text="key: missing, expected the one that the form had")
        wish = _wish(deed, outage, said, asker.name)
        try:
            _, now = await self._once.do(f"{asker.name} {said['key']}", lambda: self._desk.ask(wish))
        except Refused as refused:
            return await self._page(request, sheet, refused=str(refused), at_deed=(outage, deed), said=said)
        except StoreError as busy:
            raise web.HTTPServiceUnavailable(text=str(busy)) from None
        if now:
            await list_declared(request, Actor(asker.name, asker.way, asker.origin), outage)
        where = f"{from_here(request)('/customers/')}{sheet.customer}/outages?done={deed}"
        return web.Response(status=HTTPStatus.SEE_OTHER, headers={hdrs.LOCATION: where})

    async def _sheet(self, request: web.Request) -> OutageSheet:
        try:
            sheet = await self._desk.sheet(request.match_info["customer"])
        except StoreError as busy:
            raise web.HTTPServiceUnavailable(text=str(busy)) from None
        if sheet is None:
            raise web.HTTPNotFound
        return sheet

    async def _page(
        self,
        request: web.Request,
        sheet: OutageSheet,
        *,
        told: str = "",
        refused: str = "",
        at_deed: tuple[str, str] = ("", ""),
        said: Mapping[str, str] = MappingProxyType({}),
    ) -> web.Response:
        return await page(
            request,
            "outages/outages.html",
            status=HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK,
            sheet=sheet,
            outages=sheet.outages[:MOST],
            told=told,
            refused=refused,
            at_deed=at_deed,
            said=said,
            key=secrets.token_urlsafe(12),
            may_declare=reader_of(request).may(Permission.DECLARE),
            zone=ZoneInfo(sheet.zone),
            parse=parse,
            causes=CAUSES,
        )


def _text(field: object) -> str:
    return field.replace("\r\n", "\n") if isinstance(field, str) else ""
