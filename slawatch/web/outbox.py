"""The API to the outbox: messages are sent again or dropped. Who is written to is read by nobody here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, TypeVar
from urllib.parse import quote

from aiohttp import web
from pydantic import BaseModel, ConfigDict, ValidationError

from slawatch.rules.permissions import Permission
from slawatch.web.people.needs import needs
from slawatch.web.posting import posted
from slawatch.web.wishes import PREFIX, BadRequest, first_wrong

_OUTBOX = f"{PREFIX}/outbox"
_ID = "{id:[^/]*}"  # also an empty one: that there is none such is for the postmaster to say


class Postmaster(Protocol):
    """What the API needs of the postmaster: `account.Postmaster`."""

    async def retry(self, id_: str, by: str) -> dict[str, Any]: ...
    async def retry_failed(self, by: str) -> dict[str, Any]: ...
    async def drop(self, id_: str, reason: str, by: str) -> dict[str, Any]: ...


class _Retry(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    by: str


class _Drop(_Retry):
    reason: str


Body = TypeVar("Body", bound=BaseModel)


def add_outbox(router: web.UrlDispatcher, postmaster: Postmaster) -> None:
    async def retry_failed(_id: str | None, body: bytes) -> Mapping[str, Any]:
        return await postmaster.retry_failed(_read(_Retry, body).by)

    async def retry(id_: str | None, body: bytes) -> Mapping[str, Any]:
        return await postmaster.retry(str(id_), _read(_Retry, body).by)

    async def drop(id_: str | None, body: bytes) -> Mapping[str, Any]:
        said = _read(_Drop, body)
        return await postmaster.drop(str(id_), said.reason, said.by)

    router.add_post(f"{_OUTBOX}/retry", needs(Permission.DECLARE, posted(retry_failed)))
    router.add_post(f"{_OUTBOX}/{_ID}/retry", needs(Permission.DECLARE, posted(retry)))
    router.add_post(f"{_OUTBOX}/{_ID}/drop", needs(Permission.DECLARE, posted(drop)))


def outbox_path(what: str, id_: str | None = None) -> str:
    """Where a daemon is asked to `retry` or `drop` a message; without an id, to retry all that was refused."""
    return f"{_OUTBOX}/{what}" if id_ is None else f"{_OUTBOX}/{quote(id_, safe='')}/{what}"


def _read(shape: type[Body], body: bytes) -> Body:
    try:
        return shape.model_validate_json(body)
    except ValidationError as error:
        raise BadRequest(first_wrong(error)) from None
