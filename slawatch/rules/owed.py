"""Which messages an outage owes to whom. Message-IDs follow from what they say, so no retry can invent another."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from slawatch.model import Contact, Instant, Message, MessageKind, Topic
from slawatch.rules.judging import OpenOutage


@dataclass(frozen=True, slots=True)
class Recipients:
    """Who is told of a customer's outages and maintenance; `domain` stands in the Message-IDs."""

    contacts: tuple[Contact, ...]
    domain: str

    def wanting(self, topic: Topic) -> tuple[Contact, ...]:
        """Who wants to hear of it."""
        return tuple(one for one in self.contacts if topic in one.wants)


def outage_messages(outage: OpenOutage, to: Recipients, now: Instant) -> tuple[Message, ...]:
    """The outage mail to each contact, for this opening."""
    return tuple(_message(MessageKind.OUTAGE, outage, contact, to, now) for contact in to.wanting(Topic.OUTAGES))


def recovery_messages(outage: OpenOutage, to: Recipients, now: Instant) -> tuple[Message, ...]:
    """The recovery mail to each contact, if this opening was told at all."""
    if not outage.told:
        return ()
    return tuple(_message(MessageKind.RECOVERY, outage, contact, to, now) for contact in to.wanting(Topic.OUTAGES))


def _message(kind: MessageKind, outage: OpenOutage, contact: Contact, to: Recipients, now: Instant) -> Message:
    name = _name(kind, outage.id, outage.times, contact.address)
    return Message(
        id=name,
        customer=outage.customer,
        contact=contact.address,
        language=contact.language,
        kind=kind,
        outage=outage.id,
        sequence=outage.times,
        message_id=f"<{name}@{to.domain}>",
        thread=f"<{_name(MessageKind.OUTAGE, outage.id, 1, contact.address)}@{to.domain}>",
        created=now,
        due=now,
    )


def _name(kind: MessageKind, outage: str, sequence: int, contact: str) -> str:
    """Unique for (outage, contact, kind, sequence), and it does not show the contact's address."""
    return f"{outage}.{kind}.{sequence}.{hashlib.sha256(contact.encode()).hexdigest()[:16]}"


def begun_by(thread: str) -> str:
    """The outage whose mail began the thread with this Message-ID."""
    return thread.removeprefix("<").partition(".")[0]
