"""What people declare."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from slawatch.model.time import Instant


class DeclarationKind(StrEnum):
    """What a person can declare. Each is a row of the ledger; none is ever edited or taken away."""

    WINDOW_ANNOUNCED = "window_announced"
    WINDOW_MOVED = "window_moved"  # a new version: other times, another notice or other words
    WINDOW_ENDED = "window_ended"
    WINDOW_CANCELLED = "window_cancelled"
    EXCLUSION_ADDED = "exclusion_added"
    EXCLUSION_WITHDRAWN = "exclusion_withdrawn"
    NOTICE_VOIDED = "notice_voided"
    OUTAGE_NOTED = "outage_noted"
    OUTAGE_ACKNOWLEDGED = "outage_acknowledged"
    OUTAGE_UPDATED = "outage_updated"  # words for the customers, mailed at once
    CONTACT_CHOSE = "contact_chose"  # what a contact wants to hear of; the subject is its address


@dataclass(frozen=True, slots=True)
class Declaration:
    """What somebody declared about one customer: who, when and what.

    `id`: unique, so that a repeated write changes nothing. `subject`: the id of the window, exclusion, message or
    outage that it is about. `recorded`: when it was entered. `facts`: small plain values, by the kind.
    """

    id: str
    customer: str
    kind: DeclarationKind
    subject: str
    recorded: Instant
    who: str
    facts: Mapping[str, Any] = field(default_factory=dict)
