"""Customers over the API: how they stand."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import hdrs, web
from pydantic import Field

from slawatch.model import SECOND, Instant
from slawatch.rules.calendar import text
from slawatch.rules.permissions import Permission
from slawatch.rules.wishes import Unknown
from slawatch.web.api.operation import Operation, Question, serve
from slawatch.web.api.paging import key_of, page_of
from slawatch.web.api.shapes import Listing, Moment, Page, Seconds, Share, Told, Words
from slawatch.web.api.statement_shapes import MonthSoFar, SeenCheck, Stretch
from slawatch.web.pages.facts import Board, Row, State


class CustomersAsked(Listing):
    q: Words | None = Field(None, description="Only whose name or id has this in it.")
    state: State | None = Field(None, description="Only who stands so.")


class Promise(Told):
    """A promise, as the month stands."""

    share: Share | None = Field(description="Null where there is no figure (yet).")
    objective: Share | None
    met: bool | None = Field(description="Null where that cannot be said.")


class Standing(Told):
    """A customer as it stands in the running month."""

    id: str
    name: str
    timezone: str
    state: State
    since: Moment | None = Field(description="When it came to stand so; null where that was before anybody looked.")
    availability: Promise
    speed: Promise
    budget_seconds: Seconds = Field(description="How long the whole month may be down, in seconds.")
    left_seconds: Seconds = Field(description="What is left of it, below 0 where it is overdrawn; in seconds.")
    outages: int = Field(description="Of this month.")
    lasting: int = Field(description="Of these, those that last.")
    next_maintenance: Stretch | None


class CustomersPage(Page):
    customers: list[Standing] = Field(description="By id.")


class Customer(Standing):
    """All of one customer."""

    url: str
    checks: list[SeenCheck]
    month: MonthSoFar


LIST = Operation(
    "listCustomers", hdrs.METH_GET, "/customers", "customers", Permission.READ,
    "The customers of the configuration in force, as they stand.", CustomersPage, CustomersAsked,
)  # fmt: skip
ONE = Operation(
    "getCustomer", hdrs.METH_GET, "/customers/{id}", "customers", Permission.READ,
    "A customer as it stands, with its checks and its month so far.", Customer,
)  # fmt: skip
CUSTOMERS = (LIST, ONE)


def add_customers(router: web.UrlDispatcher, board: Board) -> None:
    async def show_all(asked: Question) -> Mapping[str, Any]:
        return await asyncio.to_thread(_page, board.rows, asked.query)

    async def show(asked: Question) -> Mapping[str, Any]:
        sheet = await board.sheet(asked.path["id"])
        if sheet is None:
            raise Unknown(f"no customer {asked.path['id']!r}")
        return {**_standing(sheet.row), "url": sheet.url, "checks": list(sheet.checks), "month": sheet.month}

    serve(router, LIST, show_all)
    serve(router, ONE, show)


def _page(rows: Sequence[Row], asked: CustomersAsked) -> Mapping[str, Any]:
    after = key_of(asked.cursor, str)
    part = (asked.q or "").casefold()
    found = [
        row
        for row in sorted(rows, key=lambda row: row.customer)
        if (after is None or row.customer > after[0])
        and (part in row.name.casefold() or part in row.customer)
        and asked.state in {None, row.state}
    ]
    page = found[: asked.limit]
    last = (page[-1].customer,) if len(found) > len(page) else None
    return page_of("customers", ([_standing(row) for row in page], last))


def _standing(row: Row) -> dict[str, Any]:
    return {
        "id": row.customer,
        "name": row.name,
        "timezone": row.zone,
        "state": str(row.state),
        "since": _instant(row.since),
        "availability": {"share": row.availability, "objective": row.objective, "met": row.met},
        "speed": {"share": row.speed, "objective": row.speed_objective, "met": row.speed_met},
        "budget_seconds": row.budget / SECOND,
        "left_seconds": row.left / SECOND,
        "outages": row.outages,
        "lasting": row.lasting,
        "next_maintenance": row.window and {"starts": text(row.window[0]), "ends": text(row.window[1])},
    }


def _instant(at: Instant | None) -> str | None:
    return None if at is None else text(at)
