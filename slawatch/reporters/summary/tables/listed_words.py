"""What the words of closed lists are called in tables: short, one for each, by the word that statements use."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from slawatch.model import Cause, ExclusionKind, MessageState, Reason, Saying
from slawatch.reporters.summary.facts import Summary
from slawatch.reporters.wording.seen import CHECKS
from slawatch.reporters.wording.tongue import mark

#: Why nothing can be said of a promise, or why maintenance is not left out.
WHYS: Mapping[str, str] = MappingProxyType(
    {
        "insufficient_coverage": mark("too little was measured"),
        "not_watched": mark("not watched"),
        "nothing_happened": mark("nothing happened that it is about"),
        "hotfix": mark("a hotfix counts"),
        "late_notice": mark("told too late"),
        "declared_late": mark("declared after it began"),
        "no_notice": mark("nothing proves the notice"),
    }
)

CAUSES: Mapping[str, str] = MappingProxyType(
    {
        Cause.DNS: mark("address not found"),
        Cause.CONNECT: mark("no connection"),
        Cause.TLS: mark("no secure connection"),
        Cause.HTTP_4XX: mark("page not available (4xx)"),
        Cause.HTTP_5XX: mark("error of the application (5xx)"),
        Cause.TIMEOUT_SERVER: mark("no answer"),
        Cause.TIMEOUT_READY: mark("page not complete in time"),
        Cause.SELECTOR_MISSING: mark("page without its contents"),
        Cause.SCRIPT_ERROR: mark("error in the page"),
        Cause.LOGIN_UNAVAILABLE: mark("signing in failed"),
        Cause.LOGIN_REJECTED: mark("our sign-in was refused"),
        Cause.BLOCKED: mark("our looks were kept out"),
        Cause.SELECTOR_DRIFT: mark("page looks otherwise than expected"),
        Cause.MONITOR_NETWORK: mark("our own network failed"),
        Cause.MONITOR_BROWSER: mark("our own browser failed"),
        Cause.MONITOR_OVERLOAD: mark("our own machine was overloaded"),
        Cause.MONITOR_MISSED: mark("a look was skipped"),
    }
)

EXCLUSIONS: Mapping[str, str] = MappingProxyType(
    {
        ExclusionKind.MAINTENANCE: mark("maintenance"),
        ExclusionKind.FORCE_MAJEURE: mark("force majeure"),
    }
)

#: What proves that a window was told.
PROOFS: Mapping[str, str] = MappingProxyType(
    {
        "mail": mark("by mail"),
        "declared": mark("declared by a person"),
        "declared_late": mark("declared after it began"),
    }
)

REASONS: Mapping[str, str] = MappingProxyType(
    {
        Reason.PREVENTIVE: mark("preventive maintenance"),
        Reason.NEW_VERSION: mark("new version"),
        Reason.HOTFIX: mark("hotfix"),
        Reason.OTHER: mark("other work"),
    }
)

SAYINGS: Mapping[str, str] = MappingProxyType(
    {
        Saying.OUTAGE: mark("outage"),
        Saying.AGAIN: mark("outage again"),
        Saying.OVERRUN: mark("still down after maintenance"),
        Saying.UPDATE: mark("update"),
        Saying.RECOVERY: mark("recovery"),
        Saying.OVER: mark("outage, over already"),
        Saying.ANNOUNCED: mark("announcement"),
        Saying.CHANGED: mark("change"),
        Saying.CANCELLED: mark("cancellation"),
        Saying.REMINDER: mark("reminder"),
        Saying.DIGEST: mark("overview"),
    }
)

STATES: Mapping[str, str] = MappingProxyType(
    {
        MessageState.QUEUED: mark("waiting"),
        MessageState.SENDING: mark("being sent"),
        MessageState.ACCEPTED: mark("accepted"),
        MessageState.FAILED: mark("refused"),
        MessageState.FOLDED: mark("said in another mail"),
        MessageState.DROPPED: mark("not sent"),
    }
)


def checks(summary: Summary) -> Mapping[str, str]:
    """What the customer calls what is looked at, and else what we do."""
    return {**CHECKS, **summary.labels}
