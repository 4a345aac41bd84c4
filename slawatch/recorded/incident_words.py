"""What service desks call things, in Dutch and English, and how they write times."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from slawatch.model import IncidentKind, Instant, Priority
from slawatch.rules.calendar import instant, resolve

#: What each column of a table may be called; the first is ours, and the only one in lines of JSON.
NAMES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "customer": ("customer", "klant"),
        "id": ("id", "number", "nummer", "incident"),
        "priority": ("priority", "prioriteit", "prio"),
        "opened": ("opened", "gemeld", "aangemaakt"),
        "answered": ("answered", "beantwoord"),
        "solved": ("solved", "opgelost"),
        "kind": ("kind", "soort"),
        "subject": ("subject", "onderwerp"),
    }
)
#: A table has these for certain: without one, all would look as if nothing was ever solved.
NEEDED = ("customer", "id", "priority", "opened", "answered", "solved")

PRIORITIES: Mapping[str, Priority] = MappingProxyType(
    {
        form.format(one.value): one
        for one in (Priority.ONE, Priority.TWO, Priority.THREE)
        for form in ("{}", "p{}", "prio {}", "priority {}", "prioriteit {}")
    }
    | dict.fromkeys(("none", "geen", "geen prio", "geen prioriteit"), Priority.NONE)
)
KINDS: Mapping[str, IncidentKind] = MappingProxyType(
    {
        "fault": IncidentKind.FAULT,
        "fout": IncidentKind.FAULT,
        "outage": IncidentKind.OUTAGE,
        "storing": IncidentKind.OUTAGE,
        "wish": IncidentKind.WISH,
        "wens": IncidentKind.WISH,
        "question": IncidentKind.QUESTION,
        "vraag": IncidentKind.QUESTION,
    }
)

_ISO = re.compile(r"20\d{2}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})?", re.ASCII)
_DUTCH = re.compile(r"^(\d{1,2})-(\d{1,2})-(\d{4}) (\d{1,2})((?::\d{2}){1,2})$", re.ASCII)


def one_word(said: str) -> str:
    """In small letters, with single blanks."""
    return " ".join(said.lower().split())


def time_of(said: str, zone: ZoneInfo) -> Instant:
    """A time as `2026-11-02 09:15` or `2-11-2026 09:15` by the clock in `zone`, or with its offset.

    Of one that the clocks show twice the earlier; one that they skip is moved forward. Raises ValueError, with what
    would be right, also for a time that is not of this century.
    """
    iso = _DUTCH.sub(_by_iso, said)
    if _ISO.fullmatch(iso) is not None:
        with suppress(ValueError, OverflowError):
            wall = datetime.fromisoformat(iso)
            return resolve(wall, zone) if wall.tzinfo is None else instant(wall)
    raise ValueError(f"expected a time such as 2026-11-02 09:15 or 2-11-2026 09:15, got {said!r}")


def _by_iso(dutch: re.Match[str]) -> str:
    day, month, year, hour, minutes = dutch.groups()
    return f"{year}-{month:0>2}-{day:0>2} {hour:0>2}{minutes}"
