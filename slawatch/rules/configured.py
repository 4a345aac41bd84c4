"""Windows of the configuration are declarations too: valid from when they were loaded, and never changed backwards."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from slawatch.model import Declaration, Exclusion, Instant, Reason, Version
from slawatch.rules.declared import Standing, Window
from slawatch.rules.windows import announcement, cancelled, ended, new_version
from slawatch.rules.wording import next_id

#: Who declares what the configuration gives no name for.
FILE = "slawatch.yaml"


def reconcile(
    standings: Mapping[str, Standing], wanted: Mapping[str, Sequence[Exclusion]], now: Instant
) -> tuple[Declaration, ...]:
    """What has to be declared so that the ledger says of each customer's windows what the configuration says now.

    A new window is announced, a changed one gets a new version, and one that is gone is cancelled, or ended at `now`
    when it runs. What is over stays as it was. A new window of several customers has one id.
    """
    number = int(re.sub(r"\D", "", next_id("w", standings)))
    ids: dict[Exclusion, str] = {}
    declarations: list[Declaration] = []
    for customer, windows in wanted.items():
        alive = [one for one in standings[customer].windows.values() if one.configured and one.cancelled is None]
        pairs, new = _pair(alive, windows)
        for window, written in pairs:
            if not window.over(now) and _differs(window, written):
                who = written.announced_by or FILE
                declarations.append(
                    new_version(window, _version(written, now), _reason(written), written.text, who=who, now=now)
                )
        kept = {window.id for window, _ in pairs}
        for window in alive:
            if window.id not in kept and not window.over(now):
                begun = window.latest.starts <= now
                gone = ended(window, now, who=FILE, now=now) if begun else cancelled(window, who=FILE, now=now)
                declarations.append(gone)
        for written in new:
            id_ = ids.setdefault(written, f"w{number + len(ids)}")
            who = written.announced_by or FILE
            declarations.append(
                announcement(
                    id_,
                    customer,
                    _version(written, now),
                    _reason(written),
                    written.text,
                    who=who,
                    now=now,
                    source="configuration",
                )
            )
    return tuple(declarations)


def _pair(
    windows: Iterable[Window], written: Iterable[Exclusion]
) -> tuple[list[tuple[Window, Exclusion]], list[Exclusion]]:
    """Which written window is which standing one: first by the same times, then by the first that it overlaps."""
    free, left = list(windows), list(written)
    pairs: list[tuple[Window, Exclusion]] = []
    for same in (_same_times, _overlap):
        for one in tuple(left):
            window = next((found for found in free if same(found.latest, one)), None)
            if window is not None:
                pairs.append((window, one))
                free.remove(window)
                left.remove(one)
    return pairs, left


def _same_times(version: Version, written: Exclusion) -> bool:
    return (version.starts, version.ends) == (written.starts, written.ends)


def _overlap(version: Version, written: Exclusion) -> bool:
    return version.starts < written.ends and written.starts < version.ends


def _version(written: Exclusion, now: Instant) -> Version:
    return Version(written.starts, written.ends, written.announced, written.announced_by, now)


def _reason(written: Exclusion) -> str:
    return written.reason or str(Reason.OTHER)


def _differs(window: Window, written: Exclusion) -> bool:
    latest = window.latest
    stands = (latest.starts, latest.ends, latest.announced, latest.announced_by, window.reason, window.text)
    wanted = (written.starts, written.ends, written.announced, written.announced_by, _reason(written), written.text)
    return stands != wanted
