"""What others report and slawatch cannot see: backups that are not as promised."""

from __future__ import annotations

from collections.abc import Iterator

from slawatch.reporters.alerts.rule import Alert, Severity, latest


def backups() -> Iterator[Alert]:
    yield Alert(
        "SlawatchBackupLate",
        Severity.TICKET,
        f"{latest('slawatch_backup_late')} == 1",
        "The {{ $labels.kind }} backup of {{ $labels.source }} is not as promised",
        "By what {{ $labels.source }} reports, its last good copy is too old, its replica too far behind or silent, "
        "or its last restore failed or took too long ({{ $labels.kind }}).",
        lasting="2m",
    )
