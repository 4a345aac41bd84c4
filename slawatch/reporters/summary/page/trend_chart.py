"""Twelve months of one figure against what was agreed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from babel.dates import format_date

from slawatch.reporters.summary.facts import TrendMonth
from slawatch.reporters.summary.page.first_page import TONES
from slawatch.reporters.summary.page.pen import Pen
from slawatch.reporters.wording.phrasing import local
from slawatch.rules.calendar import month

#: In pixels: where 100 % is, and where the least is.
TOP, BOTTOM = 18, 96
#: In percent of the width: where the first month is, and how far the next.
_FIRST, _STEP = 15.0, 7.3


@dataclass(frozen=True, slots=True)
class Mark:
    """A month's figure. `x` in percent of the width, `y` in pixels; `tone`: its shape and colour."""

    x: float
    y: float
    tone: str
    told: str


@dataclass(frozen=True, slots=True)
class Label:
    x: float
    text: str


@dataclass(frozen=True, slots=True)
class Trend:
    """`joins`: between months that follow one another and both have a figure. `objective`: its height."""

    title: str
    told: str
    marks: tuple[Mark, ...]
    joins: tuple[tuple[Mark, Mark], ...]
    months: tuple[Label, ...]
    objective: float
    objective_text: str
    least_text: str


def availability_trend(pen: Pen) -> Trend:
    return _trend(
        pen,
        pen.say("Availability, twelve months"),
        pen.summary.statement["availability"]["objective"],
        lambda one: (one.availability, one.availability_met),
        3,
    )


def speed_trend(pen: Pen) -> Trend:
    return _trend(
        pen,
        pen.say("Speed, twelve months"),
        pen.summary.statement["speed"]["objective"],
        lambda one: (one.speed, one.speed_met),
        2,
    )


def month_label(pen: Pen, name: str, pattern: str) -> str:
    """`name`: such as `2026-03`."""
    starts = local(month(name, pen.zone).starts, pen.zone)
    return str(format_date(starts, pattern, locale=pen.tongue.locale))


def _trend(
    pen: Pen,
    title: str,
    objective: float,
    figure: Callable[[TrendMonth], tuple[float | None, bool | None]],
    digits: int,
) -> Trend:
    months = pen.summary.trend
    known = [value for value, _ in map(figure, months) if value is not None]
    least = max(0.0, min([*known, round(2 * objective - 1, 9)]))
    height = _scale(least)
    marks: list[Mark | None] = []
    for number, one in enumerate(months):
        value, met = figure(one)
        told = f"{month_label(pen, one.month, 'MMMM y')}: {pen.share(value, digits)}"
        place = round(_FIRST + _STEP * number, 2)
        marks.append(None if value is None else Mark(place, height(value), TONES[met], told))
    return Trend(
        title=title,
        told=_told(pen, known, objective, digits),
        marks=tuple(one for one in marks if one is not None),
        joins=tuple((left, right) for left, right in pairwise(marks) if left is not None and right is not None),
        months=tuple(
            Label(round(_FIRST + _STEP * number, 2), month_label(pen, one.month, "LLL").rstrip("."))
            for number, one in enumerate(months)
        ),
        objective=height(objective),
        objective_text=pen.objective(objective),
        least_text=pen.share(least, 2),
    )


def _scale(least: float) -> Callable[[float], float]:
    """The height of a figure: `least` at the bottom, 1 at the top."""
    reach = (1 - least) or 1
    return lambda value: round(TOP + (BOTTOM - TOP) * (1 - value) / reach, 1)


def _told(pen: Pen, known: Sequence[float], objective: float, digits: int) -> str:
    if not known:
        return pen.say("No month has a figure.")
    return pen.say(
        "{number} months have a figure, from {least} to {most}; agreed is at least {objective}.",
        number=str(len(known)),
        least=pen.share(min(known), digits),
        most=pen.share(max(known), digits),
        objective=pen.objective(objective),
    )
