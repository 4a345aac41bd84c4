"""The nouns: frozen values that every other part speaks in.

Instants are integer microseconds since 1970-01-01T00:00:00Z, and lengths of time are integer microseconds, so that
arithmetic is exact and a figure never depends on a float. Zones appear only at the edges (`rules.calendar`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Any, TypeAlias

#: Microseconds since the epoch, UTC.
Instant: TypeAlias = int
#: A length of time.
Micros: TypeAlias = int

SECOND: Micros = 1_000_000
MINUTE: Micros = 60 * SECOND
HOUR: Micros = 60 * MINUTE
DAY: Micros = 24 * HOUR


class Verdict(StrEnum):
    """What one look saw. `unknown` means that we could not look: it counts for nobody and is never hidden."""

    UP = "up"
    DOWN = "down"
    UNKNOWN = "unknown"


class Cause(StrEnum):
    """Why a look was not `up`: the closed list."""

    DNS = "dns"
    CONNECT = "connect"
    TLS = "tls"
    HTTP_4XX = "http_4xx"
    HTTP_5XX = "http_5xx"
    TIMEOUT_SERVER = "timeout_server"
    TIMEOUT_READY = "timeout_ready"
    SELECTOR_MISSING = "selector_missing"
    SCRIPT_ERROR = "script_error"
    LOGIN_UNAVAILABLE = "login_unavailable"
    LOGIN_REJECTED = "login_rejected"
    BLOCKED = "blocked"
    SELECTOR_DRIFT = "selector_drift"
    MONITOR_NETWORK = "monitor_network"
    MONITOR_BROWSER = "monitor_browser"
    MONITOR_OVERLOAD = "monitor_overload"
    MONITOR_MISSED = "monitor_missed"


#: The verdict that each cause leads to.
VERDICTS: Mapping[Cause, Verdict] = {
    Cause.DNS: Verdict.DOWN,
    Cause.CONNECT: Verdict.DOWN,
    Cause.TLS: Verdict.DOWN,
    Cause.HTTP_4XX: Verdict.DOWN,
    Cause.HTTP_5XX: Verdict.DOWN,
    Cause.TIMEOUT_SERVER: Verdict.DOWN,
    Cause.TIMEOUT_READY: Verdict.DOWN,
    Cause.SELECTOR_MISSING: Verdict.DOWN,
    Cause.SCRIPT_ERROR: Verdict.DOWN,
    Cause.LOGIN_UNAVAILABLE: Verdict.DOWN,
    Cause.LOGIN_REJECTED: Verdict.UNKNOWN,
    Cause.BLOCKED: Verdict.UNKNOWN,
    Cause.SELECTOR_DRIFT: Verdict.UNKNOWN,
    Cause.MONITOR_NETWORK: Verdict.UNKNOWN,
    Cause.MONITOR_BROWSER: Verdict.UNKNOWN,
    Cause.MONITOR_OVERLOAD: Verdict.UNKNOWN,
    Cause.MONITOR_MISSED: Verdict.UNKNOWN,
}

#: Causes that say that slawatch itself was in trouble: its network, its browser, its machine.
MONITOR_CAUSES = (Cause.MONITOR_NETWORK, Cause.MONITOR_BROWSER, Cause.MONITOR_OVERLOAD, Cause.MONITOR_MISSED)


@dataclass(frozen=True, slots=True)
class CheckId:
    """One thing looked at on a schedule; written `customer/kind/name`. A name is unique within its customer."""

    customer: str
    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.customer}/{self.kind}/{self.name}"


@dataclass(frozen=True, slots=True)
class Look:
    """What a probe brings back from one look, before anyone says when and for which check it was.

    `milliseconds`: whole, rounded up. For an `up` page the time from navigation start to the painted, ready page;
    for any other look how long it took to find out, or None. `phases`: milliseconds by phase name. `facts`: small
    plain values for a person (status, url without query, browser version); never a secret, a cookie or page text.
    """

    verdict: Verdict
    cause: Cause | None = None
    milliseconds: int | None = None
    phases: Mapping[str, float] = field(default_factory=dict)
    facts: Mapping[str, str | int | float | bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        expected = Verdict.UP if self.cause is None else VERDICTS[self.cause]
        if self.verdict is not expected:
            raise ValueError(f"cause {self.cause} goes with verdict {expected}, not {self.verdict}")


@dataclass(frozen=True, slots=True)
class Observation:
    """One look, placed: the ledger's row.

    `at`: the scheduled slot, or for a recheck the moment it began. `recheck`: not on the grid, so never a load of
    the speed figure. `holds`: how long it may speak for its check when nothing newer comes (`stale_after`).
    """

    check: CheckId
    node: str
    at: Instant
    look: Look
    recheck: bool = False
    holds: Micros = 180 * SECOND

    @property
    def verdict(self) -> Verdict:
        return self.look.verdict


class EventKind(StrEnum):
    """What happened to a customer's outage; rows of the ledger, never edited."""

    OPENED = "outage_opened"
    JOINED = "outage_joined"  # another check of the customer went down in it
    CLOSED = "outage_closed"
    REOPENED = "outage_reopened"  # a check's outage, confirmed later, touches one that was closed
    OVERRAN = "maintenance_overran"  # a window's planned end came while the customer was down


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to an outage, or to a maintenance window.

    `outage`: the outage's id, chosen when it opens; of an overrun the window's id. `at`: the instant that the event
    speaks of (start for opened and joined, end for closed and overran). `recorded`: when it was judged, which for
    opened is the confirmation. `cause`: that of the earliest down look.
    """

    id: str
    customer: str
    kind: EventKind
    outage: str
    at: Instant
    recorded: Instant
    checks: tuple[str, ...]
    cause: Cause | None = None


class MessageKind(StrEnum):
    """Why a message came to be owed. What its mail says is settled when it is first put together: `Saying`."""

    OUTAGE = "outage"
    UPDATE = "update"  # it lasts: `sequence` counts the outage's updates
    RECOVERY = "recovery"
    MAINTENANCE = (
        "maintenance"  # announces a version of a window or a series: `outage` is its id, `sequence` the version
    )
    CANCELLED = "maintenance_cancelled"  # `sequence`: the version that is cancelled
    REMINDER = "maintenance_reminder"  # `sequence`: the version that is near


class Saying(StrEnum):
    """What a mail says."""

    OUTAGE = "outage"  # it is down
    AGAIN = "again"  # it is down again, after it seemed over
    OVERRUN = "overrun"  # it is still down, after the planned end of its maintenance
    UPDATE = "update"
    RECOVERY = "recovery"
    OVER = "over"  # it was down, and is over already: both in one mail
    ANNOUNCED = "announced"
    CHANGED = "changed"
    CANCELLED = "cancelled"
    REMINDER = "reminder"
    DIGEST = "digest"  # all that was owed to the contact beyond what it may be sent in an hour


class MessageState(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    ACCEPTED = "accepted"
    FAILED = "failed"  # refused for good: surfaced, not retried
    FOLDED = "folded"  # another mail to the contact, `into`, says it too
    DROPPED = "dropped"  # there was nothing left to say, or somebody took it out


@dataclass(frozen=True, slots=True)
class Message:
    """One thing owed to one contact: a row in the outbox before it is a mail.

    `message_id` is chosen when the row is made, so that every attempt carries the same. `thread`: the Message-ID of
    the first mail of this outage or window to this contact (its own, for that first mail). `due`: not before this
    instant. `expires`: from then on it would be silly, and is dropped. `settled`: when it was accepted, refused for
    good, folded or dropped; None also of what was refused before that was kept.
    `says` and `known`: what its mail says, by what was known at that instant; None until it is first put together, and
    again after an attempt in which no relay can have taken it. `into`: the message that says it too. `handed_over`:
    how often a relay may have taken it without our hearing so; each further attempt may be a repeat.
    Unique: (customer, outage, contact, kind, sequence).
    """

    id: str
    customer: str
    contact: str
    language: str
    kind: MessageKind
    outage: str
    sequence: int
    message_id: str
    thread: str
    created: Instant
    due: Instant
    expires: Instant | None = None
    state: MessageState = MessageState.QUEUED
    says: Saying | None = None
    known: Instant | None = None
    into: str | None = None
    handed_over: int = 0
    attempts: int = 0
    accepted: Instant | None = None
    relay: str | None = None
    reply: str | None = None
    error: str | None = None
    settled: Instant | None = None


class Topic(StrEnum):
    """What a contact may want to hear of."""

    OUTAGES = "outages"  # that one began, and that it is over
    UPDATES = "updates"  # and, meanwhile, that it lasts
    MAINTENANCE = "maintenance"


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody who is written to for a customer: the address, in which language, and of what."""

    address: str
    language: str
    wants: frozenset[Topic] = frozenset(Topic)


@dataclass(frozen=True, slots=True)
class CheckTerms:
    """What the figures need to know of a check. `every` and `stale_after` in microseconds."""

    id: CheckId
    every: Micros
    stale_after: Micros
    cache: str | None = None


@dataclass(frozen=True, slots=True)
class ConfirmTerms:
    failures: int = 2
    within: Micros = 10 * MINUTE
    recheck: Micros = 5 * SECOND
    blips_down: bool = False


@dataclass(frozen=True, slots=True)
class AvailabilityTerms:
    objective: Fraction
    coverage: Fraction
    checks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SpeedTerms:
    objective: Fraction
    within_milliseconds: int
    pages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """How long ahead maintenance is told: whole calendar `days` at the same wall-clock time, then `rest`."""

    days: int
    rest: Micros = 0


@dataclass(frozen=True, slots=True)
class MaintenanceTerms:
    notice: Notice
    preferred: tuple[str, str] | None = ("23:00", "07:00")
    late_excluded: bool = False
    hotfix_excluded: bool = False
    as_up: bool = False


@dataclass(frozen=True, slots=True)
class BusinessTerms:
    """When the vendor works: `hours` of the `days` (mon to sun) in the agreement's zone, less the holidays.

    `holidays`: NL or none; `extra` and `removed`: the dates by which the agreement's list differs from that.
    """

    hours: tuple[str, str] = ("09:00", "17:00")
    days: tuple[str, ...] = ("mon", "tue", "wed", "thu", "fri")
    holidays: str = "NL"
    extra: tuple[date, ...] = ()
    removed: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Holidays:
    """The holidays of one year, in order, and where the list comes from."""

    dates: tuple[date, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Terms:
    """What was promised to one customer, and how it is measured: all that the figures depend on beside the ledger."""

    customer: str
    agreement: str
    timezone: str
    availability: AvailabilityTerms
    speed: SpeedTerms
    maintenance: MaintenanceTerms
    confirm: ConfirmTerms
    checks: Mapping[str, CheckTerms]  # by name
    business: BusinessTerms = BusinessTerms()


class ExclusionKind(StrEnum):
    MAINTENANCE = "maintenance"
    FORCE_MAJEURE = "force_majeure"


class Reason(StrEnum):
    PREVENTIVE = "preventive"
    NEW_VERSION = "new_version"
    HOTFIX = "hotfix"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Version:
    """A maintenance window as it was declared once, and when the customer was told of it so."""

    starts: Instant
    ends: Instant
    announced: Instant | None = None
    announced_by: str | None = None
    entered: Instant | None = None


@dataclass(frozen=True, slots=True)
class Exclusion:
    """An interval that may be left out of the figures, as it was declared.

    Maintenance: `announced` is when the customer was told; with `announced_by` a person declared it, without, mail
    proved it. `entered`: when a declared time was entered, None where the source does not say. `ended`: when it
    ended, None as long as nobody said so. `earlier`: what was declared of the same window before it was moved,
    lengthened or shortened, the oldest first. `repeat`: of one of a series, the rule by which that comes again. Force
    majeure: who approved it and why. `id`: its name in the ledger.
    """

    kind: ExclusionKind
    starts: Instant
    ends: Instant
    announced: Instant | None = None
    announced_by: str | None = None
    entered: Instant | None = None
    ended: Instant | None = None
    reason: str | None = None
    approved_by: str | None = None
    id: str | None = None
    text: str | None = None
    earlier: tuple[Version, ...] = ()
    repeat: str | None = None


class DeclarationKind(StrEnum):
    """What a person can declare. Each is a row of the ledger; none is ever edited or taken away."""

    WINDOW_ANNOUNCED = "window_announced"
    WINDOW_MOVED = "window_moved"  # a new version: other times, another notice or other words
    WINDOW_ENDED = "window_ended"
    WINDOW_CANCELLED = "window_cancelled"
    EXCLUSION_ADDED = "exclusion_added"
    EXCLUSION_WITHDRAWN = "exclusion_withdrawn"
    NOTICE_VOIDED = "notice_voided"
    OUTAGE_NOTED = "outage_noted"
    OUTAGE_ACKNOWLEDGED = "outage_acknowledged"
    OUTAGE_UPDATED = "outage_updated"  # words for the customers, mailed at once
    CONTACT_CHOSE = "contact_chose"  # what a contact wants to hear of; the subject is its address


@dataclass(frozen=True, slots=True)
class Declaration:
    """What somebody declared about one customer: who, when and what.

    `id`: unique, so that a repeated write changes nothing. `subject`: the id of the window, exclusion, message or
    outage that it is about. `recorded`: when it was entered. `facts`: small plain values, by the kind.
    """

    id: str
    customer: str
    kind: DeclarationKind
    subject: str
    recorded: Instant
    who: str
    facts: Mapping[str, Any] = field(default_factory=dict)
