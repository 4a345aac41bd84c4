"""How everything stands, over the API: what `slawatch status --json` prints."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from aiohttp import hdrs, web
from pydantic import Field

from slawatch.rules.permissions import Permission
from slawatch.web.api.operation import Operation, Question, serve
from slawatch.web.api.shapes import Moment, Told
from slawatch.web.api.statement_shapes import SeenCheck, Statement
from slawatch.web.pages.facts import State

#: Gives the daemon's state as values that JSON can carry.
Status = Callable[[], Awaitable[Mapping[str, object]]]


class CustomerStatus(Told):
    customer: str
    name: str
    state: State
    checks: list[SeenCheck]
    month: Statement


class DaemonStatus(Told):
    running: bool
    version: str
    at: Moment
    customers: list[CustomerStatus]
    summary: dict[str, int] = Field(description="How many customers are in each state.")
    outbox: dict[str, int] = Field(description="How many messages are in each state.")
    unwritten: int = Field(description="Looks that wait for the store.")


STATUS = Operation(
    "getStatus", hdrs.METH_GET, "/status", "status", Permission.READ,
    "Every customer with its month so far: long, where they are many. `/customers` has pages.", DaemonStatus,
)  # fmt: skip


def add_status(router: web.UrlDispatcher, status: Status) -> None:
    async def show(_asked: Question) -> Mapping[str, object]:
        return await status()

    serve(router, STATUS, show)
