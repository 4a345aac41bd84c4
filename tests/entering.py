"""slawatch's pages with people in front of them: a store, an entrance, a server, and who comes to its door."""

from __future__ import annotations

import ipaddress
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import hdrs

from slawatch import web
from slawatch.account import Desk, Lists, Postmaster
from slawatch.model import Instant, Terms
from slawatch.people import Hasher, Office, Signed, SignIn, Standing
from slawatch.reporters.metrics import Metrics
from slawatch.rules.calendar import parse
from slawatch.rules.permissions import Permission, Role
from slawatch.store import Actor, Store, Way, open_store

NOW = parse("2026-11-25T12:00:00Z")
#: The cheapest that Argon2 has.
CHEAP = Hasher(memory_kib=8, passes=1, lanes=1)
PASSWORD = "hemel op aarde 7"
US = Actor("carla", Way.SOCKET)
PROXY = ipaddress.ip_network("127.0.0.0/8")


@dataclass
class Answer:
    status: int
    headers: Mapping[str, str]
    text: str
    cookies: dict[str, Any]

    @property
    def where(self) -> str:
        return self.headers[hdrs.LOCATION]


@dataclass
class House:
    """`now`: what its clock says."""

    store: Store
    office: Office
    client: aiohttp.ClientSession
    url: str
    now: Instant = NOW

    async def ask(self, method: str, path: str, *, session: str = "", token: str = "", **more: Any) -> Answer:
        """With the cookie of a session, or a token; redirects are not followed."""
        headers = dict(more.pop("headers", {}))
        if session:
            headers[hdrs.COOKIE] = session
        if token:
            headers[hdrs.AUTHORIZATION] = f"Bearer {token}"
        async with self.client.request(
            method, f"{self.url}{path}", headers=headers, allow_redirects=False, **more
        ) as told:
            return Answer(told.status, told.headers, await told.text(), dict(told.cookies))

    async def add(self, name: str, role: Role) -> None:
        await self.office.add_user(US, name, PASSWORD, role)

    async def sign_in(self, name: str, password: str = PASSWORD, **more: Any) -> Answer:
        return await self.ask("POST", "/login", data={"name": name, "password": password}, **more)

    async def session(self, name: str) -> str:
        """The cookie of somebody who signed in, as a browser sends it."""
        told = await self.sign_in(name)
        (cookie,) = told.cookies.values()
        return f"{cookie.key}={cookie.value}"

    async def token(self, *scopes: Permission) -> str:
        return (await self.office.create_token(US, "a machine", scopes))[1]

    async def listed(self) -> list[tuple[str, str, str, str]]:
        """The audit list, the first first: who, by which way, what, to whom."""
        return [(one["who"], one["way"], one["what"], one["subject"]) for one in (await self.office.audit())[::-1]]


async def nothing() -> Mapping[str, object]:
    return {}


@asynccontextmanager
async def entered(
    folder: Path,
    *,
    trusted: tuple[Any, ...] = (),
    signed: Signed | None = None,
    header: str = "",
    tls: Any = None,
    terms: Mapping[str, Terms] | None = None,
) -> AsyncIterator[House]:
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(open_store(f"sqlite:///{folder / 'slawatch.db'}", write=True))

        def clock() -> Instant:
            return house.now

        office = Office(store.people, clock, CHEAP)
        entrance = web.Entrance(
            office,
            SignIn(store.people, clock, CHEAP),
            Standing(store.people, clock),
            forms=await store.key("forms"),
            trusted=trusted,
            signed=signed,
            header=header,
            tls=tls,
        )
        desk = Desk(store, clock, lambda: terms or {})
        served = web.serve(
            "127.0.0.1:0",
            folder / "sock",
            metrics=Metrics(),
            health=web.Health(),
            status=nothing,
            desk=desk,
            lists=Lists(store, clock, lambda: terms or {}),
            postmaster=Postmaster(store),
            entrance=entrance,
        )
        server = await stack.enter_async_context(served)
        client = await stack.enter_async_context(aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()))
        house = House(store, office, client, f"{server.scheme}://{server.addresses[0]}")
        yield house
