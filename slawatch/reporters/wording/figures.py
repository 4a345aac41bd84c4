"""Figures as a person reads them in their language: shares and lengths of time."""

from __future__ import annotations

from decimal import ROUND_FLOOR, Decimal

from babel.numbers import format_decimal

from slawatch.model import SECOND, Micros
from slawatch.reporters.wording.tongue import Tongue

#: What stands where there is no figure.
NONE = "\N{EN DASH}"


def share(share: float | None, tongue: Tongue, digits: int = 3) -> str:
    """A share as percent, floored: never rounded up to a target."""
    if share is None:
        return NONE
    floored = (Decimal(repr(share)) * 100).quantize(Decimal(1).scaleb(-digits), ROUND_FLOOR)
    return f"{format_decimal(floored, format='0.' + '0' * digits, locale=tongue.locale)}%"


def objective(share: float, tongue: Tongue) -> str:
    """A share that was agreed, as it was written: 99.9%, 95%."""
    return f"{format_decimal(_percent(share), format='0.######', locale=tongue.locale)}%"


def decimals(share: float | None) -> int:
    """How many of them are shown of a share that was agreed: with as many, what reaches it reads as if it does."""
    return 0 if share is None else max(0, -int(_percent(share).as_tuple().exponent))


def _percent(share: float) -> Decimal:
    """An agreed share as percent, to what is shown of it."""
    return round(Decimal(repr(share)) * 100, 6).normalize()


def short(micros: Micros, tongue: Tongue) -> str:
    """A length such as `1 h 43 min 12 s`, cut to the second; of what is shorter than that, that it is."""
    if 0 < micros < SECOND:
        return tongue.say("under {number} s", number="1")
    minutes, seconds = divmod(micros // SECOND, 60)
    hours, minutes = divmod(minutes, 60)
    parts = [
        tongue.say("{number} h", number=str(hours)) if hours else "",
        tongue.say("{number} min", number=str(minutes)) if minutes else "",
        tongue.say("{number} s", number=str(seconds)) if seconds or not (hours or minutes) else "",
    ]
    return " ".join(filter(None, parts)).replace(" ", "\N{NO-BREAK SPACE}")  # a length stays on one line
