"""A summary's statement as JSON: the text that `slawatch report --format json` prints."""

from __future__ import annotations

import json

from slawatch.reporters.summary.facts import Summary


def as_json(summary: Summary) -> bytes:
    """Its keys in their order, nothing rounded."""
    return (json.dumps(summary.statement, indent=2, ensure_ascii=False) + "\n").encode()
