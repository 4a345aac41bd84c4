"""The session's cookie. Over https its name has a browser keep it to this host, and to https (RFC 6265bis, 4.1.3.2).

Over plain http, which is on this machine only, no browser would take that; there it has a plain name.
"""

from __future__ import annotations

from aiohttp import web

from slawatch.web.people.connection import Connection

_SECURE, _PLAIN = "__Host-slawatch", "slawatch"


def shown_cookie(request: web.Request, connection: Connection) -> str:
    """What the cookie of the session says; empty where there is none."""
    return request.cookies.get(_name(connection), "")


def set_cookie(response: web.StreamResponse, connection: Connection, secret: str) -> None:
    """The browser keeps it until it is closed; the session ends by our clock."""
    response.set_cookie(_name(connection), secret, path="/", secure=connection.secure, httponly=True, samesite="Lax")


def drop_cookie(response: web.StreamResponse, connection: Connection) -> None:
    response.del_cookie(_name(connection), path="/", secure=connection.secure, httponly=True, samesite="Lax")


def _name(connection: Connection) -> str:
    return _SECURE if connection.secure else _PLAIN
