"""What customers reported to the service desk."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from slawatch.model.time import Instant


class Priority(StrEnum):
    """How soon something is promised. NONE: nothing is, as for a wish."""

    ONE = "1"
    TWO = "2"
    THREE = "3"
    NONE = "none"


class IncidentKind(StrEnum):
    """What the agreement calls an incident: any report to the service desk."""

    FAULT = "fault"
    OUTAGE = "outage"
    WISH = "wish"
    QUESTION = "question"


@dataclass(frozen=True, slots=True)
class Incident:
    """One version of an incident: how it stood when it was recorded. `id`: the service desk's, unique with `customer`.

    `answered`, `solved`: None as long as it is not. `subject`: without personal data, may be empty. `source`: where it
    was read, such as a file's name. `recorded`: when this version was entered; the store sets it.
    """

    customer: str
    id: str
    priority: Priority
    opened: Instant
    answered: Instant | None = None
    solved: Instant | None = None
    kind: IncidentKind | None = None
    subject: str = ""
    source: str = ""
    recorded: Instant = 0
