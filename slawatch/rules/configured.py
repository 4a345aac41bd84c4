"""Windows of the configuration are declarations too: valid from when they were loaded, and never changed backwards."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from slawatch.model import Declaration, Exclusion, Instant, Reason, Version
from slawatch.rules.declared import CONFIGURATION, MIGRATION
from slawatch.rules.series import numbered
from slawatch.rules.stands import Standing, Window
from slawatch.rules.windows import announcement, cancelled, ended, new_version

#: Who declares what the configuration gives no name for.
FILE = "slawatch.yaml"

#: Between a name that is used again and how often it was; no name in the configuration has it.
_AGAIN = "~"


def reconcile(
    standings: Mapping[str, Standing],
    wanted: Mapping[str, Sequence[Exclusion]],
    now: Instant,
    migrated: Collection[str] = (),
) -> tuple[Declaration, ...]:
    """What has to be declared so that the ledger says of each customer's windows what the configuration says now.

    Each `wanted` exclusion has its window's name. A new one is announced, a changed one gets a new version, as does one
    that comes back after it was cancelled, or dropped while it ran; one that is gone is cancelled, or ended at `now`
    when it runs. What is over stays as it was: where its name is used again for a later time, that is another window,
    `upgrade~2` after `upgrade`. Past occurrences of a series that is new are not made up.

    `migrated`: customers whom an older version watched, which kept no declarations and believed the configuration: of
    theirs what has begun is declared as it was believed, also past occurrences.
    """
    found: list[Declaration] = []
    for customer, windows in wanted.items():
        declarations: list[Declaration] = []
        configured = (one for one in standings[customer].windows.values() if one.configured)
        stands = {_name(one.id): one for one in configured}  # of a name that was used again the last one
        old = customer in migrated and not stands
        for written in windows:
            if old and written.starts <= now:
                declarations.append(_announced(str(written.id), written, customer, now, MIGRATION))
                continue
            declarations += _written(stands.get(str(written.id)), written, customer, now)
        kept = {one.id for one in windows}
        for name, window in stands.items():
            if name not in kept and not window.over(now):
                declarations.append(_gone(window, now))
        found += numbered(declarations, standings[customer], now)
    return tuple(found)


def _written(window: Window | None, written: Exclusion, customer: str, now: Instant) -> list[Declaration]:
    """What one window of the configuration has the ledger say; nothing where it says it, or says no more of it."""
    past = written.ends <= now
    if window is None:
        id_ = str(written.id)
        return [] if "." in id_ and past else [_announced(id_, written, customer, now)]
    if not past and _is_another(window, written, now):
        running = [] if window.over(now) else [_gone(window, now)]
        return [*running, _announced(_next(window.id), written, customer, now)]
    if past and window.latest.starts > now:  # its number in the series is that of a past time now
        return [] if window.over(now) else [_gone(window, now)]
    back = not past and (window.cancelled is not None or (window.dropped and window.latest.ends > now))
    if not back and (window.over(now) or not _differs(window, written)):
        return []
    who = written.announced_by or FILE
    version, rule = _version(written, now), _rule(written)
    return [new_version(window, version, _reason(written), written.text, who=who, now=now, **rule)]


def _announced(id_: str, written: Exclusion, customer: str, now: Instant, source: str = CONFIGURATION) -> Declaration:
    version, who = _version(written, now), written.announced_by or FILE
    more = _rule(written) | {"source": source}
    return announcement(id_, customer, version, _reason(written), written.text, who=who, now=now, **more)


def _rule(written: Exclusion) -> dict[str, str]:
    return {} if written.repeat is None else {"repeat": written.repeat}


def _version(written: Exclusion, now: Instant) -> Version:
    return Version(written.starts, written.ends, written.announced, written.announced_by, now)


def _reason(written: Exclusion) -> str:
    return written.reason or str(Reason.OTHER)


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


def _differs(window: Window, written: Exclusion) -> bool:
    latest = window.latest
    stands = (latest.starts, latest.ends, latest.announced, latest.announced_by, window.reason, window.text)
    return stands != (
        written.starts,
        written.ends,
        written.announced,
        written.announced_by,
        _reason(written),
        written.text,
    )
