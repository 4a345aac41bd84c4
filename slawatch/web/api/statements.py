"""Closed months over the API: which there are, what was told of each, and what a revision changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from aiohttp import hdrs, web
from aiohttp.typedefs import LooseHeaders
from pydantic import Field, JsonValue

from slawatch.rules.permissions import Permission
from slawatch.web.api.operation import Operation, Question, serve
from slawatch.web.api.paging import Key, Slice, key_of, page_of
from slawatch.web.api.shapes import Asked, Count, Listing, Moment, Month, Page, Told, read_month
from slawatch.web.api.statement_shapes import Statement


class StatementAsked(Asked):
    revision: Count | None = Field(None, description="Which one; without it, the latest.")


class DifferencesAsked(Asked):
    earlier: Count | None = Field(None, alias="from", description="Without it, the one before `to`.")
    later: Count | None = Field(None, alias="to", description="Without it, the latest.")


class Revision(Told):
    """A closed month as it was told, or as it was told anew."""

    month: Month
    revision: int = Field(description="From 1.")
    as_of: Moment = Field(description="What was known then is in it.")
    recorded: Moment = Field(description="When it was made.")
    who: str = Field(description="Of the close, or of what was declared afterwards.")
    why: str
    digest: str = Field(description="SHA-256 (hex) of its text, who, why and the digest of the revision before it.")


class RevisionsPage(Page):
    statements: list[Revision] = Field(description="The latest month first, of each its latest revision.")


class Change(Told):
    """A place in which two revisions differ, and what stands there in each; null where nothing does."""

    at: str = Field(description="Such as `availability.seconds.down` or `exclusions[2].why`.")
    was: JsonValue = Field(alias="from")
    came: JsonValue = Field(alias="to")


class Differences(Told):
    earlier: Revision = Field(alias="from")
    later: Revision = Field(alias="to")
    differences: list[Change]


class Months(Protocol):
    """What the API needs of the lists: `account.Lists`. Each raises Unknown."""

    async def statements(self, customer: str, *, after: Key | None, limit: int) -> Slice: ...
    async def statement(self, customer: str, month: str, revision: int | None) -> tuple[str, str]: ...
    async def differences(
        self, customer: str, month: str, earlier: int | None, later: int | None
    ) -> Mapping[str, Any]: ...


_OF = "/customers/{id}/statements"
LIST = Operation(
    "listStatements", hdrs.METH_GET, _OF, "statements", Permission.READ,
    "The customer's closed months, also of one who has left.", RevisionsPage, Listing,
)  # fmt: skip
ONE = Operation(
    "getStatement", hdrs.METH_GET, f"{_OF}/{{month}}", "statements", Permission.READ,
    "A closed month, to the byte as it was told. Its digest is the `ETag`.", Statement, StatementAsked, etag=True,
)  # fmt: skip
DIFFERENCES = Operation(
    "compareStatements", hdrs.METH_GET, f"{_OF}/{{month}}/differences", "statements", Permission.READ,
    "What of a closed month is otherwise in a later revision.", Differences, DifferencesAsked,
)  # fmt: skip
STATEMENTS = (LIST, ONE, DIFFERENCES)


def add_statements(router: web.UrlDispatcher, months: Months) -> None:
    async def show_all(asked: Question) -> Mapping[str, Any]:
        after = key_of(asked.query.cursor, str, int)
        return page_of("statements", await months.statements(asked.path["id"], after=after, limit=asked.query.limit))

    async def show(asked: Question) -> web.Response:
        document, digest = await months.statement(asked.path["id"], read_month(asked.path), asked.query.revision)
        # It may be kept, and is asked for anew each time: whether it is still the latest, and who asks.
        headers: LooseHeaders = {hdrs.ETAG: f'"{digest}"', hdrs.CACHE_CONTROL: "private, no-cache"}
        if _is_known(digest, asked.headers.get(hdrs.IF_NONE_MATCH, "")):
            return web.Response(status=304, headers=headers)
        return web.Response(text=document, content_type="application/json", headers=headers)

    async def compare(asked: Question) -> Mapping[str, Any]:
        month, query = read_month(asked.path), asked.query
        return await months.differences(asked.path["id"], month, query.earlier, query.later)

    serve(router, LIST, show_all)
    serve(router, ONE, show)
    serve(router, DIFFERENCES, compare)


def _is_known(digest: str, said: str) -> bool:
    """Whether `If-None-Match` names it (RFC 9110, 13.1.2)."""
    tags = {one.strip().removeprefix("W/").strip('"') for one in said.split(",")}
    return bool(tags & {digest, "*"})
