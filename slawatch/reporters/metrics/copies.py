"""How sources of backups stand, as numbers of their metrics."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from slawatch.reporters.metrics import catalogue as c
from slawatch.reporters.metrics.catalogue import Family, Labels


@dataclass(frozen=True, slots=True)
class Copy:
    """How one source of backups stands: `kind` as it reports it. What does not belong to its kind is None.

    `age_seconds`: of its last good copy. `lag_seconds`: of a replica. `restore_seconds`: of the last drill.
    """

    source: str
    kind: str
    late: bool
    age_seconds: float | None = None
    lag_seconds: float | None = None
    restore_seconds: float | None = None


def told_of(copies: Collection[Copy]) -> Mapping[Family, Mapping[Labels, float]]:
    """All series of these metrics. Of two kinds of one source the younger copy counts."""
    return {
        c.BACKUP_LATE: {(one.source, one.kind): int(one.late) for one in copies},
        c.BACKUP_AGE: _least((one.source, one.age_seconds) for one in copies),
        c.BACKUP_LAG: _least((one.source, one.lag_seconds) for one in copies),
        c.RESTORE_DURATION: _least((one.source, one.restore_seconds) for one in copies),
    }


def _least(values: Iterable[tuple[str, float | None]]) -> dict[Labels, float]:
    """The least of each source; of a source without any, nothing."""
    found: dict[Labels, float] = {}
    for source, value in sorted((source, value) for source, value in values if value is not None):
        found.setdefault((source,), value)
    return found
