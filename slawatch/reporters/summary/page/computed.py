"""How the figures came about: the sum itself, between which bounds they lie, and whose text this is."""

from __future__ import annotations

from dataclasses import dataclass

from slawatch.reporters.summary.facts import Booked, Revision
from slawatch.reporters.summary.page.first_page import TONES
from slawatch.reporters.summary.page.pen import Pen
from slawatch.reporters.summary.page.trend_chart import month_label
from slawatch.reporters.wording.figures import NONE
from slawatch.reporters.wording.phrasing import named
from slawatch.reporters.wording.revised import why


@dataclass(frozen=True, slots=True)
class Computed:
    """`formula`: with the month's own numbers, unrounded; empty where nothing was measured."""

    formula: str
    parts: tuple[tuple[str, str, str], ...]
    bounds: str
    network: str


@dataclass(frozen=True, slots=True)
class RevisionTold:
    number: str
    as_of: str
    who: str
    why: str
    digest: str


@dataclass(frozen=True, slots=True)
class TrendRow:
    month: str
    availability: str
    availability_tone: str
    speed: str
    speed_tone: str
    p95: str


@dataclass(frozen=True, slots=True)
class DayRow:
    """Lengths by place: up, down, left out, unknown."""

    day: str
    places: tuple[str, ...]
    loads: str
    slow: str


#: The order of their columns.
PLACES = (Booked.UP, Booked.DOWN, Booked.EXCLUDED, Booked.UNKNOWN)

#: Why a revision was made, where slawatch itself says it.


def computed(pen: Pen) -> Computed:
    figures = pen.summary.statement["availability"]
    seconds = figures["seconds"]
    return Computed(
        formula=""
        if figures["ratio"] is None
        else f"{seconds['up']!r} s / ({seconds['up']!r} s + {seconds['down']!r} s) = {figures['ratio']!r}",
        parts=tuple(
            (label, pen.length(seconds[place]), f"{seconds[place]!r} s")
            for label, place in (
                (pen.say("Up"), "up"),
                (pen.say("Down"), "down"),
                (pen.say("Left out"), "excluded"),
                (pen.say("Unknown"), "unknown"),
            )
        ),
        bounds=_bounds(pen),
        network=_network(pen),
    )


def _bounds(pen: Pen) -> str:
    figures = pen.summary.statement["availability"]
    if figures["lower"] is None or figures["upper"] is None:
        return ""
    return pen.say(
        "What happens between two looks is not seen. With every doubt counted as down, availability would be {lower};"
        " with every doubt counted as up, {upper}.",
        lower=pen.share(figures["lower"]),
        upper=pen.share(figures["upper"]),
    )


def _network(pen: Pen) -> str:
    network = pen.summary.statement["network"]
    if network is None or network["ratio"] is None:
        return ""
    return pen.say(
        "Beside it: the servers answered at all, whatever they said, {share} of the time. That is the"
        " reachability by network, which is not what is judged here.",
        share=pen.share(network["ratio"]),
    )


def revisions(pen: Pen) -> tuple[RevisionTold, ...]:
    return tuple(_revision(pen, one) for one in pen.summary.revisions)


def _revision(pen: Pen, one: Revision) -> RevisionTold:
    return RevisionTold(str(one.revision), pen.exactly(one.as_of), named(one.who), why(one.why, pen.tongue), one.digest)


def trend_rows(pen: Pen) -> tuple[TrendRow, ...]:
    return tuple(
        TrendRow(
            month_label(pen, one.month, "MMMM y"),
            pen.share(one.availability),
            "idle" if one.availability is None else TONES[one.availability_met],
            pen.share(one.speed, 2),
            "idle" if one.speed is None else TONES[one.speed_met],
            pen.exact_seconds(one.p95_seconds),
        )
        for one in pen.summary.trend
    )


def day_rows(pen: Pen) -> tuple[DayRow, ...]:
    return tuple(
        DayRow(
            pen.day(one.starts),
            tuple(pen.short(one.seconds[place]) if one.seconds.get(place) else NONE for place in PLACES),
            pen.number(one.loads),
            pen.number(one.slow),
        )
        for one in pen.summary.days
    )
