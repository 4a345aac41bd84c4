"""Windows of the configuration are declarations too: valid from when they were loaded, and never changed backwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from slawatch.model import Declaration, Exclusion, Instant, Reason, Version
from slawatch.rules.declared import Standing, Window
from slawatch.rules.windows import announcement, cancelled, ended, new_version

#: Who declares what the configuration gives no name for.
FILE = "slawatch.yaml"


def reconcile(
    standings: Mapping[str, Standing], wanted: Mapping[str, Sequence[Exclusion]], now: Instant
) -> tuple[Declaration, ...]:
    """What has to be declared so that the ledger says of each customer's windows what the configuration says now.

    Each `wanted` exclusion has its window's id. A new one is announced, a changed one gets a new version, as does one
    that comes back after it was cancelled; one that is gone is cancelled, or ended at `now` when it runs. What is over
    stays as it was, and past occurrences of a series that is new are not made up.
    """
    declarations: list[Declaration] = []
    for customer, windows in wanted.items():
        stands = {id_: one for id_, one in standings[customer].windows.items() if one.configured}
        for written in windows:
            said = _written(stands.get(str(written.id)), written, customer, now)
            if said is not None:
                declarations.append(said)
        kept = {one.id for one in windows}
        for id_, window in stands.items():
            if id_ not in kept and not window.over(now):
                begun = window.latest.starts <= now
                gone = ended(window, now, who=FILE, now=now) if begun else cancelled(window, who=FILE, now=now)
                declarations.append(gone)
    return tuple(declarations)


def _written(window: Window | None, written: Exclusion, customer: str, now: Instant) -> Declaration | None:
    """What one window of the configuration has the ledger say; None where it says it, or says nothing more of it."""
    version = Version(written.starts, written.ends, written.announced, written.announced_by, now)
    reason, text = written.reason or str(Reason.OTHER), written.text
    who = written.announced_by or FILE
    if window is None:
        id_ = str(written.id)
        if "." in id_ and written.ends <= now:
            return None
        return announcement(id_, customer, version, reason, text, who=who, now=now, source="configuration")
    back = window.cancelled is not None and written.ends > now
    changed = not window.over(now) and _differs(window, written, reason)
    return new_version(window, version, reason, text, who=who, now=now) if back or changed else None


def _differs(window: Window, written: Exclusion, reason: str) -> bool:
    latest = window.latest
    stands = (latest.starts, latest.ends, latest.announced, latest.announced_by, window.reason, window.text)
    return stands != (written.starts, written.ends, written.announced, written.announced_by, reason, written.text)
