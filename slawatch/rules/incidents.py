"""Rule 9 for incidents: by when the service desk has to have dealt with one, and whether it did.

Agreement, "Prioriteiten en hersteltijden": priority 1 is solved within one working day, 2 within one working week,
3 is answered on the same or the next day; without a priority nothing is promised.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from slawatch.model import Incident, Instant, Priority
from slawatch.rules import business
from slawatch.rules.business import WORKING_DAY, WORKING_WEEK, BusinessHours
from slawatch.rules.calendar import Period, text

LONGEST_ID, LONGEST_SUBJECT = 100, 200

#: What tells of a person: an address, and a number that a telephone may have.
_ADDRESS = re.compile(r"\S+@\S+\.\S+")
_NUMBER = re.compile(r"(?<!\w)[+0]\d?(?:[\s().-]*\d){7,}")


@dataclass(frozen=True, slots=True)
class Judged:
    """An incident at some moment. `due`: None where nothing is promised.

    `met`: whether it was dealt with in time; None while it is open and not overdue, and where nothing is promised.
    """

    incident: Incident
    due: Instant | None
    met: bool | None

    @property
    def overdue(self) -> bool:
        """Past its time, and still not dealt with."""
        return self.met is False and dealt_with(self.incident) is None


def due(incident: Incident, hours: BusinessHours) -> Instant | None:
    """By when it has to be solved, or of priority 3 answered."""
    match incident.priority:
        case Priority.ONE:
            return business.due(incident.opened, WORKING_DAY, hours)
        case Priority.TWO:
            return business.due(incident.opened, WORKING_WEEK, hours)
        case Priority.THREE:
            return business.next_close(incident.opened, hours)
        case Priority.NONE:
            return None


def dealt_with(incident: Incident) -> Instant | None:
    """When that was done which is promised; what is solved is answered too."""
    if incident.priority is Priority.THREE and incident.answered is not None:
        return incident.answered
    return incident.solved


def judge(incident: Incident, hours: BusinessHours, now: Instant) -> Judged:
    """`hours`: those in force when it was opened."""
    by, done = due(incident, hours), dealt_with(incident)
    if by is None:
        return Judged(incident, None, None)
    if done is not None:
        return Judged(incident, by, done <= by)
    return Judged(incident, by, False if now > by else None)


def in_time(judged: Iterable[Judged], period: Period) -> tuple[int, int]:
    """Of the incidents that were due in the period: how many were dealt with in time, and how many there are."""
    due_then = [one for one in judged if one.due is not None and period.starts <= one.due < period.ends]
    return sum(one.met is True for one in due_then), len(due_then)


def without_persons(subject: str) -> str:
    """A subject in one line of at most LONGEST_SUBJECT, addresses and telephone numbers taken out."""
    said = _NUMBER.sub("[...]", _ADDRESS.sub("[...]", " ".join(subject.split())))
    return said if len(said) <= LONGEST_SUBJECT else said[: LONGEST_SUBJECT - 1].rstrip() + "…"


def wrong_with(incident: Incident, now: Instant) -> str | None:
    """Why it cannot be: one line, what is wrong and what would be right."""
    if not 0 < len(incident.id) <= LONGEST_ID or not incident.id.isprintable():
        return f"id: expected 1 to {LONGEST_ID} characters that can be printed, got {incident.id!r}"
    if incident.opened > now:
        return f"opened: expected a time that has been, got {text(incident.opened)}"
    for name, at in (("answered", incident.answered), ("solved", incident.solved)):
        if at is not None and at < incident.opened:
            return f"{name}: expected a time from opened {text(incident.opened)} on, got {text(at)}"
        if at is not None and at > now:
            return f"{name}: expected a time that has been, got {text(at)}"
    return None
