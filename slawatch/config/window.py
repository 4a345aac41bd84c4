"""Maintenance windows that the file declares."""

from __future__ import annotations

import hashlib
import json
import re
import sys
from datetime import datetime
from typing import Annotated, Literal, TypeAlias
from zoneinfo import ZoneInfo

from pydantic import Field, PlainSerializer, PlainValidator, ValidationInfo, WithJsonSchema, field_validator

from slawatch import model
from slawatch.config.addresses import Id, Text, read_id
from slawatch.config.shape import Shape
from slawatch.config.wrong import Wrong, got
from slawatch.recurrence import BadRepeat, occurrences
from slawatch.rules import calendar
from slawatch.rules.naming import one_of

_TIME = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(?::[0-9]{2})?(?P<zone>Z|[+-][0-9]{2}:[0-9]{2})?")

#: What `rules.windows` names those that people announce.
_ANNOUNCED = re.compile(r"w[0-9]+")


def _read_time(value: object, info: ValidationInfo) -> model.Instant:
    """Wall-clock time in the agreement's zone, or a time with its own offset, as an instant."""
    if isinstance(value, int) and not info.context:
        return value  # made in code, not read from a file
    return read_time(value, _zone(info))


def read_time(value: object, zone: ZoneInfo) -> model.Instant:
    """The instant of a wall-clock time in `zone`, or of a time with its own offset.

    Raises Wrong (a ValueError): one line that says what would be right; of a time that the clocks skip or show twice,
    the two choices.
    """
    expected = f'expected a time such as "2026-12-01 23:00", got {got(value)}'
    match = _TIME.fullmatch(value) if isinstance(value, str) else None
    if not match:
        raise Wrong(expected)
    try:
        time = datetime.fromisoformat(match[0])
    except ValueError:
        raise Wrong(expected) from None
    if match["zone"]:
        return calendar.instant(time)
    try:
        return calendar.strict(time, zone)
    except (calendar.NonexistentTime, calendar.AmbiguousTime) as error:
        happens = "does not exist" if isinstance(error, calendar.NonexistentTime) else "comes twice"
        raise Wrong(f"{value!r} {happens} in {zone.key}, expected {' or '.join(error.choices)}") from None


def _zone(info: ValidationInfo) -> ZoneInfo:
    zone: ZoneInfo = (info.context or {}).get("zone", ZoneInfo("Europe/Amsterdam"))
    return zone


def _read_customers(value: object) -> Literal["all"] | tuple[str, ...]:
    expected = f"expected all or a list of customers' ids, got {got(value)}"
    if value == "all":
        return "all"
    if not isinstance(value, tuple):
        raise Wrong(expected)
    if not value:
        raise Wrong("expected at least one customer, or all")
    ids: list[str] = []
    for index, one in enumerate(value):
        try:
            ids.append(read_id(one))
        except Wrong as wrong:
            raise Wrong(wrong.what, index) from None
    return tuple(ids)


def _read_reason(value: object) -> model.Reason:
    if isinstance(value, str) and value in set(model.Reason):
        return model.Reason(value)
    raise Wrong(f"expected {one_of(map(str, model.Reason))}, got {got(value)}")


Time: TypeAlias = Annotated[
    model.Instant,
    PlainValidator(_read_time),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}"}),
]
Customers: TypeAlias = Annotated[
    Literal["all"] | tuple[Id, ...],
    PlainValidator(_read_customers),
    PlainSerializer(lambda customers: customers),
    WithJsonSchema({"anyOf": [{"const": "all"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}),
]
ReasonName: TypeAlias = Annotated[
    model.Reason,
    PlainValidator(_read_reason),
    PlainSerializer(str),
    WithJsonSchema({"enum": [str(reason) for reason in model.Reason]}),
]


#: How far ahead recurring windows are written out, where nothing says until when.
AHEAD = 400 * model.DAY


class DeclaredWindow(Shape):
    """A window known in advance, once or recurring; times are instants once read."""

    id: Id | None = Field(default=None, examples=["weekly-restart"])
    """The window's name in the ledger; without one it gets one from its start, reason and repeat."""
    starts: Time = Field(examples=['"2026-12-01 23:00"'])
    """When it starts: the time of day in the agreement's zone, or a time with Z or an offset."""
    ends: Time = Field(examples=['"2026-12-02 05:00"'])
    """When it ends, written likewise."""
    repeat: Text | None = Field(default=None, examples=['"FREQ=WEEKLY;BYDAY=TU"'])
    """When it comes again: an RFC 5545 recurrence rule, in the wall-clock time of the agreement's zone."""
    reason: ReasonName = model.Reason.OTHER
    """What the work is: preventive, new_version, hotfix or other."""
    announced: Time | None = Field(default=None, examples=['"2026-11-20 10:00"'])
    """When the customers were told."""
    announced_by: Text | None = Field(default=None, examples=["servicedesk"])
    """Who told them: a declared notice stands with a name."""
    customers: Customers = "all"
    """Whose environment it is: all, or a list of ids."""
    text: Text | None = Field(default=None, examples=['"Nieuwe versie van de reserveringsmodule"'])
    """What is told about it."""

    @field_validator("id")
    @classmethod
    def _is_no_announced_one(cls, id_: str | None) -> str | None:
        if id_ is not None and _ANNOUNCED.fullmatch(id_):
            raise Wrong(f"{id_!r} is a name of windows that are announced, expected another")
        return id_

    @field_validator("ends")
    @classmethod
    def _ends_after_it_starts(cls, ends: model.Instant, info: ValidationInfo) -> model.Instant:
        if "starts" in info.data and ends <= info.data["starts"]:
            raise Wrong("ends before it has begun, expected a time after starts")
        return ends

    @field_validator("repeat")
    @classmethod
    def _comes_again(cls, repeat: str | None, info: ValidationInfo) -> str | None:
        if repeat is not None and {"starts", "ends"} <= info.data.keys():
            try:
                _spans(repeat, info.data["starts"], info.data["ends"], _zone(info), None)
            except BadRepeat as error:
                raise Wrong(str(error)) from None
        return repeat

    @property
    def name(self) -> str:
        """The window's id; lengthened, told or worded otherwise, it is still the same window."""
        if self.id is not None:
            return self.id
        said = json.dumps([calendar.text(self.starts), str(self.reason), self.repeat])
        return f"c-{hashlib.sha256(said.encode()).hexdigest()[:8]}"

    def concerns(self, customer_id: str) -> bool:
        return self.customers == "all" or customer_id in self.customers

    def meets(self, other: DeclaredWindow) -> bool:
        """Whether some customer has both windows."""
        if self.customers == "all" or other.customers == "all":
            return True
        return not set(self.customers).isdisjoint(other.customers)

    def exclusions(self, zone: ZoneInfo, until: model.Instant | None = None) -> tuple[model.Exclusion, ...]:
        """The window, or its occurrences that start before `until`, as the rules read them; what excludes they say.

        `zone`: the one that the file's times are in. `until`: by default `AHEAD` after the first start. Occurrences
        are named by the window's id and a number that counts from the first one, which is 1.
        """
        if self.repeat is None:
            return (self._exclusion(self.name, self.starts, self.ends),)
        spans = _spans(self.repeat, self.starts, self.ends, zone, until)
        return tuple(self._exclusion(f"{self.name}.{number}", *span) for number, span in enumerate(spans, 1))

    def _exclusion(self, id_: str, starts: model.Instant, ends: model.Instant) -> model.Exclusion:
        return model.Exclusion(
            kind=model.ExclusionKind.MAINTENANCE,
            starts=starts,
            ends=ends,
            # Rule 7: a declared time without a name proves nothing.
            announced=self.announced if self.announced_by else None,
            announced_by=self.announced_by,
            reason=str(self.reason),
            id=id_,
            text=self.text,
            repeat=self.repeat,
        )


def _spans(
    repeat: str, starts: model.Instant, ends: model.Instant, zone: ZoneInfo, until: model.Instant | None
) -> tuple[tuple[model.Instant, model.Instant], ...]:
    first, last = (calendar.moment(at).astimezone(zone).replace(tzinfo=None) for at in (starts, ends))
    if until is None:
        until = occurrences(repeat, first, last, zone, sys.maxsize, most=1)[0][0] + AHEAD
    days = max(0, until - starts) // model.DAY + 2  # none comes more than daily
    return occurrences(repeat, first, last, zone, until, most=days)
