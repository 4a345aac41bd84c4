"""The small values of the file: lengths of time, months, shares, hours of the day. Exact: no float stands for one."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, NamedTuple, TypeAlias

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema

from slawatch.config.wrong import Wrong, got
from slawatch.model import DAY, HOUR, MINUTE, SECOND, Micros
from slawatch.rules import meaning

_UNITS: dict[str, Micros] = {"d": DAY, "h": HOUR, "m": MINUTE, "s": SECOND, "ms": 1_000}
_PART = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)(ms|[dhms])")
_LONGEST = 3660 * DAY
_MONTHS = re.compile(r"([0-9]{1,4}) months")
_MOST_MONTHS = 1200
#: With fewer, looks of a year's statements would be gone before the year is over.
FEWEST_MONTHS = 13
_PERCENT = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,12})?) ?%")
_NUMBER = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,14})?")
#: Shares are whole numbers of 10**-14: twelve decimals of a percent.
_SHARE_STEPS = 10**14
_HOURS = re.compile(r"((?:[01][0-9]|2[0-3]):[0-5][0-9])-((?:[01][0-9]|2[0-3]):[0-5][0-9])")


def micros(length: timedelta) -> Micros:
    """The length in whole microseconds, exactly."""
    return length // timedelta(microseconds=1)


def read_duration(value: object) -> timedelta:
    """`60s`, `10m`, `1h30m`, `1.5s`, `500ms`, `5d`: a length from 1 microsecond to ten years. Raises Wrong."""
    length = read_duration_or_zero(value)
    if not length:
        raise Wrong(f"expected a length of time above zero such as 60s, got {got(value)}")
    return length


def read_duration_or_zero(value: object) -> timedelta:
    """As read_duration, and `0s`. Units stand from large to small, each at most once. Raises Wrong."""
    if isinstance(value, timedelta):
        return value
    expected = f"expected a length of time such as 60s, 10m, 1h30m or 5d, got {got(value)}"
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        shown = got(value).removeprefix("the number ")
        raise Wrong(expected + (f"; for seconds write {shown}s" if value > 0 else ""))
    parts = _PART.findall(value) if isinstance(value, str) else []
    order = [list(_UNITS).index(unit) for _, unit in parts]
    if not parts or "".join(number + unit for number, unit in parts) != value or order != sorted(set(order)):
        raise Wrong(expected)
    total = sum((Fraction(number) * _UNITS[unit] for number, unit in parts), Fraction())
    if total.denominator != 1:
        raise Wrong(f"expected whole microseconds, got {got(value)}")
    if total > _LONGEST:
        raise Wrong(f"expected at most ten years, got {got(value)}")
    return timedelta(microseconds=int(total))


def write_duration(length: timedelta) -> str:
    """The length as read_duration reads it: `1h30m`, `1.5s`, `5d`."""
    return meaning.length(micros(length))


class Months(NamedTuple):
    """So many calendar months."""

    number: int


def read_months(value: object) -> Months:
    """`61 months`: calendar months, 13 to 1200. Raises Wrong."""
    if isinstance(value, Months):
        return value
    match = _MONTHS.fullmatch(value) if isinstance(value, str) else None
    if not match or not FEWEST_MONTHS <= int(match[1]) <= _MOST_MONTHS:
        raise Wrong(
            f"expected {FEWEST_MONTHS} to {_MOST_MONTHS} months, such as 61 months, got {got(value)}; "
            f"with fewer than {FEWEST_MONTHS} a year's statements could not be proven from their looks"
        )
    return Months(int(match[1]))


def write_months(months: Months) -> str:
    """The months as read_months reads them."""
    return f"{months.number} months"


def read_share(value: object) -> Fraction:
    """`99.90%` or `0.999`: above 0 and at most 1, exactly as written. Raises Wrong."""
    if isinstance(value, Fraction):
        return value
    expected = f"expected a share such as 99.90% or 0.999, got {got(value)}"
    number = isinstance(value, int | Decimal) and not isinstance(value, bool)
    text = got(value).removeprefix("the number ") if number else value
    percent = _PERCENT.fullmatch(text) if isinstance(text, str) else None
    if isinstance(text, str) and percent is None and not _NUMBER.fullmatch(text):
        raise Wrong(expected)
    if not isinstance(text, str):
        raise Wrong(expected)
    share = Fraction(percent[1]) / 100 if percent else Fraction(text)
    if share > 1 and percent is None and share <= 100:
        raise Wrong(f"{expected}; did you mean {text}%?")
    if not 0 < share <= 1:
        raise Wrong(f"expected a share above 0% and at most 100%, got {got(value)}")
    return share


def write_share(share: Fraction) -> str:
    """The share in percent as read_share reads it, every digit: `99.9%`."""
    scaled = share * _SHARE_STEPS
    if scaled.denominator != 1:
        raise ValueError(f"{share} has more digits than a share of the file can have")
    whole, fraction = divmod(int(scaled), _SHARE_STEPS // 100)
    return f"{whole}.{fraction:012d}".rstrip("0").rstrip(".") + "%"


class HoursOfDay(NamedTuple):
    """Hours of every day, by two times `HH:MM`; past midnight when the second is the earlier one."""

    starts: str
    ends: str


def read_hours(value: object) -> HoursOfDay:
    """`23:00-07:00`: hours of the day, which may run past midnight. Raises Wrong."""
    if isinstance(value, HoursOfDay):
        return value
    match = _HOURS.fullmatch(value) if isinstance(value, str) else None
    if not match or match[1] == match[2]:
        raise Wrong(f'expected hours of the day such as "23:00-07:00", got {got(value)}')
    return HoursOfDay(match[1], match[2])


def write_hours(hours: HoursOfDay) -> str:
    return f"{hours.starts}-{hours.ends}"


_LENGTH_SCHEMA = {"type": "string", "pattern": r"^([0-9]+(\.[0-9]+)?(d|h|ms|m|s))+$", "examples": ["60s", "10m", "5d"]}
_SHARE_SCHEMA = {
    "anyOf": [
        {"type": "string", "pattern": r"^[0-9]+(\.[0-9]+)? ?%?$", "examples": ["99.90%"]},
        {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
    ]
}

Duration: TypeAlias = Annotated[
    timedelta, PlainValidator(read_duration), PlainSerializer(write_duration), WithJsonSchema(_LENGTH_SCHEMA)
]
DurationOrZero: TypeAlias = Annotated[
    timedelta, PlainValidator(read_duration_or_zero), PlainSerializer(write_duration), WithJsonSchema(_LENGTH_SCHEMA)
]
Share: TypeAlias = Annotated[
    Fraction, PlainValidator(read_share), PlainSerializer(write_share), WithJsonSchema(_SHARE_SCHEMA)
]
MonthsKept: TypeAlias = Annotated[
    Months,
    PlainValidator(read_months),
    PlainSerializer(write_months),
    WithJsonSchema({"type": "string", "pattern": r"^(1[3-9]|[2-9][0-9]|[1-9][0-9]{2,3}) months$"}),
]
Hours: TypeAlias = Annotated[
    HoursOfDay,
    PlainValidator(read_hours),
    PlainSerializer(write_hours),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]{2}:[0-9]{2}-[0-9]{2}:[0-9]{2}$"}),
]
