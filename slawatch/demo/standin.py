"""The stand-in for Tommy: one park's reservation system, small but real, with faults that its switch puts in."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from aiohttp import web
from yarl import URL

from slawatch.clock import Clock
from slawatch.demo.faults import Switch
from slawatch.demo.pages import file_response, page_response
from slawatch.demo.parks import Booking, Park, bookings, overview
from slawatch.demo.words import WORDS

COOKIE = "tommy_session"
#: Milliseconds that the stand-in's database seems to need: the page itself, the cards, the rows.
DATABASE = {"page": (18, 11), "cards": (90, 60), "rows": (260, 140)}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Sessions:
    """Who is signed in. A session ends `lifetime` seconds after signing in, however busy it was."""

    def __init__(self, lifetime: float, elapsed: Callable[[], float] = time.monotonic) -> None:
        self._lifetime = lifetime
        self._elapsed = elapsed
        self._ends: dict[str, float] = {}

    def open(self) -> str:
        """A new session's token, for the cookie."""
        token = secrets.token_urlsafe(24)
        self._ends = {old: ends for old, ends in self._ends.items() if ends > self._elapsed()}
        self._ends[token] = self._elapsed() + self._lifetime
        return token

    def holds(self, token: str | None) -> bool:
        return token is not None and self._ends.get(token, 0.0) > self._elapsed()

    def end(self, token: str | None) -> None:
        self._ends.pop(token or "", None)

    def end_all(self) -> None:
        self._ends.clear()


@dataclass(frozen=True)
class Manners:
    """How the stand-in behaves when nothing is wrong: who may sign in, how long for, how quick its database is."""

    username: str
    password: str = field(repr=False)
    session_seconds: float = 600.0
    #: 1 is like a real one, 0 answers at once.
    pace: float = 1.0


class StandIn:
    """One park's application. `app` is what a server serves; `switch` puts faults in; `sessions` may be ended."""

    def __init__(
        self,
        park: Park,
        manners: Manners,
        *,
        clock: Clock,
        switch: Switch | None = None,
        elapsed: Callable[[], float] = time.monotonic,
    ) -> None:
        self.park = park
        self.switch = switch or Switch()
        self.sessions = Sessions(manners.session_seconds, elapsed)
        self._manners = manners
        self._clock = clock
        self._words = WORDS[park.language]
        self._turn = 0
        self.app = web.Application(middlewares=[self._fail])
        self.app.router.add_routes(
            [
                web.get("/", self._home),
                web.get("/login", self._login),
                web.post("/login", self._sign_in),
                web.post("/logout", self._sign_out),
                web.get("/dashboard", self._signed_in(self._dashboard)),
                web.get("/reserveringen", self._signed_in(self._reservations)),
                web.get("/api/dashboard", self._signed_in(self._cards)),
                web.get("/api/reserveringen", self._signed_in(self._rows)),
                web.get("/health", self._health),
                web.get("/static/{name}", self._static),
            ]
        )

    # -- faults ---------------------------------------------------------------------------------------------------

    @web.middleware
    async def _fail(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """The faults that meet every request, before the application does."""
        await self.switch.until(lambda faults: not faults.hang)
        if self.switch.faults.unavailable:
            return self._page(request, "tommy_unavailable.html", status=503, headers={"Retry-After": "30"})
        if request.method == "GET" and request.path in {"/login", "/dashboard", "/reserveringen"}:
            slow = self.switch.faults.slow
            await self.switch.until(lambda faults: faults.slow < slow, seconds=slow)
        return await handler(request)

    # -- signing in -----------------------------------------------------------------------------------------------

    def _signed_in(self, handler: Handler) -> Handler:
        """Only for who is signed in: a page sends others to the login form, data answers 401."""

        async def guarded(request: web.Request) -> web.StreamResponse:
            if self.sessions.holds(request.cookies.get(COOKIE)):
                return await handler(request)
            if request.path.startswith("/api/"):
                return web.json_response({"error": "session_expired"}, status=401)
            raise web.HTTPFound(URL("/login").with_query(next=request.path))

        return guarded

    async def _home(self, _request: web.Request) -> web.StreamResponse:
        raise web.HTTPFound("/dashboard")

    async def _login(self, request: web.Request) -> web.StreamResponse:
        if self.sessions.holds(request.cookies.get(COOKIE)):
            raise web.HTTPFound("/dashboard")
        return self._form(request)

    async def _sign_in(self, request: web.Request) -> web.StreamResponse:
        form = await request.post()
        await self._query("page")
        faults = self.switch.faults
        if faults.login_broken:
            return self._page(request, "tommy_error.html", status=500)
        known = secrets.compare_digest(str(form.get("username", "")).encode(), self._manners.username.encode())
        right = secrets.compare_digest(str(form.get("password", "")).encode(), self._manners.password.encode())
        if not (known and right) or faults.password_changed:
            return self._form(request, error=self._words["login_rejected"], username=str(form.get("username", "")))
        response = web.HTTPSeeOther(_inside(str(form.get("next", ""))))
        # No Max-Age: like many a real session it looks good until the server says otherwise.
        response.set_cookie(COOKIE, self.sessions.open(), httponly=True, samesite="Lax")
        raise response

    async def _sign_out(self, request: web.Request) -> web.StreamResponse:
        self.sessions.end(request.cookies.get(COOKIE))
        response = web.HTTPSeeOther("/login")
        response.del_cookie(COOKIE)
        raise response

    def _form(self, request: web.Request, *, error: str = "", username: str = "") -> web.Response:
        following = _inside(request.query.get("next", ""))
        return self._page(
            request, "tommy_login.html", error=error, username=username, next=following, hint=self._manners
        )

    # -- pages and their data -------------------------------------------------------------------------------------

    async def _dashboard(self, request: web.Request) -> web.StreamResponse:
        took = await self._query("page")
        return self._page(request, "tommy_dashboard.html", headers=_server_timing(took))

    async def _reservations(self, request: web.Request) -> web.StreamResponse:
        took = await self._query("page")
        return self._page(request, "tommy_reservations.html", headers=_server_timing(took))

    async def _cards(self, _request: web.Request) -> web.StreamResponse:
        took = await self._query("cards")
        today = self._today()
        day = overview(self.park, bookings(self.park, today), today)
        return web.json_response(
            {
                "today": today.isoformat(),
                "arriving": [_as_json(stay) for stay in day.arriving],
                "departing": [_as_json(stay) for stay in day.departing],
                "guests": day.guests,
                "options": day.options,
                "nights": [{"date": night.isoformat(), "share": share} for night, share in day.nights],
            },
            headers=_server_timing(took),
        )

    async def _rows(self, _request: web.Request) -> web.StreamResponse:
        took = await self._query("rows")
        stays = () if self.switch.faults.empty else bookings(self.park, self._today())
        return web.json_response({"rows": [_as_json(stay) for stay in stays]}, headers=_server_timing(took))

    async def _health(self, _request: web.Request) -> web.StreamResponse:
        return web.json_response({"status": "ok", "park": self.park.id})

    async def _static(self, request: web.Request) -> web.StreamResponse:
        return file_response(request.match_info["name"], among={"tommy.css", "tommy.js"})

    # -- small things ---------------------------------------------------------------------------------------------

    async def _query(self, what: str) -> float:
        """Wait as long as the database would; gives that time in milliseconds. It varies, the same at every start."""
        least, spread = DATABASE[what]
        self._turn += 1
        milliseconds = (least + spread * (self._turn * 7919 % 101) / 100) * self._manners.pace
        await asyncio.sleep(milliseconds / 1000)
        return milliseconds

    def _today(self) -> date:
        return datetime.fromtimestamp(self._clock() / 1_000_000, tz=UTC).astimezone(ZoneInfo("Europe/Amsterdam")).date()

    def _page(
        self,
        request: web.Request,
        name: str,
        *,
        status: int = 200,
        headers: dict[str, str] | None = None,
        **values: object,
    ) -> web.Response:
        return page_response(
            name,
            status=status,
            headers=headers,
            park=self.park,
            words=self._words,
            path=request.path,
            username=values.pop("username", self._manners.username),
            broken=self.switch.faults.script_error,
            **values,
        )


def _inside(path: str) -> str:
    """Where to go after signing in: only a page of our own."""
    return path if path in {"/dashboard", "/reserveringen"} else "/dashboard"


def _server_timing(milliseconds: float) -> dict[str, str]:
    return {"Server-Timing": f"db;dur={milliseconds:.1f}"}


def _as_json(stay: Booking) -> dict[str, str | int]:
    return {
        "number": stay.number,
        "guest": stay.guest,
        "unit": stay.unit,
        "arrives": stay.arrives.isoformat(),
        "departs": stay.departs.isoformat(),
        "nights": (stay.departs - stay.arrives).days,
        "persons": stay.persons,
        "cents": stay.cents,
        "status": stay.status,
    }
