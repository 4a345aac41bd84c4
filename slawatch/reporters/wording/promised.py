"""What each promise of the agreement is called."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from slawatch.reporters.wording.tongue import mark

#: By the id of the promise.
PROMISES: Mapping[str, str] = MappingProxyType(
    {
        "availability": mark("Availability"),
        "speed": mark("Speed"),
        "maintenance": mark("Maintenance told in time"),
        "outage-mail": mark("Outages mailed at once"),
        "backup-replica": mark("A copy each second"),
        "backup-hourly": mark("A backup each hour"),
        "backup-daily": mark("A backup each day"),
        "restore": mark("Restored within an hour"),
        "https": mark("Encrypted connections"),
        "incidents": mark("Incidents dealt with in time"),
        "portal": mark("Manual and answers at hand"),
        "signalling": mark("Many questions noticed"),
        "access": mark("Access only with permission"),
    }
)
