"""What stands of what people declared about one customer, as values. `rules.declared` makes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from slawatch.model import Instant, Reason, Version


@dataclass(frozen=True, slots=True)
class Window:
    """A maintenance window and its life. `versions`: as it was declared, the oldest first; numbered from 1.

    `configured`: it stands in the configuration, which looks after it. `dropped`: it ended because it left that. A
    customer's window and another customer's of the same id were announced together, and may since have gone different
    ways. Of one of a series `repeat` is the rule by which that comes again, and `told_with` has for each version the
    number of the series' announcement that speaks of it; None where it has one of its own.
    """

    id: str
    customer: str
    versions: tuple[Version, ...]
    reason: str = Reason.OTHER
    text: str | None = None
    configured: bool = False
    dropped: bool = False
    ended: Instant | None = None
    cancelled: Instant | None = None
    repeat: str | None = None
    told_with: tuple[int | None, ...] = ()

    @property
    def latest(self) -> Version:
        return self.versions[-1]

    @property
    def series(self) -> str:
        """The id that all occurrences of a recurring window share; of any other window its own."""
        return self.id.partition(".")[0]

    def over(self, now: Instant) -> bool:
        """Whether nothing of it is to come: cancelled, ended, or past its planned end."""
        return self.cancelled is not None or self.ended is not None or self.latest.ends <= now


@dataclass(frozen=True, slots=True)
class Majeure:
    """Force majeure, declared afterwards: who approved it and why. `withdrawn`: when it was taken back."""

    id: str
    customer: str
    starts: Instant
    ends: Instant
    approved_by: str
    reason: str
    withdrawn: Instant | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """The operator's words on an outage."""

    at: Instant
    who: str
    text: str
    ticket: str | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """All that was said of one outage: `notes` for ourselves, `updates` for the customers, by their numbers.

    `acknowledged`: since when somebody has it in hand, and `by` whom.
    """

    notes: tuple[Note, ...] = ()
    acknowledged: Instant | None = None
    by: str | None = None
    updates: Mapping[int, Note] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands of all that was declared about one customer. Everything is by its id, in the ledger's order.

    `voided`: messages by their id, and versions of windows and of series (`w3/2`). `series`: how often each was
    announced.
    """

    customer: str
    windows: Mapping[str, Window] = field(default_factory=dict)
    majeure: Mapping[str, Majeure] = field(default_factory=dict)
    voided: frozenset[str] = frozenset()
    outages: Mapping[str, Words] = field(default_factory=dict)
    series: Mapping[str, int] = field(default_factory=dict)

    def named(self, id_: str) -> tuple[Window, ...]:
        """The window of this id, or all occurrences of the series."""
        return tuple(one for one in self.windows.values() if id_ in (one.id, one.series))
