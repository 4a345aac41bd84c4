"""The verb verify on an evidence bundle."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click

from slawatch.account import CheckedBundle, check_bundle
from slawatch.cli.refusal import BAD_INPUT, DONE, BadInput
from slawatch.reporters.wording.phrasing import one_line


def is_bundle(named: str) -> bool:
    """Whether it names a file rather than a customer."""
    return named.endswith(".zip") or os.sep in named or _begins_as_zip(named)


def _begins_as_zip(named: str) -> bool:
    try:
        with Path(named).open("rb") as file:
            return file.read(2) == b"PK"
    except (OSError, ValueError):
        return False


def verify_bundle(path: Path, *, as_json: bool) -> int:
    """Tells what a bundle is and what in it does not hold. Raises BadInput for a file that cannot be read."""
    try:
        with path.open("rb") as file:
            told = check_bundle(file)
    except OSError as error:
        raise BadInput(f"{path}: cannot be read: {error.strerror}") from error
    if as_json:
        click.echo(json.dumps(_verdict(path, told)))
    elif told.faults:
        for fault in told.faults:
            click.echo(f"{path}: {fault}", err=True)
    else:
        what = f"{one_line(told.customer or '')} {told.month} revision {told.revision}"
        click.echo(f"{path}: {what}: holds ({told.looks:,} looks; the digest of the revision is {told.sha256})")
    return BAD_INPUT if told.faults else DONE


def _verdict(path: Path, told: CheckedBundle) -> dict[str, str | int | list[str] | None]:
    return {
        "bundle": str(path),
        "customer": told.customer,
        "month": told.month,
        "revision": told.revision,
        "sha256": told.sha256,
        "fault": told.faults[0] if told.faults else None,
        "faults": list(told.faults),
        "looks": told.looks,
    }
