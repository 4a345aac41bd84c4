"""What a look saw, and which look it was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from slawatch.model.time import SECOND, Instant, Micros


class Verdict(StrEnum):
    """What one look saw. `unknown` means that we could not look: it counts for nobody and is never hidden."""

    UP = "up"
    DOWN = "down"
    UNKNOWN = "unknown"


class Cause(StrEnum):
    """Why a look was not `up`: the closed list."""

    DNS = "dns"
    CONNECT = "connect"
    TLS = "tls"
    HTTP_4XX = "http_4xx"
    HTTP_5XX = "http_5xx"
    TIMEOUT_SERVER = "timeout_server"
    TIMEOUT_READY = "timeout_ready"
    SELECTOR_MISSING = "selector_missing"
    SCRIPT_ERROR = "script_error"
    LOGIN_UNAVAILABLE = "login_unavailable"
    LOGIN_REJECTED = "login_rejected"
    BLOCKED = "blocked"
    SELECTOR_DRIFT = "selector_drift"
    MONITOR_NETWORK = "monitor_network"
    MONITOR_BROWSER = "monitor_browser"
    MONITOR_OVERLOAD = "monitor_overload"
    MONITOR_MISSED = "monitor_missed"


#: The verdict that each cause leads to.
VERDICTS: Mapping[Cause, Verdict] = {
    Cause.DNS: Verdict.DOWN,
    Cause.CONNECT: Verdict.DOWN,
    Cause.TLS: Verdict.DOWN,
    Cause.HTTP_4XX: Verdict.DOWN,
    Cause.HTTP_5XX: Verdict.DOWN,
    Cause.TIMEOUT_SERVER: Verdict.DOWN,
    Cause.TIMEOUT_READY: Verdict.DOWN,
    Cause.SELECTOR_MISSING: Verdict.DOWN,
    Cause.SCRIPT_ERROR: Verdict.DOWN,
    Cause.LOGIN_UNAVAILABLE: Verdict.DOWN,
    Cause.LOGIN_REJECTED: Verdict.UNKNOWN,
    Cause.BLOCKED: Verdict.UNKNOWN,
    Cause.SELECTOR_DRIFT: Verdict.UNKNOWN,
    Cause.MONITOR_NETWORK: Verdict.UNKNOWN,
    Cause.MONITOR_BROWSER: Verdict.UNKNOWN,
    Cause.MONITOR_OVERLOAD: Verdict.UNKNOWN,
    Cause.MONITOR_MISSED: Verdict.UNKNOWN,
}

#: Causes that say that slawatch itself was in trouble: its network, its browser, its machine.
MONITOR_CAUSES = (Cause.MONITOR_NETWORK, Cause.MONITOR_BROWSER, Cause.MONITOR_OVERLOAD, Cause.MONITOR_MISSED)


@dataclass(frozen=True, slots=True)
class CheckId:
    """One thing looked at on a schedule; written `customer/kind/name`. A name is unique within its customer."""

    customer: str
    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.customer}/{self.kind}/{self.name}"


@dataclass(frozen=True, slots=True)
class Look:
    """What a probe brings back from one look, before anyone says when and for which check it was.

    `milliseconds`: whole, rounded up. For an `up` page the time from navigation start to the painted, ready page;
    for any other look how long it took to find out, or None. `phases`: milliseconds by phase name. `facts`: small
    plain values for a person (status, url without query, browser version); never a secret, a cookie or page text.
    """

    verdict: Verdict
    cause: Cause | None = None
    milliseconds: int | None = None
    phases: Mapping[str, float] = field(default_factory=dict)
    facts: Mapping[str, str | int | float | bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        expected = Verdict.UP if self.cause is None else VERDICTS[self.cause]
        if self.verdict is not expected:
            raise ValueError(f"cause {self.cause} goes with verdict {expected}, not {self.verdict}")


@dataclass(frozen=True, slots=True)
class Observation:
    """One look, placed: the ledger's row.

    `at`: the scheduled slot, or for a recheck the moment it began. `recheck`: not on the grid, so never a load of
    the speed figure. `holds`: how long it may speak for its check when nothing newer comes (`stale_after`).
    """

    check: CheckId
    node: str
    at: Instant
    look: Look
    recheck: bool = False
    holds: Micros = 180 * SECOND

    @property
    def verdict(self) -> Verdict:
        return self.look.verdict
