"""What an evidence bundle holds: the names of its files, and its two lists of them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

README = "README.txt"
#: What people read.
HTML, XLSX = "summary.html", "summary.xlsx"
STATEMENT = "statement.json"
#: Lines of JSON. What the figures follow from:
TERMS, OBSERVATIONS, EXCLUSIONS = "terms.jsonl", "observations.jsonl", "exclusions.jsonl"
#: and what was told and done about it.
MESSAGES, EVENTS, REVISIONS = "messages.jsonl", "events.jsonl", "revisions.jsonl"
#: What others reported of the month: incidents that were due in it, and heartbeats of backups.
INCIDENTS, HEARTBEATS = "incidents.jsonl", "heartbeats.jsonl"
#: The lists: of all the files before, and of those and the manifest, for `sha256sum -c`.
MANIFEST, SUMS = "manifest.json", "SHA256SUMS"

#: In this order.
LISTED = (
    README,
    HTML,
    XLSX,
    STATEMENT,
    REVISIONS,
    TERMS,
    EXCLUSIONS,
    OBSERVATIONS,
    EVENTS,
    MESSAGES,
    INCIDENTS,
    HEARTBEATS,
)
FILES = (*LISTED, MANIFEST, SUMS)

#: The version of all this.
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Listed:
    """A file of the bundle. `rows`: its lines, of lines of JSON; None of any other."""

    path: str
    sha256: str
    bytes: int
    rows: int | None


def manifest(about: dict[str, Any], files: Iterable[Listed]) -> bytes:
    """`about`: whose bundle it is, of which month, and of which revision."""
    told = {"format": FORMAT, **about, "files": [asdict(one) for one in files]}
    return (json.dumps(told, indent=2, ensure_ascii=False) + "\n").encode()


def sums(digests: Iterable[tuple[str, str]]) -> bytes:
    """Paths and their digests as `sha256sum` writes them."""
    return "".join(f"{digest}  {path}\n" for path, digest in digests).encode()
