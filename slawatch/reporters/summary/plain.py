"""A summary's statement as JSON."""

from __future__ import annotations

import json

from slawatch.reporters.summary.facts import Outage, Summary
from slawatch.rules.calendar import text
from slawatch.rules.document import Document


def as_json(summary: Summary) -> bytes:
    """The text that `slawatch report --format json` prints, for ourselves: with what operators said of the outages."""
    return _written(_closed(summary) | {"outages": list(map(_outage, summary.statement["outages"], summary.outages))})


def for_others(summary: Summary) -> bytes:
    """The same without what operators said among themselves."""
    return _written(_closed(summary))


def _closed(summary: Summary) -> Document:
    """The figures in the statement's order, nothing rounded, and after them who closed the month."""
    one = summary.revision
    if one is None:
        return summary.statement
    return summary.statement | {
        "closed": {"at": text(one.recorded), "who": one.who, "why": one.why, "sha256": one.digest}
    }


def _written(told: Document) -> bytes:
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
