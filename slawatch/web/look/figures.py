"""Figures, instants and lengths as they stand on a page: short, and never better than they are."""

from __future__ import annotations

from datetime import datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from babel.numbers import get_decimal_symbol
from markupsafe import Markup

from slawatch.model import MINUTE, SECOND, Instant, Micros
from slawatch.reporters.wording.phrasing import local
from slawatch.reporters.wording.tongue import Tongue

#: Where there is nothing to say.
NO_FIGURE = "\N{EN DASH}"
# Patterns of Unicode CLDR.
_SHORT, _WITH_YEAR, _DATED, _CLOCK = "d MMM HH:mm", "d MMM yyyy HH:mm", "EEE d MMM HH:mm", "HH:mm"
_DAY = "EEE d MMM"


def percent(share: float | None, tongue: Tongue, decimals: int = 2) -> str:
    """A share from 0 to 1 as a percentage, floored: `99,94 %`. A dash where there is no figure."""
    if share is None:
        return NO_FIGURE
    return _number(floored(share, decimals), tongue) + ("%" if tongue.language == "en" else "\N{NO-BREAK SPACE}%")


def floored(share: float, decimals: int = 2) -> Decimal:
    """The percentage of a share, cut to so many decimals."""
    return (Decimal(repr(share)) * 100).quantize(Decimal(1).scaleb(-decimals), ROUND_FLOOR)


def promised(share: float, tongue: Tongue) -> str:
    """An objective as a percentage, whole: `99,9 %`."""
    return _number(_whole(Decimal(repr(share)) * 100), tongue) + (
        "%" if tongue.language == "en" else "\N{NO-BREAK SPACE}%"
    )


def seconds(value: float | None, tongue: Tongue) -> str:
    """A time that something took, rounded up: `1,85 s`. A dash where there is no figure."""
    if value is None:
        return NO_FIGURE
    return f"{_number(Decimal(repr(value)).quantize(Decimal('0.01'), ROUND_CEILING), tongue)}\N{NO-BREAK SPACE}s"


def whole_seconds(value: float, tongue: Tongue) -> str:
    """A length that was agreed, as it was: `3 s`."""
    return f"{_number(_whole(Decimal(repr(value))), tongue)}\N{NO-BREAK SPACE}s"


def brief(length: Micros, tongue: Tongue) -> str:
    """A length in its two largest units, cut: `2 d 4 h`, `1 h 12 min`, `34 min`, `12 s`."""
    total, hour = abs(length) // SECOND, "u" if tongue.language == "nl" else "h"
    parts = ((total // 86_400, "d"), (total // 3600 % 24, hour), (total // 60 % 60, "min"), (total % 60, "s"))
    first = next((number for number, (value, _) in enumerate(parts) if value), len(parts) - 1)
    shown = [f"{value}\N{NO-BREAK SPACE}{unit}" for value, unit in parts[first : first + 2] if value]
    if first == 2:  # minutes: seconds beside them are noise
        del shown[1:]
    return " ".join(shown) or "0\N{NO-BREAK SPACE}s"


def clock(at: Instant, zone: ZoneInfo, tongue: Tongue, *, now: Instant | None = None) -> Markup:
    """An instant as a `time` element, in the zone: of the year of `now` without a year, of its day by the clock."""
    pattern = _WITH_YEAR
    if now is not None:
        here, there = local(now, zone), local(at, zone)
        pattern = _CLOCK if there.date() == here.date() else _SHORT if there.year == here.year else _WITH_YEAR
    return _element(at // MINUTE, pattern, zone, tongue.locale)


def dated(at: Instant, zone: ZoneInfo, tongue: Tongue) -> Markup:
    """An instant as a `time` element with its day of the week: `wo 25 nov 23:00`."""
    return _element(at // MINUTE, _DATED, zone, tongue.locale)


def day_of(at: Instant, zone: ZoneInfo, tongue: Tongue) -> str:
    """The day that an instant is in: `wo 25 nov`."""
    return str(format_datetime(local(at, zone), _DAY, tzinfo=zone, locale=tongue.locale))


@lru_cache(maxsize=8192)
def _element(minute: int, pattern: str, zone: ZoneInfo, locale: str) -> Markup:
    """To the minute, cut: many times on a page of many customers are the same."""
    at: datetime = local(minute * MINUTE, zone)
    text = format_datetime(at, pattern, tzinfo=zone, locale=locale)
    said = at.strftime("%Y-%m-%d %H:%M %Z")
    return Markup('<time datetime="{}" title="{}">{}</time>').format(at.isoformat(), said, text)


def _whole(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _number(value: object, tongue: Tongue) -> str:
    return str(value).replace(".", get_decimal_symbol(tongue.locale))
