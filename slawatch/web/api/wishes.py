"""What may be asked to be declared, as requests: the same shapes for who serves them and for who sends them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from pydantic import Field

from slawatch.model import Reason
from slawatch.rules import wishes
from slawatch.rules.calendar import text
from slawatch.rules.permissions import Permission
from slawatch.web.api.operation import PREFIX, Operation, Question
from slawatch.web.api.shapes import Nothing, Said, Time, Told, Words, who


class Announce(Said):
    customer: Words = Field(description="The customer's id, or `all` for each configured one.")
    starts: Time
    ends: Time = Field(description="After `starts`, by a week at most.")
    reason: Reason = Field(Reason.OTHER, description="Why; `hotfix` counts, unless the agreement says otherwise.")
    text: Words | None = Field(None, description="What the customers are told.")
    announced: Time | None = Field(None, description="When they were told by other means; without it, now.")
    repeat: Words | None = Field(
        None, description="When it comes again, by RFC 5545.", examples=["FREQ=MONTHLY;BYDAY=1TU"]
    )


class End(Said):
    at: Time | None = Field(None, description="When it was over; without it, now.")


class Move(Said):
    starts: Time | None = Field(None, description="Without it, as it was.")
    ends: Time | None = Field(None, description="Without it, as it was.")
    announced: Time | None = Field(None, description="When the customers were told by other means; without it, now.")


class Exclude(Said):
    customer: Words = Field(
        description="The customer's id, also of one who has left, or `all` for each configured one."
    )
    starts: Time
    ends: Time = Field(description="After `starts`, by 31 days at most, and past.")
    approved_by: Words = Field(description="Who approved of leaving it out.")
    reason: Words


class Because(Said):
    reason: Words


class Remark(Said):
    text: Words
    ticket: Words | None = Field(None, description="Where there is more about it.")


class Update(Said):
    text: Words = Field(description="What the customer's contacts are mailed.")


class Declared(Told):
    """It is in the ledger, and in force."""

    id: str = Field(description="Of the window, the exclusion, the announcement or the outage.")
    warnings: list[str] = Field(description="Lines for a person.")


@dataclasses.dataclass(frozen=True, slots=True)
class Request:
    """A wish as a POST, in which `subject` names the wish's field that stands in the path as `{id}`."""

    operation: Operation
    wish: type[Any]
    subject: str | None = None

    @property
    def path(self) -> str:
        return self.operation.path

    def wished(self, asked: Question) -> wishes.Wish:
        """The wish of a request, by who asks. Raises BadRequest."""
        facts = {name: getattr(asked.said, name) for name in type(asked.said).model_fields}
        subject = {} if self.subject is None else {self.subject: asked.path["id"]}
        wish: wishes.Wish = self.wish(**subject, **facts | {"by": who(asked.said, asked.asker)})
        return wish


def _request(
    name: str, path: str, said: type[Said], wish: type[Any], subject: str | None = None, *, summary: str
) -> Request:
    tag = path.split("/")[1]
    operation = Operation(name, "POST", path, tag, Permission.DECLARE, summary, Declared, said=said)
    return Request(operation, wish, subject)


REQUESTS = (
    _request(
        "announceMaintenance", "/maintenance", Announce, wishes.Announce, summary="Announce a maintenance window."
    ),
    _request(
        "endMaintenance",
        "/maintenance/{id}/end",
        End,
        wishes.End,
        "window",
        summary="Say that a window that has begun is over.",
    ),
    _request(
        "cancelMaintenance",
        "/maintenance/{id}/cancel",
        Nothing,
        wishes.Cancel,
        "window",
        summary="Cancel a window, or what is to come of a series.",
    ),
    _request(
        "moveMaintenance",
        "/maintenance/{id}/move",
        Move,
        wishes.Move,
        "window",
        summary="Give a window other times; what was announced before stays proven as far as it goes.",
    ),
    _request(
        "addExclusion", "/exclusions", Exclude, wishes.Exclude, summary="Leave a past stretch out as force majeure."
    ),
    _request(
        "withdrawExclusion",
        "/exclusions/{id}/withdraw",
        Because,
        wishes.Withdraw,
        "exclusion",
        summary="Withdraw force majeure: it counts again.",
    ),
    _request(
        "voidNotice",
        "/notices/{id}/void",
        Because,
        wishes.Void,
        "notice",
        summary="Say that an announcement (a window, one of its versions, or a message) proves nothing.",
    ),
    _request(
        "noteOutage", "/outages/{id}/notes", Remark, wishes.Remark, "outage", summary="Write words beside an outage."
    ),
    _request(
        "acknowledgeOutage",
        "/outages/{id}/ack",
        Nothing,
        wishes.Acknowledge,
        "outage",
        summary="Say that somebody has an outage in hand.",
    ),
    _request(
        "updateOutage",
        "/outages/{id}/updates",
        Update,
        wishes.Update,
        "outage",
        summary="Mail the customer's contacts words on an outage that lasts.",
    ),
)

_TIMES = frozenset({"starts", "ends", "announced", "at"})


def request_of(wish: wishes.Wish) -> tuple[str, Mapping[str, Any]]:
    """The path, encoded, and the body that ask a daemon for this wish."""
    request = next(one for one in REQUESTS if one.wish is type(wish))
    facts = {field.name: getattr(wish, field.name) for field in dataclasses.fields(wish)}
    id_ = "" if request.subject is None else str(facts.pop(request.subject))
    body = {name: text(value) if name in _TIMES else value for name, value in facts.items() if value is not None}
    return PREFIX + request.path.replace("{id}", quote(id_, safe="")), body
