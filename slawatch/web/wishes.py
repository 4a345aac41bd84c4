"""What may be asked to be declared, as requests: the same shapes for who serves them and for who sends them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Annotated, Any, TypeAlias, TypeVar
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, PlainValidator, ValidationError

from slawatch.model import Instant, Reason
from slawatch.rules import wishes
from slawatch.rules.calendar import parse, text
from slawatch.web.people.asker import Asker

PREFIX = "/api/v1"
Body = TypeVar("Body", bound=BaseModel)
#: Times outside it are slips, as they are in the configuration.
_CENTURY = (parse("2000-01-01T00:00:00Z"), parse("2100-01-01T00:00:00Z"))


class BadRequest(ValueError):
    """A body that cannot be read; the text is one line: what is wrong and what would be right."""


def _read_time(value: object) -> Instant:
    if not isinstance(value, str):
        raise ValueError(f"expected a time such as 2026-03-01T00:00:30Z, got {value!r}")  # noqa: TRY004 - pydantic's way
    at = parse(value)
    if not _CENTURY[0] <= at < _CENTURY[1]:
        raise ValueError(f"expected a time of this century, got {value!r}")
    return at


Time: TypeAlias = Annotated[Instant, PlainValidator(_read_time)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    by: str | None = None


class _Announce(_Body):
    customer: str
    starts: Time
    ends: Time
    reason: Reason = Reason.OTHER
    text: str | None = None
    announced: Time | None = None
    repeat: str | None = None


class _End(_Body):
    at: Time | None = None


class _Cancel(_Body):
    pass


class _Move(_Body):
    starts: Time | None = None
    ends: Time | None = None
    announced: Time | None = None


class _Exclude(_Body):
    customer: str
    starts: Time
    ends: Time
    approved_by: str
    reason: str


class _Because(_Body):
    reason: str


class _Remark(_Body):
    text: str
    ticket: str | None = None


class _Acknowledge(_Body):
    pass


class _Update(_Body):
    text: str


@dataclasses.dataclass(frozen=True, slots=True)
class Request:
    """A wish as a POST to `path`, in which `subject` names the wish's field that stands there as `{id}`."""

    path: str
    body: type[_Body]
    wish: type[Any]
    subject: str | None = None

    @property
    def route(self) -> str:
        """Also of an id that is empty: that there is none such is for the desk to say."""
        return PREFIX + self.path.replace("{id}", "{id:[^/]*}")

    def read(self, id_: str | None, body: bytes, asker: Asker) -> wishes.Wish:
        """The wish of a request, by who asks. Raises BadRequest."""
        said = read_body(self.body, body)
        facts = {name: getattr(said, name) for name in type(said).model_fields} | {"by": who(said.by, asker)}
        subject = {} if self.subject is None else {self.subject: id_}
        wish: wishes.Wish = self.wish(**subject, **facts)
        return wish


REQUESTS = (
    Request("/maintenance", _Announce, wishes.Announce),
    Request("/maintenance/{id}/end", _End, wishes.End, "window"),
    Request("/maintenance/{id}/cancel", _Cancel, wishes.Cancel, "window"),
    Request("/maintenance/{id}/move", _Move, wishes.Move, "window"),
    Request("/exclusions", _Exclude, wishes.Exclude),
    Request("/exclusions/{id}/withdraw", _Because, wishes.Withdraw, "exclusion"),
    Request("/notices/{id}/void", _Because, wishes.Void, "notice"),
    Request("/outages/{id}/notes", _Remark, wishes.Remark, "outage"),
    Request("/outages/{id}/ack", _Acknowledge, wishes.Acknowledge, "outage"),
    Request("/outages/{id}/updates", _Update, wishes.Update, "outage"),
)

_TIMES = frozenset({"starts", "ends", "announced", "at"})


def request_of(wish: wishes.Wish) -> tuple[str, Mapping[str, Any]]:
    """The path, encoded, and the body that ask a daemon for this wish."""
    request = next(one for one in REQUESTS if one.wish is type(wish))
    facts = {field.name: getattr(wish, field.name) for field in dataclasses.fields(wish)}
    id_ = "" if request.subject is None else str(facts.pop(request.subject))
    body = {name: text(value) if name in _TIMES else value for name, value in facts.items() if value is not None}
    return PREFIX + request.path.replace("{id}", quote(id_, safe="")), body


def read_body(shape: type[Body], body: bytes) -> Body:
    """What a request says. Raises BadRequest."""
    try:
        return shape.model_validate_json(body)
    except ValidationError as error:
        raise BadRequest(first_wrong(error)) from None


def who(said: str | None, asker: Asker) -> str:
    """By whom it is, as `Asker.actor` has it. Raises BadRequest."""
    try:
        return asker.actor(said).who
    except ValueError as error:
        raise BadRequest(str(error)) from None


def first_wrong(error: ValidationError) -> str:
    """The first thing that is wrong, as `starts: expected ...`."""
    found = error.errors(include_url=False)[0]
    where = ".".join(str(step) for step in found["loc"])
    if found["type"] == "enum":
        what = f"expected {found['ctx']['expected']}"
    else:
        what = {"missing": "missing", "extra_forbidden": "unknown, expected one of the documented keys"}.get(
            found["type"], found["msg"].removeprefix("Value error, ")
        )
    return f"{where}: {what}" if where else f"body: {what}"
