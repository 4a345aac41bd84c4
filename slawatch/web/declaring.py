"""The API where people declare. Reading is for whoever reaches the daemon; writing only for who may open its socket."""

from __future__ import annotations

import json
import socket
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any, Protocol

from aiohttp import web

from slawatch.rules.wishes import Refused, Wish
from slawatch.store import StoreError
from slawatch.web.wishes import PREFIX, REQUESTS, BadRequest, Request

#: The longest body that is read.
BODY_BYTES = 64 * 1024


class Desk(Protocol):
    """What the API needs of the desk: `account.Desk`."""

    async def ask(self, wish: Wish) -> dict[str, Any]: ...
    async def maintenance(self) -> list[dict[str, Any]]: ...
    async def exclusions(self) -> list[dict[str, Any]]: ...
    async def outages(self) -> list[dict[str, Any]]: ...


def add_routes(router: web.UrlDispatcher, desk: Desk) -> None:
    """Lists by GET, wishes by POST."""
    for name, listed in (("maintenance", desk.maintenance), ("exclusions", desk.exclusions), ("outages", desk.outages)):
        router.add_get(f"{PREFIX}/{name}", _list(name, listed))
    for request in REQUESTS:
        router.add_post(PREFIX + request.path, _wish(request, desk))


def _list(
    name: str, listed: Callable[[], Awaitable[list[dict[str, Any]]]]
) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(_request: web.Request) -> web.Response:
        try:
            return _json({name: await listed()})
        except StoreError as busy:
            return problem(HTTPStatus.SERVICE_UNAVAILABLE, str(busy))

    return handle


def _wish(wanted: Request, desk: Desk) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(request: web.Request) -> web.Response:
        if not _over_the_socket(request):
            return problem(
                HTTPStatus.FORBIDDEN, "this port has no login: only reading here; declare over the daemon's Unix socket"
            )
        try:
            wish = wanted.read(request.match_info.get("id"), await request.read())
            return _json(await desk.ask(wish))
        except web.HTTPRequestEntityTooLarge:
            return problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"body: expected at most {BODY_BYTES} bytes")
        except BadRequest as error:
            return problem(HTTPStatus.BAD_REQUEST, str(error))
        except Refused as refused:
            return problem(HTTPStatus.UNPROCESSABLE_ENTITY, str(refused))
        except StoreError as busy:
            return problem(HTTPStatus.SERVICE_UNAVAILABLE, str(busy))

    return handle


def _over_the_socket(request: web.Request) -> bool:
    connection = None if request.transport is None else request.transport.get_extra_info("socket")
    return connection is not None and connection.family == socket.AF_UNIX


def problem(status: HTTPStatus, detail: str) -> web.Response:
    """What went wrong, as RFC 9457 has it; `detail` is the one line for a person."""
    said = {"type": "about:blank", "title": status.phrase, "status": int(status), "detail": detail}
    return _json(said, status=status, content_type="application/problem+json")


def _json(
    told: Mapping[str, Any], *, status: HTTPStatus = HTTPStatus.OK, content_type: str = "application/json"
) -> web.Response:
    return web.Response(text=json.dumps(told, ensure_ascii=False), status=status, content_type=content_type)
