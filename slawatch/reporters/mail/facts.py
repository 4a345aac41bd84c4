"""What a mail says, as values: the outage as it was known when the mail came to be owed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from slawatch.model import Cause, Event, EventKind, Instant, Message, MessageKind
from slawatch.reporters.mail.outcome import Unrenderable


@dataclass(frozen=True, slots=True)
class SenderSettings:
    """In whose name mail goes out: mailboxes such as `Storingen Tommy <storing@example.org>`."""

    sender: str
    reply_to: str | None = None


@dataclass(frozen=True, slots=True)
class Addressee:
    """How a customer is written to. `service`: what it was promised, by name. `zone`: an IANA name, the agreement's.

    `labels`: check names in the customer's words, where the usual ones do not do.
    """

    name: str
    service: str
    zone: str
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OutageFacts:
    """One outage, for one customer, in one language.

    `opened`: its start as it stood when it opened; it names the thread and never changes, where `starts` may turn out
    earlier. `ends`: None while it lasts. `checks`: names of all that were down in it. `cause`: that of the earliest
    down look.
    """

    outage: str
    language: str
    to: Addressee
    opened: Instant
    starts: Instant
    ends: Instant | None
    checks: tuple[str, ...]
    cause: Cause | None


def facts_as_told(message: Message, events: Sequence[Event], to: Addressee) -> OutageFacts:
    """What was known of the message's outage when the message came to be owed, so that every attempt says the same.

    `events`: those of the outage, in the order in which they were judged. Raises Unrenderable when no opening is
    among them, or for a recovery no end.
    """
    known = [event for event in events if event.outage == message.outage and event.recorded <= message.created]
    begun = [event for event in known if event.kind is not EventKind.CLOSED]
    if not begun:
        raise Unrenderable(f"the outage {message.outage} has no opening before its message")
    ends = _end(message, known)
    by_start = sorted(begun, key=lambda event: event.at)
    return OutageFacts(
        outage=message.outage,
        language=message.language,
        to=to,
        opened=begun[0].at,
        starts=by_start[0].at,
        ends=ends,
        checks=tuple(dict.fromkeys(check for event in begun for check in event.checks)),
        cause=next((event.cause for event in by_start if event.cause), None),
    )


def _end(message: Message, known: Sequence[Event]) -> Instant | None:
    if message.kind is not MessageKind.RECOVERY:
        return None
    ends = [event.at for event in known if event.kind is EventKind.CLOSED]
    if not ends:
        raise Unrenderable(f"the outage {message.outage} has no end before its recovery message")
    return ends[-1]
