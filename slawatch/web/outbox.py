"""The API to the outbox: messages are sent again or dropped. Who is written to is read by nobody here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol
from urllib.parse import quote

from aiohttp import web
from pydantic import BaseModel, ConfigDict

from slawatch.rules.permissions import Permission
from slawatch.web.people.asker import Asker
from slawatch.web.people.needs import needs
from slawatch.web.posting import posted
from slawatch.web.wishes import PREFIX, read_body, who

_OUTBOX = f"{PREFIX}/outbox"
_ID = "{id:[^/]*}"  # also an empty one: that there is none such is for the postmaster to say


class Postmaster(Protocol):
    """What the API needs of the postmaster: `account.Postmaster`."""

    async def retry(self, id_: str, by: str) -> dict[str, Any]: ...
    async def retry_failed(self, by: str) -> dict[str, Any]: ...
    async def drop(self, id_: str, reason: str, by: str) -> dict[str, Any]: ...


class _Retry(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    by: str | None = None


class _Drop(_Retry):
    reason: str


def add_outbox(router: web.UrlDispatcher, postmaster: Postmaster) -> None:
    async def retry_failed(_id: str | None, body: bytes, asker: Asker) -> Mapping[str, Any]:
        return await postmaster.retry_failed(who(read_body(_Retry, body).by, asker))

    async def retry(id_: str | None, body: bytes, asker: Asker) -> Mapping[str, Any]:
        return await postmaster.retry(str(id_), who(read_body(_Retry, body).by, asker))

    async def drop(id_: str | None, body: bytes, asker: Asker) -> Mapping[str, Any]:
        said = read_body(_Drop, body)
        return await postmaster.drop(str(id_), said.reason, who(said.by, asker))

    router.add_post(f"{_OUTBOX}/retry", needs(Permission.DECLARE, posted(retry_failed)))
    router.add_post(f"{_OUTBOX}/{_ID}/retry", needs(Permission.DECLARE, posted(retry)))
    router.add_post(f"{_OUTBOX}/{_ID}/drop", needs(Permission.DECLARE, posted(drop)))


def outbox_path(what: str, id_: str | None = None) -> str:
    """Where a daemon is asked to `retry` or `drop` a message; without an id, to retry all that was refused."""
    return f"{_OUTBOX}/{what}" if id_ is None else f"{_OUTBOX}/{quote(id_, safe='')}/{what}"
