"""One thing that can be asked of the API. What serves it and what describes it are both made from this."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import structlog
from aiohttp import hdrs, web

from slawatch.rules.permissions import Permission
from slawatch.rules.wishes import Refused, Unknown
from slawatch.store import Deed, StoreError
from slawatch.web.api.problems import BadRequest, problem
from slawatch.web.api.shapes import Asked, Said, Told, ensure_readable, read_body, read_query
from slawatch.web.people.asker import Asker, asker_of
from slawatch.web.people.entrance import ENTRANCE
from slawatch.web.people.needs import needs
from slawatch.web.turns import TURN_SECONDS

log = structlog.get_logger()

PREFIX = "/api/v1"
#: The longest body that is read.
BODY_BYTES = 64 * 1024
#: So many rows are written in a millisecond or two.
_ROWS_A_TURN = 20


@dataclass(frozen=True, slots=True)
class Operation:
    """`name`: unique, for programs. `path`: below `PREFIX`, with `{id}` where that stands. `summary`: for people.

    `listed`: that it was done is put into the audit list where it is served, and not where it is done.
    """

    name: str
    method: str
    path: str
    tag: str
    permission: Permission
    summary: str
    answer: type[Told]
    query: type[Asked] = Asked
    said: type[Said] | None = None
    listed: bool = True
    etag: bool = False

    @property
    def route(self) -> str:
        """Also of an id that is empty: that there is none such is for who does it to say."""
        return PREFIX + self.path.replace("}", ":[^/]*}")

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of what stands in the path."""
        return tuple(part[1:-1] for part in self.path.split("/") if part.startswith("{"))


@dataclass(frozen=True, slots=True)
class Question:
    """An operation, asked for. `query` and `said` are of its shapes."""

    asker: Asker
    path: Mapping[str, str]
    query: Any
    said: Any
    headers: Mapping[str, str]


#: Does what is asked, and gives the answer. Raises BadRequest, Refused, StoreError.
Act = Callable[[Question], Awaitable[Mapping[str, Any] | web.Response]]


def serve(router: web.UrlDispatcher, operation: Operation, act: Act) -> None:
    """From now on this does what the operation asks."""
    handler = needs(operation.permission, _Served(operation, act).handle)
    if operation.method == hdrs.METH_GET:
        router.add_get(operation.route, handler)
    else:
        router.add_route(operation.method, operation.route, handler)


class _Served:
    def __init__(self, operation: Operation, act: Act) -> None:
        self._operation = operation
        self._act = act

    async def handle(self, request: web.Request) -> web.Response:
        try:
            return await self._answer(request)
        except web.HTTPRequestEntityTooLarge:
            return problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"body: expected at most {BODY_BYTES} bytes")
        except (ConnectionError, web.RequestPayloadError):
            return problem(HTTPStatus.BAD_REQUEST, "body: breaks off")
        except BadRequest as error:
            return problem(HTTPStatus.BAD_REQUEST, str(error), error.slips)
        except Unknown as unknown:
            named = self._operation.parameters
            return problem(HTTPStatus.NOT_FOUND if named else HTTPStatus.UNPROCESSABLE_ENTITY, str(unknown))
        except Refused as refused:
            return problem(HTTPStatus.UNPROCESSABLE_ENTITY, str(refused))
        except StoreError as busy:
            return problem(HTTPStatus.SERVICE_UNAVAILABLE, str(busy))

    async def _answer(self, request: web.Request) -> web.Response:
        operation, asker = self._operation, asker_of(request)
        assert asker is not None, "a route of the API needs a permission"
        ensure_readable(request.match_info)
        query, said = read_query(operation.query, request.query), None
        if operation.said is not None:
            if (packed := request.headers.get(hdrs.CONTENT_ENCODING, "identity")).lower() != "identity":
                raise web.HTTPUnsupportedMediaType(text=f"Content-Encoding: expected none, got {packed!r}")
            said = read_body(operation.said, await request.read())
        told = await self._act(Question(asker, request.match_info, query, said, request.headers))
        if isinstance(told, web.Response):
            return told
        if said is not None and operation.listed:
            await _list(request, asker, said, told)
        return web.json_response(text=await asyncio.to_thread(_written, told))


async def _list(request: web.Request, asker: Asker, said: Said, told: Mapping[str, Any]) -> None:
    """It was done, whether it can be listed or not."""
    entrance = request.app.get(ENTRANCE)
    if entrance is None:
        return
    subject = request.match_info.get("id") or str(told.get("id", ""))
    try:
        await entrance.office.note(asker.actor(said.by), Deed.DECLARED, subject, request=request.path)
    except StoreError as busy:
        log.error("audit.not_written", path=request.path, subject=subject, reason=str(busy))


def _written(told: Mapping[str, Any]) -> str:
    """JSON, of which the rows of a list are written one by one: no other thread has a turn while one is."""
    encode = json.JSONEncoder(ensure_ascii=False).encode

    def rows(value: list[Any]) -> Iterator[str]:
        for number, one in enumerate(value, start=1):
            if number % _ROWS_A_TURN == 0:
                time.sleep(TURN_SECONDS)
            yield encode(one)

    parts = (f"[{', '.join(rows(value))}]" if isinstance(value, list) else encode(value) for value in told.values())
    return f"{{{', '.join(f'{encode(key)}: {part}' for key, part in zip(told, parts, strict=True))}}}"
