"""What is owed to whom, and what becomes of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from slawatch.model.time import Instant


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
    SUMMARY = "summary"  # of a closed month: `outage` is the month, `sequence` the revision


class Lane(StrEnum):
    """What is handed over by a loop of its own: what takes long to make holds up no news."""

    NEWS = "news"
    SUMMARIES = "summaries"


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
    SUMMARY = "summary"
    CORRECTED = "summary_corrected"  # another revision than the one that was told
    UNPRINTED = "summary_unprinted"  # either of these, with the page attached: the PDF could not be made
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
    the first mail of this outage, window or month to this contact (its own, for that first mail). `due`: not before
    this instant. `expires`: from then on it would be silly, and is dropped. `settled`: when it was accepted, refused
    for good, folded or dropped; None also of what was refused before that was kept. `refused`: when it was first
    refused for good, which stays so whatever becomes of it: what was told of a month meanwhile rests on it.
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
    refused: Instant | None = None


class Topic(StrEnum):
    """What a contact may want to hear of."""

    OUTAGES = "outages"  # that one began, and that it is over
    UPDATES = "updates"  # and, meanwhile, that it lasts
    MAINTENANCE = "maintenance"
    SUMMARIES = "summaries"  # of each month, once it is closed


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody who is written to for a customer: the address, in which language, and of what."""

    address: str
    language: str
    wants: frozenset[Topic] = frozenset(Topic)
