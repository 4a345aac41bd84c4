"""The tables of how fast pages opened: each page, and how its loads are spread."""

from __future__ import annotations

from bisect import bisect_left

from slawatch.reporters.summary.facts import PageTimes, Summary
from slawatch.reporters.summary.tables.cells import Column, Row, Table, count, seconds, share, word
from slawatch.reporters.summary.tables.listed_words import checks
from slawatch.reporters.wording.tongue import mark

#: Into so many equal steps the time up to the threshold is cut, and as much beyond it: one edge lies on it.
STEPS = 12

#: What follows the last step.
LONGER, FAILED = "longer", "failed"
_REST = {LONGER: mark("longer"), FAILED: mark("failed")}


def pages(summary: Summary) -> Table:
    """Each page's loads."""
    columns = (
        Column("share", mark("Opened in time")),
        Column("loads", mark("Loads")),
        Column("slow", mark("Too slow or failed")),
        Column("p95_seconds", mark("95 of 100 loads within")),
    )
    rows = (
        Row(
            word(name, checks(summary)),
            (share(said["share"]), count(said["loads"]), count(said["slow"]), seconds(said["p95_seconds"])),
        )
        for name, said in summary.statement["speed"]["pages"].items()
    )
    return Table("page", mark("Pages"), mark("Page"), columns, tuple(rows))


def load_times(summary: Summary) -> Table:
    """How many loads of each page took up to so many seconds and longer than the row before says."""
    edges = edges_milliseconds(summary)
    columns = tuple(Column(f"loads_{one.page}", checks(summary).get(one.page, one.page)) for one in summary.pages)
    counted = [_steps(one, edges) for one in summary.pages]
    items = [*(seconds(edge / 1000) for edge in edges), word(LONGER, _REST), word(FAILED, _REST)]
    rows = (Row(item, tuple(count(page[turn]) for page in counted)) for turn, item in enumerate(items))
    return Table("load_time", mark("Loads by seconds"), mark("Up to"), columns, tuple(rows))


def edges_milliseconds(summary: Summary) -> list[int]:
    """Up to where each step reaches, with that time itself: who took the threshold exactly was in time."""
    within = round(summary.statement["speed"]["threshold_seconds"] * 1000)
    return [within * step // STEPS for step in range(1, 2 * STEPS + 1)]


def _steps(page: PageTimes, edges: list[int]) -> list[int]:
    counted = [0] * (len(edges) + 1)
    for milliseconds, loads in page.by_millisecond.items():
        counted[bisect_left(edges, milliseconds)] += loads
    return [*counted, page.loads - sum(page.by_millisecond.values())]
