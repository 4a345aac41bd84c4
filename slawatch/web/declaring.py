"""The API where people declare: lists of what stands, and wishes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any, Protocol

from aiohttp import web

from slawatch.rules.permissions import Permission
from slawatch.rules.wishes import Wish
from slawatch.store import StoreError
from slawatch.web.people.asker import Asker
from slawatch.web.people.needs import needs
from slawatch.web.posting import Act, answer, posted, problem
from slawatch.web.wishes import PREFIX, REQUESTS, Request


class Desk(Protocol):
    """What the API needs of the desk: `account.Desk`."""

    async def ask(self, wish: Wish) -> dict[str, Any]: ...
    async def maintenance(self) -> list[dict[str, Any]]: ...
    async def exclusions(self) -> list[dict[str, Any]]: ...
    async def outages(self) -> list[dict[str, Any]]: ...


def add_routes(router: web.UrlDispatcher, desk: Desk) -> None:
    """Lists by GET, wishes by POST."""
    for name, listed in (("maintenance", desk.maintenance), ("exclusions", desk.exclusions), ("outages", desk.outages)):
        router.add_get(f"{PREFIX}/{name}", needs(Permission.READ, _list(name, listed)))
    for request in REQUESTS:
        router.add_post(request.route, needs(Permission.DECLARE, posted(_wish(request, desk))))


def _list(
    name: str, listed: Callable[[], Awaitable[list[dict[str, Any]]]]
) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(_request: web.Request) -> web.Response:
        try:
            return answer({name: await listed()})
        except StoreError as busy:
            return problem(HTTPStatus.SERVICE_UNAVAILABLE, str(busy))

    return handle


def _wish(wanted: Request, desk: Desk) -> Act:
    async def act(id_: str | None, body: bytes, asker: Asker) -> Mapping[str, Any]:
        return await desk.ask(wanted.read(id_, body, asker))

    return act
