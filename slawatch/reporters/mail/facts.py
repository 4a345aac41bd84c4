"""What a mail says, as values, and in whose name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from slawatch.model import Cause, Instant, Message, MessageKind, Micros, Saying


def _without_link(*_: str) -> None:
    return None


@dataclass(frozen=True, slots=True)
class SenderSettings:
    """In whose name mail goes out: mailboxes such as `Storingen Tommy <storing@example.org>`; and the links in it.

    `preferences`: the address of the page where a contact chooses its mails, by customer and contact. `calendar`: that
    of a customer's calendar of maintenance. `summaries`: that of the page with a customer's summaries, by customer,
    reader and month. None where there is no such page; the same address each time.
    """

    sender: str
    reply_to: str | None = None
    preferences: Callable[[str, str], str | None] = _without_link
    calendar: Callable[[str], str | None] = _without_link
    summaries: Callable[[str, str, str], str | None] = _without_link


@dataclass(frozen=True, slots=True)
class Addressee:
    """How a customer is written to. `service`: what it was promised, by name. `zone`: an IANA name, the agreement's.

    `labels`: check names in the customer's words, where the usual ones do not do. `environment`: its URL.
    """

    name: str
    service: str
    zone: str
    labels: Mapping[str, str] = field(default_factory=dict)
    environment: str = ""


@dataclass(frozen=True, slots=True)
class OperatorWords:
    """The operator's words on an outage, for the customers, and when they were said."""

    at: Instant
    text: str


@dataclass(frozen=True, slots=True)
class MonthSoFar:
    """How long the customer was down in the month of `at`, until then, and how long it may be in the whole month."""

    at: Instant
    down: Micros
    allowed: Micros


@dataclass(frozen=True, slots=True)
class OutageFacts:
    """One outage of one customer.

    `opened`: when the first outage of the thread began, as it stood when that opened; it names the thread and never
    changes, where `starts` may turn out earlier. `ends`: None while it lasts. `checks`: names of all that were down in
    it. `cause`: that of the earliest down look. `before`: start and end of the outages of the thread before it.
    `words`: the operator's latest words. `overrun`: the planned end of the maintenance that it goes on after.
    `month`: None where it is not known.
    """

    outage: str
    to: Addressee
    opened: Instant
    starts: Instant
    ends: Instant | None
    checks: tuple[str, ...]
    cause: Cause | None
    before: tuple[tuple[Instant, Instant], ...] = ()
    words: OperatorWords | None = None
    overrun: Instant | None = None
    month: MonthSoFar | None = None


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time of maintenance. `id`: the window's. `revision`: counts its versions and its cancellation, from 0.

    `was`: its start and end as they were told before, where they are others now.
    """

    id: str
    starts: Instant
    ends: Instant
    revision: int = 0
    was: tuple[Instant, Instant] | None = None


@dataclass(frozen=True, slots=True)
class WindowFacts:
    """Maintenance of one customer: one time, or all that there are of a series. `occurrences`: in order, at least one.

    `window`: its id; of a series and of each of its times the series' id.
    """

    window: str
    to: Addressee
    occurrences: tuple[Occurrence, ...]
    reason: str
    text: str | None = None
    recurring: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """One of the things that are told in one mail."""

    says: Saying
    facts: OutageFacts | WindowFacts


@dataclass(frozen=True, slots=True)
class DigestFacts:
    """All that is told in one mail, in the order in which it came to be owed."""

    to: Addressee
    told: tuple[Told, ...]


#: What a message says of which that was not settled: one that an older version owed.
SAYS: Mapping[MessageKind, Saying] = MappingProxyType(
    {
        MessageKind.OUTAGE: Saying.OUTAGE,
        MessageKind.UPDATE: Saying.UPDATE,
        MessageKind.RECOVERY: Saying.RECOVERY,
        MessageKind.MAINTENANCE: Saying.ANNOUNCED,
        MessageKind.CANCELLED: Saying.CANCELLED,
        MessageKind.REMINDER: Saying.REMINDER,
        MessageKind.SUMMARY: Saying.SUMMARY,
    }
)
#: And when it is not the first of its kind.
SAYS_AGAIN: Mapping[MessageKind, Saying] = MappingProxyType(
    {MessageKind.OUTAGE: Saying.AGAIN, MessageKind.MAINTENANCE: Saying.CHANGED}
)


def says(message: Message) -> Saying:
    """What its mail says; by its kind where that was not settled."""
    if message.says is not None:
        return message.says
    return (SAYS_AGAIN if message.sequence > 1 else SAYS).get(message.kind, SAYS[message.kind])


def known(message: Message) -> Instant:
    """As of when its mail tells what was known: where that was not settled, when it came to be owed."""
    return message.created if message.known is None else message.known
