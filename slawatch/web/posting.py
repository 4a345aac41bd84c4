"""POST to the API: what was asked is done and listed, and what cannot be done is one line."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any

import structlog
from aiohttp import web

from slawatch.rules.wishes import Refused
from slawatch.store import Actor, Deed, StoreError
from slawatch.web.people.asker import Asker, asker_of
from slawatch.web.people.entrance import ENTRANCE
from slawatch.web.wishes import BadRequest

log = structlog.get_logger()

#: The longest body that is read.
BODY_BYTES = 64 * 1024

#: Does what a request asks: its id in the path, if it has one, its body, and who asks.
#: Raises BadRequest, Refused, StoreError.
Act = Callable[[str | None, bytes, Asker], Awaitable[Mapping[str, Any]]]


def posted(act: Act, *, listed: bool = True) -> Callable[[web.Request], Awaitable[web.Response]]:
    """The handler of such requests. `listed`: that it was done is put into the audit list here."""

    async def handle(request: web.Request) -> web.Response:
        asker = asker_of(request)
        assert asker is not None, "a route that changes something needs a permission"
        try:
            body = await request.read()
            told = await act(request.match_info.get("id"), body, asker)
            if listed:
                await _list(request, asker, body, told)
            return answer(told)
        except web.HTTPRequestEntityTooLarge:
            return problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"body: expected at most {BODY_BYTES} bytes")
        except BadRequest as error:
            return problem(HTTPStatus.BAD_REQUEST, str(error))
        except Refused as refused:
            return problem(HTTPStatus.UNPROCESSABLE_ENTITY, str(refused))
        except StoreError as busy:
            return problem(HTTPStatus.SERVICE_UNAVAILABLE, str(busy))

    return handle


async def _list(request: web.Request, asker: Asker, body: bytes, told: Mapping[str, Any]) -> None:
    subject = request.match_info.get("id") or str(told.get("id", ""))
    await list_declared(request, asker.actor(json.loads(body).get("by")), subject)


async def list_declared(request: web.Request, actor: Actor, subject: str) -> None:
    """Put into the audit list what was declared about the subject: it was, whether it can be listed or not."""
    entrance = request.app.get(ENTRANCE)
    if entrance is None:
        return
    try:
        await entrance.office.note(actor, Deed.DECLARED, subject, request=request.path)
    except StoreError as busy:
        log.error("audit.not_written", path=request.path, subject=subject, reason=str(busy))


def problem(status: HTTPStatus, detail: str) -> web.Response:
    """What went wrong, as RFC 9457 has it; `detail` is the one line for a person."""
    said = {"type": "about:blank", "title": status.phrase, "status": int(status), "detail": detail}
    return answer(said, status=status, content_type="application/problem+json")


def answer(
    told: Mapping[str, Any], *, status: HTTPStatus = HTTPStatus.OK, content_type: str = "application/json"
) -> web.Response:
    return web.Response(text=json.dumps(told, ensure_ascii=False), status=status, content_type=content_type)
