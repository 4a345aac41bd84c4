"""Windows, force majeure and outages over the API: lists of what stands, and wishes."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Literal, Protocol

from aiohttp import hdrs, web
from pydantic import Field

from slawatch.model import Cause, Instant, Reason
from slawatch.rules.permissions import Permission
from slawatch.rules.wishes import Wish
from slawatch.web.api.operation import Act, Operation, Question, serve
from slawatch.web.api.paging import Key, Slice, key_of, page_of
from slawatch.web.api.shapes import Flag, Listing, Moment, Page, Time, Told, Words
from slawatch.web.api.statement_shapes import Note
from slawatch.web.api.wishes import REQUESTS, Request


class WindowState(StrEnum):
    PLANNED = "planned"
    RUNNING = "running"
    OVER = "over"
    ENDED = "ended"
    CANCELLED = "cancelled"


class _Of(Listing):
    customer: Words | None = Field(None, description="Only of this customer, by its id.")
    since: Time | None = Field(None, description="Only what ends after it, or lasts.")
    until: Time | None = Field(None, description="Only what starts before it.")


class WindowsAsked(_Of):
    state: WindowState | None = Field(None, description="Only those in this state.")


class ExclusionsAsked(_Of):
    """As all that has a start and an end."""


class OutagesAsked(_Of):
    open: Flag | None = Field(None, description="Only those that last, or only those that are over.")


class WindowVersion(Told):
    starts: Moment
    ends: Moment
    announced: Moment | None = Field(description="When the customer was told by other means than our mail.")
    announced_by: str | None


class Window(WindowVersion):
    """A customer's maintenance window as it stands."""

    id: str
    customer: str
    state: WindowState
    reason: Reason
    text: str | None
    configured: bool = Field(description="Whether it stands in slawatch.yaml.")
    timezone: str = Field(description="The agreement's.")
    ended: Moment | None = Field(description="When it was over, where somebody said so.")
    cancelled: Moment | None
    versions: list[WindowVersion] = Field(description="All, the first first.")
    counted: bool | None = Field(description="Whether it is left out of the figures, at least in part.")
    proof: str | None = Field(description="What proves the notice: `mail` or `declared`.")
    why: str | None = Field(description="Why it is not left out, or not all of it.")


class Exclusion(Told):
    """Force majeure of a customer."""

    id: str
    customer: str
    kind: Literal["force_majeure"]
    starts: Moment
    ends: Moment
    approved_by: str
    reason: str
    withdrawn: Moment | None


class Spoken(Told):
    at: Moment
    who: str
    text: str


class Outage(Told):
    """A confirmed stretch of down, with what was said of it."""

    id: str
    customer: str
    starts: Moment
    ends: Moment | None = Field(description="Null while it lasts.")
    cause: Cause | None = Field(description="That of the earliest look that was down.")
    checks: list[str] = Field(description="That were down in it.")
    acknowledged: Moment | None
    acknowledged_by: str | None
    notes: list[Note]
    updates: list[Spoken] = Field(description="What the customer's contacts were mailed.")


class WindowsPage(Page):
    maintenance: list[Window] = Field(description="By customer and start.")


class ExclusionsPage(Page):
    exclusions: list[Exclusion] = Field(description="By customer and start.")


class OutagesPage(Page):
    outages: list[Outage] = Field(description="The latest first.")


class Desk(Protocol):
    """What the API needs of the desk: `account.Desk`."""

    async def ask(self, wish: Wish) -> dict[str, Any]: ...


class Declarations(Protocol):
    """What the API needs of the lists: `account.Lists`. All that meets [since, until)."""

    async def maintenance(
        self,
        *,
        customer: str | None,
        since: Instant | None,
        until: Instant | None,
        state: str | None,
        after: Key | None,
        limit: int,
    ) -> Slice: ...

    async def exclusions(
        self, *, customer: str | None, since: Instant | None, until: Instant | None, after: Key | None, limit: int
    ) -> Slice: ...

    async def outages(
        self,
        *,
        customer: str | None,
        since: Instant | None,
        until: Instant | None,
        lasting: bool | None,
        after: Key | None,
        limit: int,
    ) -> Slice: ...


WINDOWS = Operation(
    "listMaintenance", hdrs.METH_GET, "/maintenance", "maintenance", Permission.READ,
    "Maintenance windows, a row for each customer.", WindowsPage, WindowsAsked,
)  # fmt: skip
EXCLUSIONS = Operation(
    "listExclusions", hdrs.METH_GET, "/exclusions", "exclusions", Permission.READ,
    "Force majeure, withdrawn or not, a row for each customer.", ExclusionsPage, ExclusionsAsked,
)  # fmt: skip
OUTAGES = Operation(
    "listOutages", hdrs.METH_GET, "/outages", "outages", Permission.READ, "Outages.", OutagesPage, OutagesAsked
)  # fmt: skip
DECLARING = (WINDOWS, EXCLUSIONS, OUTAGES, *(one.operation for one in REQUESTS))


def add_declared(router: web.UrlDispatcher, declared: Declarations) -> None:
    """The lists."""

    async def maintenance(asked: Question) -> Mapping[str, Any]:
        after, state = key_of(asked.query.cursor, str, int, str), asked.query.state
        found = await declared.maintenance(**_stretch(asked), state=state and str(state), after=after)
        return page_of("maintenance", found)

    async def exclusions(asked: Question) -> Mapping[str, Any]:
        found = await declared.exclusions(**_stretch(asked), after=key_of(asked.query.cursor, str, int, str))
        return page_of("exclusions", found)

    async def outages(asked: Question) -> Mapping[str, Any]:
        after, lasting = key_of(asked.query.cursor, int, str), asked.query.open
        return page_of("outages", await declared.outages(**_stretch(asked), lasting=lasting, after=after))

    serve(router, WINDOWS, maintenance)
    serve(router, EXCLUSIONS, exclusions)
    serve(router, OUTAGES, outages)


def add_wishes(router: web.UrlDispatcher, desk: Desk) -> None:
    for request in REQUESTS:
        serve(router, request.operation, _wish(request, desk))


def _stretch(asked: Question) -> dict[str, Any]:
    query = asked.query
    return {"customer": query.customer, "since": query.since, "until": query.until, "limit": query.limit}


def _wish(wanted: Request, desk: Desk) -> Act:
    async def act(asked: Question) -> Mapping[str, Any]:
        return await desk.ask(wanted.wished(asked))

    return act
