"""Rule 4: a customer's outages are the union of its checks' outages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from slawatch.model import Cause, Instant
from slawatch.rules.timeline import CheckOutage


@dataclass(frozen=True, slots=True)
class Outage:
    """A customer's outage; `ends` is None while it lasts, `cause` is that of the earliest down look."""

    starts: Instant
    ends: Instant | None
    cause: Cause
    checks: tuple[str, ...]


def union(checks: Mapping[str, tuple[CheckOutage, ...]]) -> tuple[Outage, ...]:
    """All the checks' outages in order, merged where they overlap or touch.

    Of checks that went down at one instant the first in `checks` gives the cause.
    """
    single = sorted(
        ((outage.starts, name, outage) for name, outages in checks.items() for outage in outages),
        key=lambda row: row[0],
    )
    merged: list[Outage] = []
    for starts, name, outage in single:
        last = merged[-1] if merged else None
        if last is None or (last.ends is not None and starts > last.ends):
            merged.append(Outage(starts, outage.ends, outage.cause, (name,)))
            continue
        ends = None if last.ends is None or outage.ends is None else max(last.ends, outage.ends)
        names = tuple(sorted({*last.checks, name}))
        merged[-1] = Outage(last.starts, ends, last.cause, names)
    return tuple(merged)
