"""The API described for programs: an OpenAPI 3.1 document, made from the operations and their shapes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from aiohttp import web
from pydantic import BaseModel, Field
from pydantic.json_schema import models_json_schema

from slawatch.web.api import customers, statements
from slawatch.web.api.declaring import DECLARING
from slawatch.web.api.managing import MANAGING
from slawatch.web.api.messages import MESSAGES
from slawatch.web.api.operation import BODY_BYTES, PREFIX, Operation
from slawatch.web.api.problems import DOCUMENT
from slawatch.web.api.shapes import MONTH_PATTERN, WITHOUT_ZERO, Told
from slawatch.web.api.status import STATUS
from slawatch.web.people.needs import needs

#: All that can be asked of the API.
OPERATIONS: tuple[Operation, ...] = (
    STATUS,
    *customers.CUSTOMERS,
    *statements.STATEMENTS,
    *DECLARING,
    *MESSAGES,
    *MANAGING,
)

_ABOUT = """What slawatch knows, and what people may declare to it.

Instants are RFC 3339 in UTC, lengths are seconds, shares are numbers from 0 to 1, unrounded. Lists come in pages:
`next` is the `cursor` of the following one. More keys may come in answers; those that are here stay. What went wrong
is a problem (RFC 9457), whose `detail` is one line for a person."""


class ProblemPlace(Told):
    """One thing that is wrong with a request."""

    pointer: str | None = Field(None, description="Where in the body (RFC 6901).")
    parameter: str | None = Field(None, description="Which parameter of path or query.")
    detail: str


class Problem(Told):
    """What went wrong (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str = Field(description="One line for a person.")
    errors: list[ProblemPlace] = Field([], description="All that is wrong with the request, where it cannot be read.")


#: What may go wrong, by status, and of which operations.
_PROBLEMS: Mapping[str, str] = {
    "400": "The request cannot be read.",
    "401": "Nobody knows who asks.",
    "403": "Who asks may not.",
    "404": "What the path names is not there.",
    "413": f"The body is longer than {BODY_BYTES} bytes.",
    "415": "The body is compressed.",
    "422": "What is asked for can be read, and cannot be done.",
    "500": "Something is wrong at our side.",
    "503": "Not at the moment: the store is busy, or away.",
}
_OF_ALL = ("400", "401", "403", "500", "503")
#: What stands in a path as `{id}`, by the first part of the path: what it is, and one such.
IDS: Mapping[str, tuple[str, str]] = {
    "customers": ("The customer's.", "duinzicht"),
    "maintenance": ("The window's, or a series'.", "w1"),
    "exclusions": ("The exclusion's.", "x1"),
    "notices": ("A window's, one of its versions' (`w1/2`), or a message's.", "w1/1"),
    "outages": ("The outage's.", "duinzicht-20261112T110000000"),
    "outbox": ("The message's.", "duinzicht-20261112T110000000.outage.1.3f9a1c"),
    "users": ("The user's name.", "a.jansen"),
    "tokens": ("The token's, not its secret.", "t-3f9a1c20"),
}
MONTH = "2026-11"


@cache
def described() -> Mapping[str, Any]:
    """The document."""
    shapes = {shape for one in OPERATIONS for shape in (one.answer, one.said) if shape is not None} | {Problem}
    in_order = sorted(shapes, key=lambda shape: shape.__name__)
    _, defined = models_json_schema(
        [(shape, "validation") for shape in in_order], ref_template="#/components/schemas/{model}"
    )
    paths: dict[str, dict[str, Any]] = {}
    for one in OPERATIONS:
        paths.setdefault(one.path, {})[one.method.lower()] = _operation(one)
    return {
        "openapi": "3.1.0",
        "info": {"title": "slawatch", "version": "1", "description": _ABOUT},
        "servers": [{"url": PREFIX}],
        "security": [{"token": []}],
        "tags": [{"name": name} for name in dict.fromkeys(one.tag for one in OPERATIONS)],
        "paths": paths,
        "components": {
            "schemas": defined["$defs"],
            "responses": {status: _problem(said) for status, said in _PROBLEMS.items()},
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "Of `slawatch token create`."}
            },
        },
    }


def add_document(router: web.UrlDispatcher) -> None:
    """The document is for everyone: it says nothing about anybody."""

    async def show(_request: web.Request) -> web.Response:
        return web.Response(text=json.dumps(described()), content_type="application/json")

    router.add_get(DOCUMENT, needs(None, show))


def _operation(one: Operation) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operationId": one.name,
        "tags": [one.tag],
        "summary": one.summary,
        "description": f"Needs the permission `{one.permission}`.",
        "parameters": [*_path(one), *_query(one), *([_IF_NONE_MATCH] if one.etag else [])],
        "responses": _responses(one),
    }
    if one.said is not None:
        required = any(field.is_required() for field in one.said.model_fields.values())
        told["requestBody"] = {"required": required, "content": _content(one.said)}
    return told


_IF_NONE_MATCH = {"name": "If-None-Match", "in": "header", "schema": {"type": "string"}}


def _path(one: Operation) -> Iterable[dict[str, Any]]:
    about, its = IDS.get(one.path.split("/")[1], ("", ""))
    given: Mapping[str, dict[str, Any]] = {
        "id": {"description": about, "schema": {"type": "string", "pattern": WITHOUT_ZERO}, "example": its},
        "month": {
            "description": "A calendar month in the agreement's zone.",
            "schema": {"type": "string", "pattern": MONTH_PATTERN},
            "example": MONTH,
        },
    }
    for name in one.parameters:
        yield {"name": name, "in": "path", "required": True, **given[name]}


def _query(one: Operation) -> Iterable[dict[str, Any]]:
    schema = one.query.model_json_schema(ref_template="#/components/schemas/{model}")
    for name, its in schema.get("properties", {}).items():
        known = {key: value for key, value in its.items() if key not in {"title", "description", "anyOf"}}
        known |= its.get("anyOf", [{}])[0]  # what may be left out is never null in a query
        if known.get("default", ...) is None:
            del known["default"]
        if "$ref" in known:
            known = {"enum": schema["$defs"][known["$ref"].rpartition("/")[2]]["enum"], "type": "string"}
        yield {"name": name, "in": "query", "description": its.get("description", ""), "schema": known}


def _responses(one: Operation) -> dict[str, Any]:
    done: dict[str, Any] = {"description": "Done." if one.said else "As asked.", "content": _content(one.answer)}
    told = {"200": done}
    if one.etag:
        done["headers"] = {"ETag": {"schema": {"type": "string"}, "required": True}}
        told["304"] = {"description": "It is what `If-None-Match` names.", "headers": done["headers"]}
    failing = [*_OF_ALL, *(["404"] if one.parameters else []), *(["413", "415", "422"] if one.said else [])]
    return told | {status: {"$ref": f"#/components/responses/{status}"} for status in sorted(failing)}


def _content(shape: type[BaseModel]) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{shape.__name__}"}}}


def _problem(said: str) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{Problem.__name__}"}
    return {"description": said, "content": {"application/problem+json": {"schema": schema}}}
