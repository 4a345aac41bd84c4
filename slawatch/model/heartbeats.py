"""What those who make backups report of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from slawatch.model.time import Instant, Micros


class BeatKind(StrEnum):
    """What is reported: a replica that follows, a copy that was made, a restore that was tried."""

    REPLICA = "replica"
    HOURLY = "hourly"
    DAILY = "daily"
    RESTORE = "restore"


class Outcome(StrEnum):
    """How it went. RETIRED: from then on nothing is expected of the source any more."""

    GOOD = "good"
    FAILED = "failed"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """One report by a `source`, such as `db1`. `at`: when the copy was made, or how a replica stood.

    `lag`: how far a replica is behind. `duration`: how long a copy or a restore took. `who` reported it; `recorded`:
    when it came in, which the store sets.
    """

    source: str
    kind: BeatKind
    at: Instant
    outcome: Outcome = Outcome.GOOD
    lag: Micros | None = None
    duration: Micros | None = None
    who: str = ""
    recorded: Instant = 0
