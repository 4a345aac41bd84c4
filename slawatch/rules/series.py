"""Which announcement of a series speaks of what is declared about its times.

A series is announced once for all its times, and again when its rule or what it says changes. Times that are only
written further ahead were told of by the announcement that stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from slawatch.model import Declaration, DeclarationKind, Instant
from slawatch.rules.calendar import parse
from slawatch.rules.stands import Standing, Window


def numbered(declared: Sequence[Declaration], stands: Standing, now: Instant) -> list[Declaration]:
    """What is declared about a customer, what is about times of a series with the number of its announcement.

    `stands`: before it.
    """
    about: dict[str, list[Declaration]] = {}
    for one in declared:
        if _is_announced_together(one):
            about.setdefault(series_of(one), []).append(one)
    numbers = {series: _number(said, stands.series.get(series, 0), stands, now) for series, said in about.items()}
    return [
        replace(one, facts={**one.facts, "series": numbers[series_of(one)]}) if _is_announced_together(one) else one
        for one in declared
    ]


def series_of(said: Declaration) -> str:
    """The series of the window that it is about; of a window that is in none, its id."""
    return said.subject.partition(".")[0]


def says_otherwise(window: Window, said: Declaration) -> bool:
    """Whether a new version of the window tells customers anything: not where only the notice is another."""
    if window.cancelled is not None or window.dropped:
        return True
    facts = said.facts
    stood = (window.latest.starts, window.latest.ends, window.reason, window.text)
    return stood != (parse(facts["starts"]), parse(facts["ends"]), facts["reason"], facts.get("text"))


def _is_announced_together(said: Declaration) -> bool:
    return "." in said.subject and said.kind is not DeclarationKind.WINDOW_ENDED


def _number(said: Sequence[Declaration], before: int, stands: Standing, now: Instant) -> int:
    """Of a series that was announced so often `before`."""
    known = stands.named(series_of(said[0]))
    rule = next((one.repeat for one in reversed(known) if one.repeat is not None), None)
    gone = {one.subject for one in said if one.kind is DeclarationKind.WINDOW_CANCELLED}
    stay = [one for one in known if one.id not in gone and not one.over(now) and one.latest.starts > now]
    fewer = bool(gone) and (bool(stay) or len(gone) < len(said))
    changed = fewer or any(_changes(one, stands, rule) for one in said)
    return before if known and not changed else before + 1


def _changes(said: Declaration, stands: Standing, rule: str | None) -> bool:
    """Whether what is declared of a time is more than that the series, which comes by this `rule`, has one more."""
    match said.kind:
        case DeclarationKind.WINDOW_MOVED:
            return says_otherwise(stands.windows[said.subject], said)
        case DeclarationKind.WINDOW_ANNOUNCED:
            return "~" in said.subject or (rule is not None and said.facts.get("repeat", rule) != rule)
    return False
