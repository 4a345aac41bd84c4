"""The page with the switches, and the same as an API: GET /faults, POST /faults/<park>."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from aiohttp import web
from yarl import URL

from slawatch.demo.door import Door
from slawatch.demo.faults import ENDS_SESSIONS, KINDS, BadFault, Bell, Faults, changed
from slawatch.demo.live import live
from slawatch.demo.pages import file_response, page_response
from slawatch.demo.places import HOST
from slawatch.demo.sink import Mail, Mailbox
from slawatch.demo.standin import StandIn

#: What the page offers for `slow`, in seconds. The agreement asks for 3; the demo gives up at 8.
SLOW_STEPS = (0, 2, 4, 6, 20)


@dataclass(frozen=True, slots=True)
class Links:
    """Where the other parts of the demo are; a metrics address of None means that slawatch does not run with it."""

    mails: str
    metrics: str | None
    username: str
    password: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One park, as the page shows it. `mails`: what was sent to its contact, newest first."""

    standin: StandIn
    url: str
    mails: tuple[Mail, ...]


def switchboard(
    standins: Mapping[str, StandIn], doors: Mapping[str, Door], *, bell: Bell, mailbox: Mailbox, links: Links
) -> web.Application:
    """The application of the switches page. `standins` and their `doors` by park id; `bell` rings at what it shows."""

    def find(request: web.Request) -> StandIn:
        park = request.match_info["park"]
        if park not in standins:
            raise web.HTTPNotFound(text=f"{park}: there is no such park; there are {', '.join(standins)}\n")
        return standins[park]

    async def page(request: web.Request) -> web.StreamResponse:
        parks = [
            Shown(standin, _as_seen_by(request, doors[park].url), mailbox.sent_to(standin.park.contact)[:3])
            for park, standin in standins.items()
        ]
        return page_response(
            "switches.html", parks=parks, kinds=KINDS, steps=SLOW_STEPS, links=links, here=f"{request.url.origin()}/"
        )

    async def show(_request: web.Request) -> web.StreamResponse:
        return web.json_response({park: asdict(standin.switch.faults) for park, standin in standins.items()})

    async def flip(request: web.Request) -> web.StreamResponse:
        standin = find(request)
        is_form = request.content_type == "application/x-www-form-urlencoded"
        try:
            await _apply(
                standin, doors[standin.park.id], dict(await request.post()) if is_form else await _json(request)
            )
        except BadFault as error:
            raise web.HTTPBadRequest(text=f"{error}\n") from error
        if is_form:
            raise web.HTTPSeeOther(f"/#{standin.park.id}")
        return web.json_response(asdict(standin.switch.faults))

    app = web.Application()
    app.router.add_routes(
        [
            web.get("/", page),
            web.get("/faults", show),
            web.post("/faults/{park}", flip),
            web.get("/static/{name}", _static),
        ]
    )
    live(bell, app)
    return app


def _as_seen_by(request: web.Request, url: str) -> str:
    """The address with the host that the request came to: out of a container it has another name than within."""
    return str(URL(url).with_host(request.url.host or HOST))


async def _static(request: web.Request) -> web.StreamResponse:
    return file_response(request.match_info["name"], among={"demo.css", "live.js"})


async def _json(request: web.Request) -> dict[str, object]:
    try:
        wanted = await request.json()
    except json.JSONDecodeError as error:
        raise BadFault(f"the body is not JSON: {error}") from error
    if not isinstance(wanted, dict):
        raise BadFault('expected an object such as {"unavailable": true}')
    return wanted


async def _apply(standin: StandIn, door: Door, wanted: Mapping[str, object]) -> None:
    """Set the switches in `wanted`; `all_off` first puts all of them off, `end_sessions` throws sessions away once.

    When it returns, the park behaves like that. Raises BadFault with nothing changed.
    """
    rest = {name: value for name, value in wanted.items() if name not in {"all_off", "end_sessions"}}
    before = Faults() if "all_off" in wanted else standin.switch.faults
    after = changed(before, rest)
    if "end_sessions" in wanted or ENDS_SESSIONS & (set(after.on) - set(standin.switch.faults.on)):
        standin.sessions.end_all()
    standin.switch.set(after)
    await (door.close() if after.refuse else door.open())
