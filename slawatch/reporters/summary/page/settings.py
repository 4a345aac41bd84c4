"""The settings that a statement was made with, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from slawatch.reporters.summary.page.pen import Pen
from slawatch.reporters.wording.phrasing import named
from slawatch.rules.calendar import parse
from slawatch.rules.document import Document


@dataclass(frozen=True, slots=True)
class Stage:
    """Terms that were in force until then; the rows in which they differed from the last."""

    until: str
    rows: tuple[tuple[str, str], ...]


def settings(pen: Pen) -> tuple[tuple[str, str], ...]:
    """Label and value."""
    return tuple(_rows(pen, pen.summary.statement["terms"]))


def earlier(pen: Pen) -> tuple[Stage, ...]:
    last = set(settings(pen))
    found = []
    for stage in pen.summary.statement.get("earlier_terms", []):
        rows = tuple(row for row in _rows(pen, stage) if row not in last)
        found.append(Stage(pen.exactly(parse(stage["until"])), rows))
    return tuple(found)


def _rows(pen: Pen, terms: Document) -> Iterator[tuple[str, str]]:
    yield pen.say("Agreement"), named(terms["agreement"])
    yield pen.say("Availability"), _availability(pen, terms["availability"])
    yield (
        pen.say("Measured enough"),
        pen.say("from {share} of the time", share=_share(pen, terms["availability"], "coverage")),
    )
    yield pen.say("Speed"), _speed(pen, terms["speed"])
    yield from _maintenance(pen, terms["maintenance"])
    yield from _confirmation(pen, terms["confirm"])
    for name, check in terms["checks"].items():
        yield (
            pen.say("Looks at {check}", check=pen.check(name)),
            pen.say(
                "every {every}; a look holds for {stale} at most",
                every=pen.length(check["every_seconds"]),
                stale=pen.length(check["stale_after_seconds"]),
            ),
        )


def _share(pen: Pen, terms: Document, name: str) -> str:
    return pen.objective(float(Fraction(terms[name])))


def _availability(pen: Pen, terms: Document) -> str:
    return pen.say(
        "at least {share} of the month; it is down while one of these is: {checks}",
        share=_share(pen, terms, "objective"),
        checks=pen.checks(tuple(terms["checks"])),
    )


def _speed(pen: Pen, terms: Document) -> str:
    return pen.say(
        "at least {share} of loads open within {within}: {pages}",
        share=_share(pen, terms, "objective"),
        within=pen.seconds(terms["within_seconds"]),
        pages=pen.checks(tuple(terms["pages"])),
    )


def _maintenance(pen: Pen, terms: Document) -> Iterator[tuple[str, str]]:
    days = pen.count("{number} day", "{number} days", terms["notice_days"])
    notice = pen.several([days, pen.length(terms["notice_seconds"])]) if terms["notice_seconds"] else days
    yield pen.say("Maintenance is told"), pen.say("{notice} ahead", notice=notice)
    yield pen.say("Told too late"), _counts(pen, counts=terms["late_notice"] == "counts")
    yield pen.say("Urgent repairs"), _counts(pen, counts=terms["hotfix"] == "counts")
    as_up = terms["arithmetic"] == "as_up"
    yield pen.say("Maintenance left out"), pen.say("is counted as up") if as_up else pen.say("is no part of the figure")


def _counts(pen: Pen, *, counts: bool) -> str:
    return pen.say("counts as any other time") if counts else pen.say("is left out all the same")


def _confirmation(pen: Pen, terms: Document) -> Iterator[tuple[str, str]]:
    yield (
        pen.say("An outage is confirmed"),
        pen.say(
            "by {number} failed looks, each within {within} of the one before; looked at again after {recheck}",
            number=str(terms["failures"]),
            within=pen.length(terms["within_seconds"]),
            recheck=pen.length(terms["recheck_seconds"]),
        ),
    )
    blips = pen.say("counts as down") if terms["blips"] == "down" else pen.say("counts as up")
    yield pen.say("A failure that nothing confirmed"), blips
