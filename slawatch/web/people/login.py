"""The pages where people sign in and out."""

from __future__ import annotations

import re
from http import HTTPStatus

from aiohttp import hdrs, web

from slawatch.people import Wait, Wrong
from slawatch.reporters.wording.tongue import mark
from slawatch.store import StoreError, Way
from slawatch.web.look import page, reader_of
from slawatch.web.look.page import from_here
from slawatch.web.people.asker import asker_of
from slawatch.web.people.connection import connection_of
from slawatch.web.people.cookie import drop_cookie, set_cookie, shown_cookie
from slawatch.web.people.entrance import Entrance
from slawatch.web.people.forms import ensure_own, ensure_same_site, read_form
from slawatch.web.people.needs import needs
from slawatch.web.people.refusals import LOGIN

LOGOUT = "/logout"
#: Where one is after signing in, when no page was asked for.
HOME = "/overview"

_WRONG = mark("Name or password is wrong.")
_WAIT = mark("Too many attempts. Please try again in {seconds} s.")
_BUSY = mark("Signing in is not possible at the moment. Please try again in a few minutes.")
_OPEN = mark(
    "Sign in over https, or through a proxy that slawatch trusts: over this connection others could read your password."
)

#: A path of ours: no other host, for a browser reads // and /\ as one, and nothing that ends a header's line.
_PATH = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]{0,2000}")


def add_login(router: web.UrlDispatcher, entrance: Entrance) -> None:
    """Open to everyone: who signs in is not known yet."""
    routes = _Routes(entrance)
    router.add_get(LOGIN, needs(None, routes.show))
    router.add_post(LOGIN, needs(None, routes.sign_in))
    router.add_post(LOGOUT, needs(None, routes.sign_out))


def path_of_ours(written: object) -> str:
    """The same where it is a path of ours; else where one is without it."""
    return written if isinstance(written, str) and _PATH.fullmatch(written) else HOME


class _Routes:
    def __init__(self, entrance: Entrance) -> None:
        self._entrance = entrance

    async def show(self, request: web.Request) -> web.Response:
        following = path_of_ours(request.query.get("next"))
        if asker_of(request) is not None:
            return _go_to(request, following)
        if not connection_of(request).private:
            return await self._page(request, following, HTTPStatus.FORBIDDEN, _OPEN)
        return await self._page(request, following)

    async def sign_in(self, request: web.Request) -> web.Response:
        ensure_same_site(request)
        connection = connection_of(request)
        said = await read_form(request)
        following, name, password = path_of_ours(said.get("next")), _text(said.get("name")), _text(said.get("password"))
        if not connection.private:
            return await self._page(request, following, HTTPStatus.FORBIDDEN, _OPEN, name=name)
        try:
            secret = await self._entrance.sign_in.sign_in(name, password, connection.address)
        except Wrong:
            return await self._page(request, following, HTTPStatus.UNAUTHORIZED, _WRONG, name=name)
        except Wait as wait:
            told = await self._page(
                request, following, HTTPStatus.TOO_MANY_REQUESTS, _WAIT, name=name, seconds=str(wait.seconds)
            )
            told.headers[hdrs.RETRY_AFTER] = str(wait.seconds)
            return told
        except StoreError:
            return await self._page(request, following, HTTPStatus.SERVICE_UNAVAILABLE, _BUSY, name=name)
        response = _go_to(request, following)
        set_cookie(response, connection, secret)
        return response

    async def sign_out(self, request: web.Request) -> web.Response:
        asker, connection = asker_of(request), connection_of(request)
        response = _go_to(request, LOGIN)
        if asker is not None and asker.way is Way.SESSION:
            await ensure_own(request, asker)
            try:
                await self._entrance.sign_in.sign_out(shown_cookie(request, connection), asker.actor(None))
            except StoreError as busy:
                raise web.HTTPServiceUnavailable(text=str(busy)) from None
            drop_cookie(response, connection)
        return response

    async def _page(
        self,
        request: web.Request,
        following: str,
        status: HTTPStatus = HTTPStatus.OK,
        wrong: str | None = None,
        *,
        name: str = "",
        **facts: str,
    ) -> web.Response:
        told = None if wrong is None else reader_of(request).tongue.say(wrong, **facts)
        response = await page(request, "people/login.html", status=status, following=following, told=told, name=name)
        if status is HTTPStatus.UNAUTHORIZED:
            response.headers[hdrs.WWW_AUTHENTICATE] = 'Bearer realm="slawatch"'
        return response


def _text(field: object) -> str:
    """Nothing, for a field that is missing or a file."""
    return field if isinstance(field, str) else ""


def _go_to(request: web.Request, path: str) -> web.Response:
    """By a path that leads there from here, for a proxy may serve everything under a path of its own."""
    return web.Response(status=HTTPStatus.SEE_OTHER, headers={hdrs.LOCATION: from_here(request)(path)})
