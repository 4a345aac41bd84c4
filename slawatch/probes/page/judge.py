"""What a visit means: a pure rule from what was seen to a cause. `docs/probes.md` explains the table."""

from __future__ import annotations

from slawatch.model import Cause
from slawatch.probes.page.net_errors import cause_of
from slawatch.probes.page.visit import Visit, Waiting, refused

#: Answers by which a site keeps us out: 403 Forbidden, 429 Too Many Requests.
KEPT_OUT = frozenset({403, 429})

#: Causes that a starved machine may bring about: time ran out. Every other one is a definite answer.
OF_TIME = frozenset({Cause.TIMEOUT_SERVER, Cause.TIMEOUT_READY, Cause.SELECTOR_MISSING, Cause.SCRIPT_ERROR})


def judge(visit: Visit, *, seen_ready: bool) -> Cause | None:
    """Why the page was not there, or None when it was. `seen_ready`: its ready selector was seen before.

    Signed-out pages are the login's matter and are asked for before this.
    """
    if visit.error is not None:
        return cause_of(visit.error)
    if visit.status is None:
        return Cause.TIMEOUT_SERVER
    if visit.status >= 400 or refused(visit.headers):
        return cause_of_status(visit)
    if visit.ready is not None:
        return None
    if visit.selector_invalid:
        return Cause.SELECTOR_DRIFT
    return _cause_of_waiting(visit.waiting or Waiting(), seen_ready=seen_ready)


def cause_of_status(visit: Visit) -> Cause:
    """The cause of an answer with an error's status, or a challenge."""
    if refused(visit.headers) or visit.status in KEPT_OUT:
        return Cause.BLOCKED
    return Cause.HTTP_5XX if (visit.status or 0) >= 500 else Cause.HTTP_4XX


def _cause_of_waiting(waiting: Waiting, *, seen_ready: bool) -> Cause:
    # A rejected promise is mostly the echo of a request that failed; the request is then the cause.
    if waiting.script_errors or (waiting.rejections and not waiting.missing):
        return Cause.SCRIPT_ERROR
    complete = waiting.answers and waiting.loaded and not waiting.missing and not waiting.busy
    if not complete or waiting.found:
        return Cause.TIMEOUT_READY
    # A complete page without what we wait for. It is we who look for the wrong thing only if it was never there.
    return Cause.SELECTOR_MISSING if seen_ready or not waiting.painted else Cause.SELECTOR_DRIFT
