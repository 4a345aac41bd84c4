"""What a person may ask to have declared. Instants are microseconds; `by` is who says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from slawatch.model import Declaration, Instant, Message, Reason, Terms, Topic
from slawatch.rules.agreed import Agreed
from slawatch.rules.owed import Recipients
from slawatch.rules.stands import Standing

#: In the place of a customer's id: each configured one.
ALL = "all"
#: Between the ids of several customers.
SEVERAL = ","


class Refused(ValueError):
    """What is wished cannot be declared; the text is one line: what is wrong and what would be right."""


@dataclass(frozen=True, slots=True)
class Announce:
    """A maintenance window to come. `announced`: when the customers were told by other means; None: now, by `by`.

    `customer`: an id, several with SEVERAL between them, or ALL. `repeat`: when it comes again, a rule as
    `slawatch.recurrence` reads it.
    """

    customer: str
    starts: Instant
    ends: Instant
    by: str
    reason: Reason = Reason.OTHER
    text: str | None = None
    announced: Instant | None = None
    repeat: str | None = None


@dataclass(frozen=True, slots=True)
class End:
    """A window that runs is over; `at`: since when, None: now."""

    window: str
    by: str
    at: Instant | None = None


@dataclass(frozen=True, slots=True)
class Cancel:
    """A window, or what is to come of a series, will not be."""

    window: str
    by: str


@dataclass(frozen=True, slots=True)
class Move:
    """Other times for a window; None leaves one as it is."""

    window: str
    by: str
    starts: Instant | None = None
    ends: Instant | None = None
    announced: Instant | None = None


@dataclass(frozen=True, slots=True)
class Exclude:
    """Force majeure, afterwards."""

    customer: str
    starts: Instant
    ends: Instant
    approved_by: str
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Force majeure that was none."""

    exclusion: str
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class Void:
    """An announcement that did not arrive: the id of a message, a window or a series (`w3`), or a version (`w3/2`)."""

    notice: str
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class Remark:
    """Words on an outage."""

    outage: str
    text: str
    by: str
    ticket: str | None = None


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """Somebody has an outage in hand."""

    outage: str
    by: str


@dataclass(frozen=True, slots=True)
class Update:
    """Words for the customer's contacts on an outage that lasts, mailed at once."""

    outage: str
    text: str
    by: str


@dataclass(frozen=True, slots=True)
class Choose:
    """What a contact wants to hear of, all of it; the contact itself says so."""

    customer: str
    contact: str
    wants: frozenset[Topic]


Wish: TypeAlias = Announce | End | Cancel | Move | Exclude | Withdraw | Void | Remark | Acknowledge | Update | Choose


@dataclass(frozen=True, slots=True)
class Known:
    """What a wish is judged by.

    `terms`: of each configured customer. `standings`: what stands for these, and for each other customer that something
    was ever declared about. `messages`: the announcements in the outbox. `outages`: whose each of the ledger's is.
    `promised`: by date what the ledger says was agreed, also of who is not configured any more; where it matters, that
    is for an Exclude, of whom it is for. `recipients`: of each customer of whom somebody is mailed. For an Update:
    which outages are `lasting`, and what is `owed` of its outage. For a Choose: how often the customer's contacts have
    `chosen` before.
    """

    terms: Mapping[str, Terms]
    standings: Mapping[str, Standing]
    messages: tuple[Message, ...] = ()
    outages: Mapping[str, str] = field(default_factory=dict)
    promised: Mapping[str, Agreed] = field(default_factory=dict)
    recipients: Mapping[str, Recipients] = field(default_factory=dict)
    lasting: frozenset[str] = frozenset()
    owed: tuple[Message, ...] = ()
    chosen: int = 0


@dataclass(frozen=True, slots=True)
class Granted:
    """What is to be declared, what is owed beside what maintenance owes, and what to tell who asked.

    `id`: of the window, exclusion, message or outage.
    """

    id: str
    declarations: tuple[Declaration, ...]
    warnings: tuple[str, ...] = ()
    messages: tuple[Message, ...] = ()
