"""The outbox over the API: what is owed to whom, sent again or dropped. Addresses are for who looks after people."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Protocol
from urllib.parse import quote

from aiohttp import hdrs, web
from pydantic import Field

from slawatch.model import MessageKind, MessageState, Saying
from slawatch.rules.permissions import Permission
from slawatch.web.api.operation import PREFIX, Operation, Question, serve
from slawatch.web.api.paging import Key, Slice, key_of, page_of
from slawatch.web.api.shapes import Listing, Moment, Nothing, Page, Said, Told, Words, who

#: An address, as a relay's answer may repeat it.
_ADDRESS = re.compile(r"[^\s<>,;:\"]+@[^\s<>,;:\"]+")


class MessagesAsked(Listing):
    customer: Words | None = Field(None, description="Only of this customer, by its id.")
    state: MessageState | None = Field(None, description="Only those in this state.")
    kind: MessageKind | None = Field(None, description="Only those that are owed for this reason.")
    outage: Words | None = Field(None, description="Only about this outage or window.")


class OwedMessage(Told):
    id: str
    customer: str
    contact: str | None = Field(description="The address; null to who may not `manage`.")
    language: str
    state: MessageState
    kind: MessageKind = Field(description="Why it is owed.")
    says: Saying | None = Field(description="What its mail says; null until that is settled.")
    outage: str = Field(description="What it is about: an outage, a window or a series.")
    sequence: int
    message_id: str = Field(description="The mail's Message-ID, the same at each attempt.")
    created: Moment
    due: Moment = Field(description="It is not sent before.")
    expires: Moment | None
    known: Moment | None = Field(description="Its mail says what was known then.")
    attempts: int
    handed_over: int = Field(description="How often a relay may have taken it without our hearing so.")
    accepted: Moment | None = Field(description="When a relay took it.")
    settled: Moment | None
    relay: str | None
    reply: str | None = Field(description="The relay's, without addresses to who may not `manage`.")
    error: str | None = Field(description="Why it did not go out, without addresses to who may not `manage`.")
    into: str | None = Field(description="The message whose mail says it too.")


class MessagesPage(Page):
    messages: list[OwedMessage] = Field(description="The latest first.")


class Drop(Said):
    reason: Words = Field(description="Why it need not be sent; kept with it.")


class Handled(Told):
    ids: list[str] = Field(description="Of the messages that were queued again, or dropped.")


class Postmaster(Protocol):
    """What the API needs of the postmaster: `account.Postmaster`."""

    async def retry(self, id_: str, by: str) -> dict[str, Any]: ...
    async def retry_failed(self, by: str) -> dict[str, Any]: ...
    async def drop(self, id_: str, reason: str, by: str) -> dict[str, Any]: ...


class Outbox(Protocol):
    """What the API needs of the lists: `account.Lists`."""

    async def messages(
        self,
        *,
        customer: str | None,
        state: MessageState | None,
        kind: MessageKind | None,
        outage: str | None,
        after: Key | None,
        limit: int,
    ) -> Slice: ...


LIST = Operation(
    "listMessages", hdrs.METH_GET, "/messages", "messages", Permission.READ, "What is and was owed to contacts.",
    MessagesPage, MessagesAsked,
)  # fmt: skip
RETRY_FAILED = Operation(
    "retryFailedMessages", hdrs.METH_POST, "/outbox/retry", "messages", Permission.DECLARE,
    "Send all again that was refused for good.", Handled, said=Nothing,
)  # fmt: skip
RETRY = Operation(
    "retryMessage", hdrs.METH_POST, "/outbox/{id}/retry", "messages", Permission.DECLARE,
    "Send a message now that was refused for good, or that waits.", Handled, said=Nothing,
)  # fmt: skip
DROP = Operation(
    "dropMessage", hdrs.METH_POST, "/outbox/{id}/drop", "messages", Permission.DECLARE,
    "Never send a message that waits, or was refused for good.", Handled, said=Drop,
)  # fmt: skip
MESSAGES = (LIST, RETRY_FAILED, RETRY, DROP)


def add_messages(router: web.UrlDispatcher, outbox: Outbox) -> None:
    async def show(asked: Question) -> Mapping[str, Any]:
        query = asked.query
        rows, last = await outbox.messages(
            customer=query.customer,
            state=query.state,
            kind=query.kind,
            outage=query.outage,
            after=key_of(query.cursor, int, str),
            limit=query.limit,
        )
        with_addresses = Permission.MANAGE in asked.asker.may
        return page_of("messages", (list(rows) if with_addresses else [_without_address(one) for one in rows], last))

    serve(router, LIST, show)


def add_outbox(router: web.UrlDispatcher, postmaster: Postmaster) -> None:
    async def retry_failed(asked: Question) -> Mapping[str, Any]:
        return await postmaster.retry_failed(who(asked.said, asked.asker))

    async def retry(asked: Question) -> Mapping[str, Any]:
        return await postmaster.retry(asked.path["id"], who(asked.said, asked.asker))

    async def drop(asked: Question) -> Mapping[str, Any]:
        return await postmaster.drop(asked.path["id"], asked.said.reason, who(asked.said, asked.asker))

    serve(router, RETRY_FAILED, retry_failed)
    serve(router, RETRY, retry)
    serve(router, DROP, drop)


def outbox_path(what: str, id_: str | None = None) -> str:
    """Where a daemon is asked to `retry` or `drop` a message; without an id, to retry all that was refused."""
    return f"{PREFIX}/outbox/{what}" if id_ is None else f"{PREFIX}/outbox/{quote(id_, safe='')}/{what}"


def _without_address(message: Mapping[str, Any]) -> Mapping[str, Any]:
    said = {key: message[key] and _ADDRESS.sub("...", message[key]) for key in ("reply", "error")}
    return {**message, "contact": None, **said}
