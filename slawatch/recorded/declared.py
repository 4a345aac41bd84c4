"""Declared exclusions as lines of JSON, with what was declared of them before."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from slawatch.model import Exclusion, ExclusionKind, Instant, Terms, Version
from slawatch.recorded.lines import BadRecording, Fault, customer_of, each, instant_at, words
from slawatch.rules.calendar import text
from slawatch.rules.document import version_document
from slawatch.rules.exclusions import last_version


def exclusions(lines: Iterable[bytes], name: str, customer: str, all_terms: Mapping[str, Terms]) -> list[Exclusion]:
    """The declared exclusions that concern `customer`; lines of the others are checked and left out.

    Raises `BadRecording` with all faults found, each as `name:line: ...`.
    """
    found: list[Exclusion] = []
    faults: list[str] = []

    def take(row: Mapping[str, Any], _: int) -> None:
        whose = customer_of(row, customer, all_terms)
        one = _exclusion(row)
        if whose == customer:
            found.append(one)

    each(lines, name, take, faults)
    if faults:
        raise BadRecording(faults)
    return found


def _exclusion(row: Mapping[str, Any]) -> Exclusion:
    try:
        kind = ExclusionKind(row["kind"])
    except (KeyError, ValueError):
        raise Fault(f"kind: expected maintenance or force_majeure, got {row.get('kind')!r}") from None
    starts, ends = _times(row)
    reason, named, told = words(row, "reason"), words(row, "id"), words(row, "text")
    if kind is ExclusionKind.FORCE_MAJEURE:
        approved_by = words(row, "approved_by")
        if approved_by is None or reason is None:
            raise Fault("a force majeure needs approved_by, who approved it, and reason, why")
        if row.get("versions") is not None:
            raise Fault("versions: expected none, as the kind is force_majeure")
        return Exclusion(kind, starts, ends, reason=reason, approved_by=approved_by, id=named, text=told)
    ended = None if row.get("ended") is None else instant_at(row, "ended")
    if ended is not None and ended < starts:
        raise Fault(f"ended: expected a time from starts {text(starts)} on, got {text(ended)}")
    last = _version(row)
    return Exclusion(
        kind,
        starts,
        ends,
        announced=last.announced,
        announced_by=last.announced_by,
        entered=last.entered,
        ended=ended,
        reason=reason,
        id=named,
        text=told,
        earlier=_earlier(row),
    )


def _earlier(row: Mapping[str, Any]) -> tuple[Version, ...]:
    """The versions before the last, in the order in which they are written: the oldest first."""
    written = row.get("versions")
    if written is None:
        return ()
    if not isinstance(written, list):
        raise Fault(f"versions: expected a list of earlier versions, the oldest first, got {written!r}")
    return tuple(_numbered(number, one) for number, one in enumerate(written))


def _numbered(number: int, written: Any) -> Version:
    if not isinstance(written, dict):
        raise Fault(f"versions[{number}]: expected a JSON object with starts and ends, got {written!r}")
    try:
        return _version(written)
    except Fault as fault:
        raise Fault(f"versions[{number}].{fault.what}") from None


def _version(row: Mapping[str, Any]) -> Version:
    starts, ends = _times(row)
    return Version(
        starts,
        ends,
        announced=None if row.get("announced") is None else instant_at(row, "announced"),
        announced_by=words(row, "announced_by"),
        entered=None if row.get("entered") is None else instant_at(row, "entered"),
    )


def _times(row: Mapping[str, Any]) -> tuple[Instant, Instant]:
    starts, ends = instant_at(row, "starts"), instant_at(row, "ends")
    if starts >= ends:
        raise Fault(f"ends: expected a time after starts {text(starts)}, got {text(ends)}")
    return starts, ends


def exclusion_line(exclusion: Exclusion) -> str:
    """One exclusion as `replay` reads it, without the line's end; what it does not say is left out."""
    last = version_document(last_version(exclusion))
    row: dict[str, Any] = {
        "kind": str(exclusion.kind),
        **last,
        "ended": None if exclusion.ended is None else text(exclusion.ended),
        "approved_by": exclusion.approved_by,
        "reason": exclusion.reason,
        "id": exclusion.id,
        "text": exclusion.text,
        "versions": [_said(version_document(one)) for one in exclusion.earlier] or None,
    }
    return json.dumps(_said(row))


def _said(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if value is not None}
