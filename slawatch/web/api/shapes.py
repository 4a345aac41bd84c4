"""What requests and answers are made of: strict, and each key with its meaning and its unit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, TypeAlias, TypeVar

from multidict import MultiMapping
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    StringConstraints,
    ValidationError,
    WithJsonSchema,
)
from pydantic.json_schema import SkipJsonSchema

from slawatch.model import Instant
from slawatch.rules.calendar import parse
from slawatch.web.api.problems import BadRequest, Slip, bad_body, bad_parameter, slips_of
from slawatch.web.people.asker import Asker

Shape = TypeVar("Shape", bound=BaseModel)
#: Times outside it are slips, as they are in the configuration.
_CENTURY = (parse("2000-01-01T00:00:00Z"), parse("2100-01-01T00:00:00Z"))
#: How many rows a list has at most, and when nothing is said of it.
MOST, USUAL = 1000, 100


def _read_time(value: object) -> Instant:
    if not isinstance(value, str):
        raise ValueError(f"expected a time such as 2026-03-01T00:00:30Z, got {value!r}")  # noqa: TRY004 - pydantic's way
    at = parse(value)
    if not _CENTURY[0] <= at < _CENTURY[1]:
        raise ValueError(f"expected a time of this century, got {value!r}")
    return at


def _read_flag(value: object) -> bool:
    if value not in {"true", "false"}:
        raise ValueError("expected true or false")
    return value == "true"


def _read_whole(value: object) -> int:
    if not isinstance(value, str) or re.fullmatch(r"\d{1,9}", value, re.ASCII) is None:
        raise ValueError("expected a whole number")
    return int(value)


#: PostgreSQL takes no text with a zero in it.
WITHOUT_ZERO = r"^[^\x00]*$"
MONTH_PATTERN = r"^20[0-9]{2}-(0[1-9]|1[0-2])$"
_INSTANT = {
    "type": "string",
    "format": "date-time",
    "description": "An instant of the years 2000 to 2099 (RFC 3339).",
    "examples": ["2026-03-01T00:00:30Z"],
}
#: An instant that is asked for, or that is told.
Time: TypeAlias = Annotated[Instant, PlainValidator(_read_time), WithJsonSchema(_INSTANT)]
Moment: TypeAlias = Annotated[
    str, WithJsonSchema({"type": "string", "format": "date-time", "description": "UTC, to the microsecond."})
]
#: In a query everything is text.
Flag: TypeAlias = Annotated[bool, BeforeValidator(_read_flag)]
Count: TypeAlias = Annotated[int, Field(ge=1, le=1_000_000), BeforeValidator(_read_whole)]
#: Text that is asked with.
Words: TypeAlias = Annotated[str, StringConstraints(pattern=WITHOUT_ZERO)]
Cursor: TypeAlias = Annotated[str, WithJsonSchema({"type": "string", "format": "cursor"})]
Month: TypeAlias = Annotated[str, StringConstraints(pattern=MONTH_PATTERN)]
#: From 0 to 1, unrounded.
Share: TypeAlias = Annotated[float, Field(ge=0, le=1)]
Seconds: TypeAlias = Annotated[float, Field(description="In seconds.")]


class Said(BaseModel):
    """The body of a request: every key is known and has its type. `by`, over the socket only: who says it."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)

    by: SkipJsonSchema[Words | None] = None


class Nothing(Said):
    """Nothing more need be said."""


class Asked(BaseModel):
    """The query of a request."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Listing(Asked):
    """What may be asked of every list."""

    limit: Annotated[int, Field(ge=1, le=MOST), BeforeValidator(_read_whole)] = Field(
        USUAL, description="How many rows at most."
    )
    cursor: Cursor | None = Field(None, description="Where to go on: what the page before says as `next`.")


def _open(schema: dict[str, Any]) -> None:
    """More keys may come in an answer: who reads it passes over what they do not know."""
    schema.pop("additionalProperties", None)


class Told(BaseModel):
    """An answer, or a part of one."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, json_schema_extra=_open)


class Page(Told):
    """A part of a list."""

    next: str | None = Field(description="The `cursor` of the next page; null on the last one.")


def read_body(shape: type[Shape], body: bytes) -> Shape:
    """What a request says; an empty body says nothing. Raises BadRequest."""
    try:
        return shape.model_validate_json(body or b"{}")
    except ValidationError as error:
        raise BadRequest(*slips_of(error, in_body=True)) from None


def read_query(shape: type[Shape], query: MultiMapping[str]) -> Shape:
    """What is asked. Raises BadRequest."""
    twice = [name for name in dict.fromkeys(query) if len(query.getall(name)) > 1]
    if twice:
        raise BadRequest(*(Slip(name, "given twice, expected once", in_body=False) for name in twice))
    try:
        return shape.model_validate(dict(query))
    except ValidationError as error:
        raise BadRequest(*slips_of(error, in_body=False)) from None


def ensure_readable(path: Mapping[str, str]) -> None:
    """Raises BadRequest for what the path names and no store can look for."""
    for name, value in path.items():
        if "\x00" in value:
            raise bad_parameter(name, "expected text without a zero in it")


def read_month(path: Mapping[str, str]) -> str:
    """The month that the path names. Raises BadRequest."""
    written = path["month"]
    if re.fullmatch(MONTH_PATTERN, written) is None:
        raise bad_parameter("month", f"expected a month such as 2026-03, got {written!r}")
    return written


def who(said: Said, asker: Asker) -> str:
    """By whom it is, as `Asker.actor` has it. Raises BadRequest."""
    try:
        return asker.actor(said.by).who
    except ValueError as error:
        raise bad_body("#/by", str(error).removeprefix("by: ")) from None
