"""Windows of the configuration are declarations too: valid from when they were loaded, and never changed backwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from slawatch.model import Declaration, Exclusion, Instant, Reason, Version
from slawatch.rules.declared import CONFIGURATION, Standing, Window
from slawatch.rules.windows import announcement, cancelled, ended, new_version

#: Who declares what the configuration gives no name for.
FILE = "slawatch.yaml"

#: Between a name that is used again and how often it was; no name in the configuration has it.
_AGAIN = "~"


def reconcile(
    standings: Mapping[str, Standing], wanted: Mapping[str, Sequence[Exclusion]], now: Instant
) -> tuple[Declaration, ...]:
    """What has to be declared so that the ledger says of each customer's windows what the configuration says now.

    Each `wanted` exclusion has its window's name. A new one is announced, a changed one gets a new version, as does one
    that comes back after it was cancelled, or dropped while it ran; one that is gone is cancelled, or ended at `now`
    when it runs. What is over stays as it was: where its name is used again for a later time, that is another window,
    `upgrade~2` after `upgrade`. Past occurrences of a series that is new are not made up.
    """
    declarations: list[Declaration] = []
    for customer, windows in wanted.items():
        configured = (one for one in standings[customer].windows.values() if one.configured)
        stands = {_name(one.id): one for one in configured}  # of a name that was used again the last one
        for written in windows:
            declarations += _written(stands.get(str(written.id)), written, customer, now)
        kept = {one.id for one in windows}
        for name, window in stands.items():
            if name not in kept and not window.over(now):
                declarations.append(_gone(window, now))
    return tuple(declarations)


def _written(window: Window | None, written: Exclusion, customer: str, now: Instant) -> list[Declaration]:
    """What one window of the configuration has the ledger say; nothing where it says it, or says no more of it."""
    version = Version(written.starts, written.ends, written.announced, written.announced_by, now)
    reason, text = written.reason or str(Reason.OTHER), written.text
    who = written.announced_by or FILE
    past = written.ends <= now
    if window is None:
        id_ = str(written.id)
        if "." in id_ and past:
            return []
        return [announcement(id_, customer, version, reason, text, who=who, now=now, source=CONFIGURATION)]
    if not past and _is_another(window, written, now):
        running = [] if window.over(now) else [_gone(window, now)]
        id_ = _next(window.id)
        return [*running, announcement(id_, customer, version, reason, text, who=who, now=now, source=CONFIGURATION)]
    if past and window.latest.starts > now:  # its number in the series is that of a past time now
        return [] if window.over(now) else [_gone(window, now)]
    back = not past and (window.cancelled is not None or (window.dropped and window.latest.ends > now))
    changed = not window.over(now) and _differs(window, written, reason)
    return [new_version(window, version, reason, text, who=who, now=now)] if back or changed else []


def _is_another(window: Window, written: Exclusion, now: Instant) -> bool:
    """Whether what is written begins later than the window did, and when that was over or is cut off: at `now`."""
    if window.cancelled is not None or written.starts <= window.latest.starts:
        return False
    over = now if window.ended is None else window.ended
    return window.latest.starts <= now and written.starts >= min(over, window.latest.ends)


def _gone(window: Window, now: Instant) -> Declaration:
    if window.latest.starts <= now:
        return ended(window, now, who=FILE, now=now, source=CONFIGURATION)
    return cancelled(window, who=FILE, now=now)


def _name(id_: str) -> str:
    """The name in the configuration of the window with this id."""
    return id_.partition(_AGAIN)[0]


def _next(id_: str) -> str:
    """The id of a window whose name was that of the window with this id before."""
    name, _, number = id_.partition(_AGAIN)
    return f"{name}{_AGAIN}{int(number or 1) + 1}"


def _differs(window: Window, written: Exclusion, reason: str) -> bool:
    latest = window.latest
    stands = (latest.starts, latest.ends, latest.announced, latest.announced_by, window.reason, window.text)
    return stands != (written.starts, written.ends, written.announced, written.announced_by, reason, written.text)
