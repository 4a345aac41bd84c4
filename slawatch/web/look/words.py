"""What states, verdicts, causes and checks are called on a page."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from slawatch.model import Cause
from slawatch.reporters.wording.tongue import mark

#: How a customer stands, and of a promise whether it is kept.
STATES: Mapping[str, str] = MappingProxyType(
    {
        "down": mark("Down"),
        "unknown": mark("Unknown"),
        "maintenance": mark("In maintenance"),
        "up": mark("Up"),
        "missed": mark("Promise missed"),
    }
)

#: Of each cause what was seen.
CAUSES: Mapping[str, str] = MappingProxyType(
    {
        Cause.DNS: mark("address not found"),
        Cause.CONNECT: mark("no connection"),
        Cause.TLS: mark("no secure connection"),
        Cause.HTTP_4XX: mark("page not available (4xx)"),
        Cause.HTTP_5XX: mark("error of the server (5xx)"),
        Cause.TIMEOUT_SERVER: mark("no answer in time"),
        Cause.TIMEOUT_READY: mark("page not complete in time"),
        Cause.SELECTOR_MISSING: mark("page without its content"),
        Cause.SCRIPT_ERROR: mark("error in the page"),
        Cause.LOGIN_UNAVAILABLE: mark("signing in not possible"),
        Cause.LOGIN_REJECTED: mark("our sign-in was refused"),
        Cause.BLOCKED: mark("we are kept out"),
        Cause.SELECTOR_DRIFT: mark("page looks different"),
        Cause.MONITOR_NETWORK: mark("our own network failed"),
        Cause.MONITOR_BROWSER: mark("our own browser failed"),
        Cause.MONITOR_OVERLOAD: mark("our own machine was busy"),
        Cause.MONITOR_MISSED: mark("not looked at in time"),
    }
)

#: Why a promise has no verdict, or a window does not count.
WHY: Mapping[str, str] = MappingProxyType(
    {
        "insufficient_coverage": mark("too little was measured to say"),
        "hotfix": mark("a hotfix counts"),
        "late_notice": mark("told too late"),
        "declared_late": mark("entered too late"),
        "no_notice": mark("not told (yet)"),
    }
)

#: What proves that a window was told.
PROOFS: Mapping[str, str] = MappingProxyType(
    {"mail": mark("by mail"), "declared": mark("declared"), "declared_late": mark("declared late")}
)

#: Where a window is in its life.
WINDOWS: Mapping[str, str] = MappingProxyType(
    {
        "planned": mark("planned"),
        "running": mark("running"),
        "over": mark("over"),
        "ended": mark("ended early"),
        "cancelled": mark("cancelled"),
    }
)

#: What is worked on.
REASONS: Mapping[str, str] = MappingProxyType(
    {
        "preventive": mark("preventive maintenance"),
        "new_version": mark("a new version"),
        "hotfix": mark("a hotfix"),
        "other": mark("other work"),
    }
)
