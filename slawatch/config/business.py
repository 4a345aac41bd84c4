"""The hours in which the vendor works: what promises in working days and weeks are counted in."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal, TypeAlias

from pydantic import Field, PlainSerializer, PlainValidator, ValidationInfo, WithJsonSchema, field_validator

from slawatch.config.scalars import Hours, HoursOfDay, write_hours
from slawatch.config.shape import Shape
from slawatch.config.wrong import Wrong, got
from slawatch.holiday_list import recognised
from slawatch.rules.naming import one_of

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _read_weekdays(value: object) -> tuple[str, ...]:
    """Days of the week, each once, in the week's order."""
    if not isinstance(value, tuple):
        raise Wrong(f"expected a list of days such as [mon, tue], got {got(value)}")
    for index, day in enumerate(value):
        if day not in _WEEKDAYS:
            raise Wrong(f"expected {one_of(_WEEKDAYS)}, got {got(day)}", index)
        if day in value[:index]:
            raise Wrong(f"{day!r} stands here twice, expected once", index)
    if not value:
        raise Wrong("expected at least one day, got none")
    return tuple(sorted(value, key=_WEEKDAYS.index))


def _read_date(value: object) -> date:
    if isinstance(value, date):
        return value
    if isinstance(value, str) and re.fullmatch("20[0-9]{2}-[0-9]{2}-[0-9]{2}", value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise Wrong(f"expected a date such as 2026-12-24, got {got(value)}")


def _expected(known: tuple[date, ...]) -> str:
    return f"expected {one_of(map(str, known))}" if known else "expected nothing here, for there are no holidays"


Weekdays: TypeAlias = Annotated[
    tuple[str, ...],
    PlainValidator(_read_weekdays),
    PlainSerializer(list),
    WithJsonSchema({"type": "array", "items": {"enum": list(_WEEKDAYS)}, "minItems": 1}),
]
Dates: TypeAlias = tuple[
    Annotated[
        date,
        PlainValidator(_read_date),
        PlainSerializer(date.isoformat),
        WithJsonSchema({"type": "string", "pattern": "^20[0-9]{2}-[0-9]{2}-[0-9]{2}$"}),
    ],
    ...,
]


class Business(Shape):
    hours: Hours = HoursOfDay("09:00", "17:00")
    """The business hours of a day, in the agreement's zone."""
    days: Weekdays = ("mon", "tue", "wed", "thu", "fri")
    """The working days of a week."""
    holidays: Literal["NL", "none"] = "NL"
    """The holidays: NL, those that the Algemene termijnenwet recognises; or none."""
    extra: Dates = Field(default=(), examples=['["2026-12-24"]'])
    """Dates that are holidays too."""
    removed: Dates = Field(default=(), examples=['["2026-05-05"]'])
    """Dates that are working days although the list calls them holidays."""

    @field_validator("hours")
    @classmethod
    def _within_a_day(cls, hours: HoursOfDay) -> HoursOfDay:
        if hours.ends < hours.starts:
            raise Wrong(f'expected business hours within one day such as "09:00-17:00", got {got(write_hours(hours))}')
        return hours

    @field_validator("removed")
    @classmethod
    def _removes_holidays(cls, removed: tuple[date, ...], info: ValidationInfo) -> tuple[date, ...]:
        for index, day in enumerate(removed):
            known = recognised(day.year) if info.data.get("holidays", "NL") == "NL" else ()
            if day not in known:
                raise Wrong(f"{day} is no holiday, {_expected(known)}", index)
        return removed
