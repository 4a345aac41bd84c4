"""What was typed into a form, and what it says: wall-clock times as instants, a repetition as a rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from slawatch.model import Instant
from slawatch.reporters.wording.tongue import mark
from slawatch.rules.calendar import AmbiguousTime, NonexistentTime, instant, strict

#: Of a time that comes twice, which is meant.
FIRST, SECOND = "first", "second"
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
#: How often a window may come again, and how that is called.
REPEATS: Mapping[str, str] = {
    "": mark("once"),
    "weekly": mark("every week"),
    "fortnightly": mark("every two weeks"),
    "monthly": mark("every month, on the same day of the week"),
}

NO_TIME = mark("Please give a date and a time.")
TWICE = mark("The clocks go back: this time comes twice. Please choose which one you mean.")
NEVER = mark("The clocks go forward: this time does not exist. The nearest ones are {before} and {after}.")
_NO_NUMBER = mark("Please give a number from 1 to 400, or nothing.")
_NO_REPEAT = mark("Please choose how often.")


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with a field, to be said with these values filled in."""

    said: str
    values: Mapping[str, str] = field(default_factory=dict)


class Errors(Exception):
    """What is wrong, by field; of those in `twice` it is asked which of two times is meant."""

    def __init__(self, found: Mapping[str, Wrong], twice: frozenset[str]) -> None:
        super().__init__(", ".join(found))
        self.found = found
        self.twice = twice


def _wall(written: str) -> datetime:
    """Raises ValueError for what is no time by the clock, or none of this century."""
    wall = datetime.fromisoformat(written)
    if wall.tzinfo is not None or not 2000 <= wall.year < 2100:
        raise ValueError(written)
    return wall


class Reading:
    """Reads the fields of a form, and knows what was wrong."""

    def __init__(self, fields: Mapping[str, str], zone: ZoneInfo) -> None:
        self._fields = fields
        self._zone = zone
        self._found: dict[str, Wrong] = {}
        self._twice: set[str] = set()

    def text(self, name: str) -> str:
        return self._fields.get(name, "").replace("\r\n", "\n").strip()

    def wrong(self, name: str, said: str, **values: str) -> None:
        self._found.setdefault(name, Wrong(said, values))

    def check(self) -> None:
        """Raises Errors."""
        if self._found:
            raise Errors(self._found, frozenset(self._twice))

    def time(self, name: str, *, needed: bool = True) -> Instant | None:
        """A wall-clock time `2026-12-01T23:00` in the zone; None where it is missing or wrong."""
        written = self.text(name)
        if not written and not needed:
            return None
        try:
            wall = _wall(written)
            return strict(wall, self._zone)
        except NonexistentTime as error:
            before, after = (datetime.fromisoformat(one) for one in error.choices)
            self.wrong(name, NEVER, before=f"{before:%H:%M}", after=f"{after:%H:%M}")
        except AmbiguousTime:
            return self._chosen(name, wall)
        except ValueError:
            self.wrong(name, NO_TIME)
        return None

    def _chosen(self, name: str, wall: datetime) -> Instant | None:
        self._twice.add(name)
        which = self.text(f"{name}_which")
        if which not in {FIRST, SECOND}:
            self.wrong(name, TWICE)
            return None
        return instant(wall.replace(tzinfo=self._zone, fold=int(which == SECOND)))

    @property
    def twice(self) -> frozenset[str]:
        """The fields of which it was asked, or said, which of two times is meant."""
        return frozenset(self._twice)

    def repeat(self) -> str | None:
        """The rule (RFC 5545) by which what starts at `starts` comes again; None where it comes once."""
        often, number = self.text("repeat"), self.text("times")
        if often not in REPEATS:
            self.wrong("repeat", _NO_REPEAT)
        if not often or "starts" in self._found or often not in REPEATS:
            return None
        if number and not (number.isascii() and number.isdecimal() and 1 <= int(number) <= 400):
            self.wrong("times", _NO_NUMBER)
            return None
        count = f";COUNT={int(number)}" if number else ""
        wall = datetime.fromisoformat(self.text("starts"))
        day = _DAYS[wall.weekday()]
        match often:
            case "weekly":
                return f"FREQ=WEEKLY;BYDAY={day}{count}"
            case "fortnightly":
                return f"FREQ=WEEKLY;INTERVAL=2;BYDAY={day}{count}"
        nth = (wall.day - 1) // 7 + 1
        return f"FREQ=MONTHLY;BYDAY={nth if nth < 5 else -1}{day}{count}"
