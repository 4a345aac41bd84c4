"""How long a page took to open: all its loads by their time, with the line of what was agreed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from slawatch.reporters.summary.facts import PageTimes
from slawatch.reporters.summary.page.pen import Pen

#: Bars up to the line, and as many beyond it; what took longer is said, not drawn.
BARS = 12
#: In pixels: how high the highest bar is, and the lowest that any load has.
HEIGHT, LOWEST = 86.0, 1.5


@dataclass(frozen=True, slots=True)
class Bar:
    """`left` and `width` in percent, `height` in pixels. `slow`: beyond the line."""

    left: float
    width: float
    height: float
    slow: bool
    told: str


@dataclass(frozen=True, slots=True)
class Histogram:
    """One page's. `beyond`: what of it is not drawn, in words. `ticks`: place (percent) and text."""

    page: str
    title: str
    told: str
    bars: tuple[Bar, ...]
    ticks: tuple[tuple[float, str], ...]
    highest: str
    beyond: str
    loads: str
    slow: str
    share: str
    p95: str


def histograms(pen: Pen) -> tuple[Histogram, ...]:
    return tuple(_histogram(pen, page) for page in pen.summary.pages)


def _histogram(pen: Pen, page: PageTimes) -> Histogram:
    threshold = round(pen.summary.statement["speed"]["threshold_seconds"] * 1000)
    step = threshold / BARS
    # A bar has the loads that took longer than where it begins, up to and with where it ends: so that the line is one.
    counts: Counter[int] = Counter()
    for took, many in page.by_millisecond.items():
        counts[min(2 * BARS, max(0, int(-(-took // step)) - 1))] += many
    beyond = counts.pop(2 * BARS, 0)
    share = (page.loads - page.slow) / page.loads if page.loads else None
    name = pen.check(page.page)
    return Histogram(
        page=name[:1].upper() + name[1:],
        title=pen.say("How long {page} took to open", page=name),
        told=pen.say(
            "{share} of {loads} loads were open within {threshold}.",
            share=pen.share(share, 2),
            loads=pen.number(page.loads),
            threshold=pen.seconds(threshold / 1000),
        ),
        bars=tuple(_bar(pen, number, counts, step) for number in sorted(counts)),
        ticks=tuple((round(100 * part / 6, 2), pen.seconds(threshold * part / 3000)) for part in range(7)),
        highest=pen.number(max(counts.values(), default=0)),
        beyond=_beyond(pen, beyond, page, 2 * threshold / 1000),
        loads=pen.number(page.loads),
        slow=pen.number(page.slow),
        share=pen.share(share, 2),
        p95=pen.exact_seconds(page.p95_seconds),
    )


def _bar(pen: Pen, number: int, counts: Counter[int], step: float) -> Bar:
    width, many = 100 / (2 * BARS), counts[number]
    return Bar(
        left=round(number * width + 0.25, 2),
        width=round(width - 0.5, 2),
        height=round(max(LOWEST, HEIGHT * many / max(counts.values())), 1),
        slow=number >= BARS,
        told=pen.say(
            "{begin} to {end}: {number}",
            begin=pen.seconds(number * step / 1000),
            end=pen.seconds((number + 1) * step / 1000),
            number=pen.number(many),
        ),
    )


def _beyond(pen: Pen, beyond: int, page: PageTimes, edge: float) -> str:
    """The loads that no bar has: those that took longer than the last, and those that failed."""
    failed = page.loads - sum(page.by_millisecond.values())
    parts = []
    if beyond:
        longest = max(page.by_millisecond) / 1000
        parts.append(
            pen.say(
                "{number} longer than {edge}, the longest {longest}",
                number=pen.number(beyond),
                edge=pen.seconds(edge),
                longest=pen.exact_seconds(longest),
            )
        )
    if failed:
        parts.append(pen.say("{number} failed", number=pen.number(failed)))
    return pen.say("Not drawn: {what}.", what="; ".join(parts)) if parts else ""
