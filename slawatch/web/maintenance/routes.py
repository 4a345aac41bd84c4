"""`/maintenance`: all windows; below it the forms that declare, each with a look at what would come of it first."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from zoneinfo import ZoneInfo

from aiohttp import hdrs, web

from slawatch.model import DAY, Instant
from slawatch.rules.calendar import moment
from slawatch.rules.permissions import Permission
from slawatch.rules.wishes import Refused, Wish
from slawatch.store import Actor, StoreError
from slawatch.web.look import page, reader_of
from slawatch.web.look.page import from_here
from slawatch.web.look.words import PROOFS, REASONS, WHY, WINDOWS
from slawatch.web.maintenance.deeds import ANNOUNCE, DEEDS, Asked, Deed
from slawatch.web.maintenance.facts import Line, Planner, Preview
from slawatch.web.maintenance.said import FIRST, REPEATS, SECOND, Errors, Reading, Wrong
from slawatch.web.once import Once
from slawatch.web.people.asker import asker_of
from slawatch.web.people.needs import needs
from slawatch.web.posting import list_declared

#: So long what is over stays on the list.
PAST = 90 * DAY
#: Fields of which the desk's refusals speak, as `starts: ...`.
_SPOKEN_OF = frozenset({"starts", "ends", "announced", "text", "repeat", "at"})
#: What a form may say at most once; all else in it is passed over.
_FIELDS = ("starts", "ends", "announced", "at", "reason", "text", "repeat", "times", "whom", "step", "key")
_WHICH = ("starts_which", "ends_which", "announced_which", "at_which")


@dataclass(frozen=True, slots=True)
class _Filled:
    """A form as it was sent. `wrong`: by field, in English; `refused`: what the desk said of all of it."""

    fields: Mapping[str, str]
    customers: Sequence[str] = ()
    wrong: Mapping[str, Wrong] = field(default_factory=dict)
    refused: str = ""
    twice: frozenset[str] = frozenset()
    preview: Preview | None = None


def maintenance(planner: Planner) -> Callable[[web.Application], None]:
    """The part of the pages that shows these."""
    routes = _Routes(planner)

    def add(app: web.Application) -> None:
        app.router.add_get("/maintenance", needs(Permission.READ, routes.show))
        app.router.add_get("/maintenance/announce", needs(Permission.DECLARE, routes.announce))
        app.router.add_post("/maintenance/announce", needs(Permission.DECLARE, routes.announce))
        app.router.add_get("/maintenance/{window}/{deed}", needs(Permission.DECLARE, routes.change))
        app.router.add_post("/maintenance/{window}/{deed}", needs(Permission.DECLARE, routes.change))

    return add


class _Routes:
    def __init__(self, planner: Planner) -> None:
        self._planner = planner
        self._once = Once()

    async def show(self, request: web.Request) -> web.Response:
        """`customer`: of one alone; `done` and `id`: what was declared just now."""
        customer, now = request.query.get("customer", ""), self._planner.now()
        known = dict(self._planner.customers())
        lines = await self._lines(customer if customer in known else None)
        done = DEEDS.get(request.query.get("done", ""), ANNOUNCE)
        id_ = request.query.get("id", "")
        return await page(
            request,
            "maintenance/list.html",
            running=[one for one in lines if one.state == "running"],
            planned=[one for one in lines if one.state == "planned"],
            past=[one for one in lines if one.state not in {"running", "planned"} and one.ends > now - PAST][::-1],
            done=reader_of(request).tongue.say(done.done, id=id_) if any(_is(one, id_) for one in lines) else "",
            customers=self._planner.customers(),
            customer=customer,
            may_declare=reader_of(request).may(Permission.DECLARE),
            zones=sorted({one.zone for one in lines}) or [self._planner.zone(())],
            zone_of=ZoneInfo,
            words=_WORDS,
        )

    async def announce(self, request: web.Request) -> web.StreamResponse:
        return await self._do(request, ANNOUNCE, "")

    async def change(self, request: web.Request) -> web.StreamResponse:
        """Move, end or cancel a window; or cancel what is to come of a series."""
        deed, id_ = DEEDS.get(request.match_info["deed"]), request.match_info["window"]
        windows = [] if deed is None else [one for one in await self._lines(None) if _is(one, id_)]
        if deed is None or not windows:
            raise web.HTTPNotFound
        return await self._do(request, deed, id_, windows)

    async def _lines(self, customer: str | None) -> Sequence[Line]:
        try:
            return await self._planner.lines(customer)
        except StoreError as busy:
            raise web.HTTPServiceUnavailable(text=str(busy)) from None

    async def _do(
        self, request: web.Request, deed: Deed, window: str, windows: Sequence[Line] = ()
    ) -> web.StreamResponse:
        zone = ZoneInfo(windows[0].zone) if windows else None
        if request.method != hdrs.METH_POST and not deed.plain:
            return await self._form(request, deed, window, windows, _Filled(_as_it_is(windows)))
        filled = await _filled(request)
        reading = Reading(filled.fields, zone or ZoneInfo(self._planner.zone(filled.customers)))
        asker = asker_of(request)
        assert asker is not None, "a route that changes something needs a permission"
        key = filled.fields.get("key", "")
        try:
            wish = deed.read(reading, Asked(asker.name, window, filled.customers))
            if filled.fields.get("step") == "declare" and key:
                return await self._declare(request, f"{asker.name} {key}", wish)
            preview = await self._planner.preview(wish)
        except Errors as errors:
            return await self._form(request, deed, window, windows, _with(filled, errors.found, twice=errors.twice))
        except Refused as refused:
            about, _, _ = str(refused).partition(":")
            found = {about: Wrong("{words}", {"words": str(refused)})} if about in _SPOKEN_OF else {}
            refusal = "" if found else str(refused)
            return await self._form(
                request, deed, window, windows, _with(filled, found, refused=refusal, twice=reading.twice)
            )
        except StoreError as busy:
            raise web.HTTPServiceUnavailable(text=str(busy)) from None
        shown = _with(filled, {}, twice=reading.twice, preview=preview)
        return await self._form(request, deed, window, windows, shown)

    async def _declare(self, request: web.Request, key: str, wish: Wish) -> web.StreamResponse:
        asker = asker_of(request)
        assert asker is not None, "a route that changes something needs a permission"
        done, now = await self._once.do(key, lambda: self._planner.ask(wish))
        if now:
            await list_declared(request, Actor(asker.name, asker.way, asker.origin), str(done["id"]))
        name = request.match_info.get("deed", "announce")
        where = f"{from_here(request)('/maintenance')}?done={name}&id={done['id']}"
        return web.Response(status=HTTPStatus.SEE_OTHER, headers={hdrs.LOCATION: where})

    async def _form(
        self, request: web.Request, deed: Deed, window: str, windows: Sequence[Line], filled: _Filled
    ) -> web.Response:
        wrong = bool(filled.wrong or filled.refused)
        say = reader_of(request).tongue.say
        zone = windows[0].zone if windows else self._planner.zone(filled.customers)
        return await page(
            request,
            "maintenance/declare.html",
            status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
            deed=request.match_info.get("deed", "announce"),
            title=say(deed.title, id=window),
            button=say(deed.button),
            windows=windows,
            filled=filled,
            wrong={name: say(one.said, **one.values) for name, one in filled.wrong.items()},
            preview=filled.preview,
            key=secrets.token_urlsafe(12),
            customers=self._planner.customers(),
            zone=ZoneInfo(zone),
            zone_of=ZoneInfo,
            now=self._planner.now(),
            repeats=REPEATS,
            which=(FIRST, SECOND),
            words=_WORDS,
        )


_WORDS = {"reasons": REASONS, "why": WHY, "proofs": PROOFS, "window_states": WINDOWS}


def _is(line: Line, id_: str) -> bool:
    return id_ in {line.id, line.series}


async def _filled(request: web.Request) -> _Filled:
    try:
        said = await request.post()
    except (ValueError, LookupError):
        raise web.HTTPBadRequest(text="expected a form") from None
    fields = {name: value for name in (*_FIELDS, *_WHICH) if isinstance(value := said.get(name), str)}
    customers = [one for one in said.getall("customers", []) if isinstance(one, str) and one]
    return _Filled(fields, customers)


def _with(
    filled: _Filled,
    wrong: Mapping[str, Wrong],
    *,
    refused: str = "",
    twice: frozenset[str] = frozenset(),
    preview: Preview | None = None,
) -> _Filled:
    return _Filled(filled.fields, filled.customers, wrong, refused, twice, preview)


def _as_it_is(windows: Sequence[Line]) -> dict[str, str]:
    """The times of a window, as a form has them."""
    if not windows:
        return {}
    zone = ZoneInfo(windows[0].zone)
    return {"starts": _wall(windows[0].starts, zone), "ends": _wall(windows[0].ends, zone)}


def _wall(at: Instant, zone: ZoneInfo) -> str:
    return f"{moment(at).astimezone(zone):%Y-%m-%dT%H:%M}"
