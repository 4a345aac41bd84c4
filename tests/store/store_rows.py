"""Ledger rows for tests, short to write and every field fixed, a clock that is set by hand, and files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from slawatch.model import (
    VERDICTS,
    Cause,
    CheckId,
    Event,
    EventKind,
    Look,
    Message,
    MessageKind,
    Observation,
    Verdict,
)
from slawatch.store import ObservationRow, SealedDay, pack


def look(
    at: int, cause: Cause | None = None, check: str = "dashboard", customer: str = "duinzicht", **more: Any
) -> Observation:
    """An `up` look of 840 ms, or one with `cause`."""
    verdict = Verdict.UP if cause is None else VERDICTS[cause]
    seen = Look(verdict, cause, milliseconds=840, phases=more.pop("phases", {}), facts=more.pop("facts", {}))
    kind = "http" if check == "http" else "page"
    return Observation(CheckId(customer, kind, check), more.pop("node", "main"), at, seen, **more)


def sealed(rows: Sequence[ObservationRow], starts: int, ends: int, customer: str = "duinzicht") -> SealedDay:
    """The day that has these looks of one check, at least one."""
    ups = [at for _, _, at, verdict, *_ in rows if verdict == Verdict.UP]
    last_up = ups[-1] if ups else None
    return SealedDay(customer, rows[0][0], starts, ends, len(rows), last_up, "digest", pack(rows), b"", ends)


def event(kind: EventKind, at: int, outage: str = "o1", customer: str = "duinzicht", **more: Any) -> Event:
    checks = more.pop("checks", ("dashboard",))
    cause = more.pop("cause", Cause.HTTP_5XX)
    return Event(f"{outage}-{kind}-{at}", customer, kind, outage, at, at + 5, checks, cause)


def message(
    kind: MessageKind, sequence: int = 1, outage: str = "o1", contact: str = "a@duinzicht.example", **more: Any
) -> Message:
    name = f"{outage}-{contact}-{kind}-{sequence}"
    return Message(
        id=more.pop("id", name),
        customer=more.pop("customer", "duinzicht"),
        contact=contact,
        language="nl",
        kind=kind,
        outage=outage,
        sequence=sequence,
        message_id=more.pop("message_id", f"<{name}@slawatch.example>"),
        thread=f"<{outage}@slawatch.example>",
        created=more.pop("created", 100),
        due=more.pop("due", 100),
        **more,
    )


class SetClock:
    """A clock that shows what it was set to."""

    def __init__(self) -> None:
        self.now = 1_800_000_000_000_000

    def __call__(self) -> int:
        return self.now


def read_file(path: Path) -> bytes:
    return path.read_bytes()


def write_file(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def names_in(folder: Path) -> list[str]:
    return sorted(found.name for found in folder.iterdir())
