"""What a summary says, as values: one customer's month, each figure as the ledger gave it, nothing rounded.

Those that a rule makes stand with their rule, in `slawatch/rules/`, and are named here too. Shares are numbers from 0
to 1, `None` where there is no figure. Instants and lengths are microseconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from slawatch.model import Cause, Instant, Micros
from slawatch.rules.blips import Blip
from slawatch.rules.daily import Booked, Day, Strip
from slawatch.rules.document import Document
from slawatch.rules.promises import Promise, Unit
from slawatch.rules.unseen import Unseen

__all__ = [
    "Blip",
    "Booked",
    "Day",
    "MailSent",
    "Outage",
    "PageTimes",
    "Promise",
    "Remark",
    "Revision",
    "Strip",
    "Summary",
    "TrendMonth",
    "Unit",
    "Unseen",
    "Window",
]


@dataclass(frozen=True, slots=True)
class TrendMonth:
    """One month of the trend; where it was not closed, or not watched, all figures are None. `month`: `2026-03`."""

    month: str
    availability: float | None = None
    availability_met: bool | None = None
    speed: float | None = None
    speed_met: bool | None = None
    p95_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class MailSent:
    """One mail about an outage or a window. `says`: such as `outage`, `recovery`, `announced`; `state`: of the outbox.

    `owed`: when it came to be owed; `accepted`: when a relay took it, None until then. `proves`: whether it counts as
    proof of notice.
    """

    contact: str
    says: str
    owed: Instant
    accepted: Instant | None
    state: str
    relay: str | None = None
    proves: bool = False


@dataclass(frozen=True, slots=True)
class Remark:
    """What an operator said of an outage. `public`: to the customers, who were mailed it; else among ourselves."""

    at: Instant
    who: str
    text: str
    ticket: str | None = None
    public: bool = False


@dataclass(frozen=True, slots=True)
class Outage:
    """An outage that meets the month, its edges whole. `ends`: None while it lasts.

    `down`: its time that counts in the month. `confirmed`: when it was confirmed, None where no daemon saw it live.
    """

    id: str | None
    starts: Instant
    ends: Instant | None
    down: Micros
    cause: Cause
    checks: tuple[str, ...]
    confirmed: Instant | None = None
    acknowledged: Instant | None = None
    acknowledged_by: str | None = None
    remarks: tuple[Remark, ...] = ()
    mails: tuple[MailSent, ...] = ()


@dataclass(frozen=True, slots=True)
class Window:
    """A window of maintenance, or force majeure, that meets the month, with what it meant for the figures.

    `kind`, `counted`, `proof`, `why`: as in the statement. `left_out`: its time left out of the month's figures.
    `told`: the instant that proves the notice, and `needed`: by when that had to be; of force majeure None. `in_time`:
    whether all of it was told in time, also where it counts anyhow; of force majeure None. `at_night`: whether it lies
    wholly inside the preferred hours; None where none are agreed.
    """

    id: str | None
    kind: str
    starts: Instant
    ends: Instant
    counted: bool
    proof: str | None
    why: str | None
    left_out: Micros
    told: Instant | None
    needed: Instant | None
    at_night: bool | None
    by: str | None
    reason: str | None
    text: str | None = None
    mails: tuple[MailSent, ...] = ()
    in_time: bool | None = None


@dataclass(frozen=True, slots=True)
class PageTimes:
    """The eligible loads of one page. `by_millisecond`: how many took so long, those that failed left out."""

    page: str
    loads: int
    slow: int
    p95_seconds: float | None
    by_millisecond: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Revision:
    """A closed month's text as it was frozen once, or again. `digest`: SHA-256 (hex), over the chain of revisions."""

    revision: int
    as_of: Instant
    recorded: Instant
    who: str
    why: str
    digest: str


@dataclass(frozen=True, slots=True)
class Summary:
    """A customer's month. `statement`: its figures, as `slawatch report --format json` prints them.

    `name`: of the customer; `service`: of what was promised; `zone`: an IANA name, the agreement's. `labels`: check
    names in the customer's words. `revision`: the frozen text that this is, None while the month is not closed;
    `revisions`: all up to it. `trend`: twelve months, this one last. `strips` cover the period. `version`: of slawatch.
    """

    customer: str
    name: str
    service: str
    zone: str
    statement: Document
    promises: tuple[Promise, ...]
    trend: tuple[TrendMonth, ...]
    days: tuple[Day, ...]
    strips: tuple[Strip, ...]
    outages: tuple[Outage, ...]
    blips: tuple[Blip, ...]
    windows: tuple[Window, ...]
    unseen: tuple[Unseen, ...]
    pages: tuple[PageTimes, ...]
    version: str
    revision: Revision | None = None
    revisions: tuple[Revision, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
