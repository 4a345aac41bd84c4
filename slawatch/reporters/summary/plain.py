"""A summary's statement as JSON: the text that `slawatch report --format json` prints."""

from __future__ import annotations

import json

from slawatch.reporters.summary.facts import Outage, Summary
from slawatch.rules.calendar import text
from slawatch.rules.document import Document


def as_json(summary: Summary) -> bytes:
    """Nothing rounded, the keys in the statement's order; then `closed`, and at each outage what operators said."""
    told = summary.statement | {"outages": list(map(_outage, summary.statement["outages"], summary.outages))}
    if summary.revision is not None:
        one = summary.revision
        told["closed"] = {"at": text(one.recorded), "who": one.who, "why": one.why, "sha256": one.digest}
    return (json.dumps(told, indent=2, ensure_ascii=False) + "\n").encode()


def _outage(told: Document, one: Outage) -> Document:
    notes = [
        {"at": text(said.at), "who": said.who, "text": said.text, "ticket": said.ticket}
        for said in one.remarks
        if not said.public
    ]
    if not notes and one.acknowledged is None:
        return told
    acknowledged = None if one.acknowledged is None else text(one.acknowledged)
    return told | {"notes": notes, "acknowledged": acknowledged, "acknowledged_by": one.acknowledged_by}
