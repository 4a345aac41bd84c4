"""The entrance: finds out who asks, by the way that they come."""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from slawatch.people import Known, Office, Signed, SignIn, Standing, digest, form_key, is_token
from slawatch.rules.permissions import Permission
from slawatch.store import StoreError, Way
from slawatch.web.people.asker import Asker, recognise
from slawatch.web.people.connection import Connection, Network, look_at
from slawatch.web.people.cookie import shown_cookie

_BEARER = "bearer "


@dataclass(frozen=True, slots=True)
class Entrance:
    """`forms`: the key that forms are signed with. `trusted`: of proxies. `header`: what `signed` is read from."""

    office: Office
    sign_in: SignIn
    standing: Standing
    forms: bytes
    trusted: Sequence[Network] = ()
    signed: Signed | None = None
    header: str = ""
    tls: ssl.SSLContext | None = None

    async def asker(self, request: web.Request, connection: Connection) -> Asker | None:
        """None where what is shown, if anything, opens nothing. Raises StoreError."""
        if not connection.private:
            return None
        bearer = _bearer(request.headers.get(hdrs.AUTHORIZATION, ""))
        if is_token(bearer):
            known = await self.standing.by_token(bearer)
            return None if known is None else _asker(known, Way.TOKEN, connection)
        claimed = bearer if self.header.lower() == "authorization" else request.headers.get(self.header or "-", "")
        if self.signed is not None and claimed and connection.trusted:
            return await self._by_proxy(self.signed, claimed, connection)
        secret = shown_cookie(request, connection)
        known = await self.standing.by_session(secret) if secret else None
        if known is None:
            return None
        return _asker(known, Way.SESSION, connection, form_key(self.forms, f"session {digest(secret)}"))

    async def _by_proxy(self, signed: Signed, claimed: str, connection: Connection) -> Asker | None:
        known = signed.read(claimed)
        if known is None:
            return None
        asker = _asker(known, Way.PROXY, connection, form_key(self.forms, f"proxy {known.name}"))
        if signed.is_new(claimed):
            await self.office.came_by_proxy(asker.actor(None))
        return asker


ENTRANCE: web.AppKey[Entrance] = web.AppKey("entrance", Entrance)


@web.middleware
async def find_out(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Who may open the Unix socket may do everything; of others the application's entrance knows, if it has one."""
    entrance = request.app.get(ENTRANCE)
    connection = look_at(request, () if entrance is None else entrance.trusted)
    asker = None
    if connection.by_socket:
        asker = Asker("socket", Way.SOCKET, frozenset(Permission))
    elif entrance is not None:
        try:
            asker = await entrance.asker(request, connection)
        except StoreError as busy:
            raise web.HTTPServiceUnavailable(text=str(busy)) from None
    if asker is not None:
        recognise(request, asker)
    return await handler(request)


def _asker(known: Known, way: Way, connection: Connection, key: str = "") -> Asker:
    return Asker(known.name, way, known.may, known.language, connection.address, key)


def _bearer(authorization: str) -> str:
    return authorization[len(_BEARER) :].strip() if authorization.lower().startswith(_BEARER) else ""
