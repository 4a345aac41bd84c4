"""What each route needs who asks to be allowed. A route that does not say is not served."""

from __future__ import annotations

from aiohttp import web
from aiohttp.typedefs import Handler

from slawatch.rules.permissions import Permission
from slawatch.web.people.asker import asker_of
from slawatch.web.people.connection import connection_of
from slawatch.web.people.forms import ensure_own

_SAYS = "slawatch_needs"


def needs(permission: Permission | None, handler: Handler) -> Handler:
    """The same handler, for who has this permission; None: for everyone.

    It raises HTTPUnauthorized where nobody knows who asks, HTTPForbidden where who asks may not, or where another site
    had the browser ask.
    """

    async def handle(request: web.Request) -> web.StreamResponse:
        if permission is not None:
            await _ensure_allowed(request, permission)
        return await handler(request)

    setattr(handle, _SAYS, True)
    return handle


def nearby(permission: Permission, handler: Handler) -> Handler:
    """The same handler, for whoever reaches the port itself; what comes through a proxy needs the permission."""

    async def handle(request: web.Request) -> web.StreamResponse:
        if connection_of(request).proxied:
            await _ensure_allowed(request, permission)
        return await handler(request)

    setattr(handle, _SAYS, True)
    return handle


def ensure_each_says(app: web.Application) -> None:
    """Raises LookupError for a route that does not say what it needs."""
    for route in app.router.routes():
        if not hasattr(route.handler, _SAYS):
            where = "?" if route.resource is None else route.resource.canonical
            raise LookupError(f"{route.method} {where}: does not say what it needs, expected needs(permission, ...)")


async def _ensure_allowed(request: web.Request, permission: Permission) -> None:
    asker = asker_of(request)
    if asker is None:
        private = connection_of(request).private
        why = (
            "sign in, or show a token"
            if private
            else "only over https, or through a proxy of web.trusted_proxies, one is known"
        )
        raise web.HTTPUnauthorized(text=why)
    if permission not in asker.may:
        raise web.HTTPForbidden(text=f"{asker.name} may not: this needs the permission {permission}")
    await ensure_own(request, asker)
