"""What happens to an outage or a maintenance window."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from slawatch.model.looks import Cause
from slawatch.model.time import Instant


class EventKind(StrEnum):
    """What happened to a customer's outage; rows of the ledger, never edited."""

    OPENED = "outage_opened"
    JOINED = "outage_joined"  # another check of the customer went down in it
    CLOSED = "outage_closed"
    REOPENED = "outage_reopened"  # a check's outage, confirmed later, touches one that was closed
    OVERRAN = "maintenance_overran"  # a window's planned end came while the customer was down


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to an outage, or to a maintenance window.

    `outage`: the outage's id, chosen when it opens; of an overrun the window's id. `at`: the instant that the event
    speaks of (start for opened and joined, end for closed and overran). `recorded`: when it was judged, which for
    opened is the confirmation. `cause`: that of the earliest down look.
    """

    id: str
    customer: str
    kind: EventKind
    outage: str
    at: Instant
    recorded: Instant
    checks: tuple[str, ...]
    cause: Cause | None = None
