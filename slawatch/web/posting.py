"""POST over the daemon's socket: who may open that may change things, and what cannot be done is one line."""

from __future__ import annotations

import json
import socket
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any

from aiohttp import web

from slawatch.rules.wishes import Refused
from slawatch.store import StoreError
from slawatch.web.wishes import BadRequest

#: The longest body that is read.
BODY_BYTES = 64 * 1024

#: Does what a request asks; its id in the path, if it has one, and its body. Raises BadRequest, Refused, StoreError.
Act = Callable[[str | None, bytes], Awaitable[Mapping[str, Any]]]


def posted(act: Act) -> Callable[[web.Request], Awaitable[web.Response]]:
    """The handler of such requests."""

    async def handle(request: web.Request) -> web.Response:
        if not _over_the_socket(request):
            return problem(
                HTTPStatus.FORBIDDEN, "this port has no login: only reading here; declare over the daemon's Unix socket"
            )
        try:
            return answer(await act(request.match_info.get("id"), await request.read()))
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
    return answer(said, status=status, content_type="application/problem+json")


def answer(
    told: Mapping[str, Any], *, status: HTTPStatus = HTTPStatus.OK, content_type: str = "application/json"
) -> web.Response:
    return web.Response(text=json.dumps(told, ensure_ascii=False), status=status, content_type=content_type)
