"""Maintenance windows that the file declares."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Literal, TypeAlias
from zoneinfo import ZoneInfo

from pydantic import Field, PlainSerializer, PlainValidator, ValidationInfo, WithJsonSchema, field_validator

from slawatch import model
from slawatch.config.addresses import Id, Text, read_id
from slawatch.config.shape import Shape
from slawatch.config.wrong import Wrong, got
from slawatch.rules import calendar
from slawatch.rules.naming import one_of

_TIME = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(?::[0-9]{2})?(?P<zone>Z|[+-][0-9]{2}:[0-9]{2})?")


def _read_time(value: object, info: ValidationInfo) -> model.Instant:
    """Wall-clock time in the agreement's zone, or a time with its own offset, as an instant."""
    context = info.context or {}
    if isinstance(value, int) and not context:
        return value  # made in code, not read from a file
    return read_time(value, context.get("zone", ZoneInfo("Europe/Amsterdam")))


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


class DeclaredWindow(Shape):
    """A window known in advance; times are instants once read."""

    starts: Time = Field(examples=['"2026-12-01 23:00"'])
    """When it starts: the time of day in the agreement's zone, or a time with Z or an offset."""
    ends: Time = Field(examples=['"2026-12-02 05:00"'])
    """When it ends, written likewise."""
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

    @field_validator("ends")
    @classmethod
    def _ends_after_it_starts(cls, ends: model.Instant, info: ValidationInfo) -> model.Instant:
        if "starts" in info.data and ends <= info.data["starts"]:
            raise Wrong("ends before it has begun, expected a time after starts")
        return ends

    def concerns(self, customer_id: str) -> bool:
        return self.customers == "all" or customer_id in self.customers

    def exclusion(self) -> model.Exclusion:
        """The window as the rules read it; whether it excludes is theirs to say."""
        return model.Exclusion(
            kind=model.ExclusionKind.MAINTENANCE,
            starts=self.starts,
            ends=self.ends,
            # Rule 7: a declared time without a name proves nothing.
            announced=self.announced if self.announced_by else None,
            announced_by=self.announced_by,
            reason=str(self.reason),
            text=self.text,
        )
