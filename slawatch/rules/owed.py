"""Which messages an outage owes to whom. Message-IDs follow from what they say, so no retry can invent another."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from slawatch.model import Contact, EventKind, Instant, Message, MessageKind, MessageState, Micros, Topic
from slawatch.rules.judging import Judged, OpenOutage

_OF_OUTAGES = frozenset({MessageKind.OUTAGE, MessageKind.UPDATE, MessageKind.RECOVERY})


@dataclass(frozen=True, slots=True)
class Cadence:
    """When contacts are told something beside at once.

    `reopens_within`: an outage that begins so soon after the one before goes on in its thread, and its end is owed once
    it lasts so long. `update_every`: between two updates while an outage lasts. `reminder`: so long before maintenance.
    The latter two may be None: never.
    """

    reopens_within: Micros = 0
    update_every: Micros | None = None
    reminder: Micros | None = None


@dataclass(frozen=True, slots=True)
class Recipients:
    """Who is told of a customer's outages and maintenance, and when; `domain` stands in the Message-IDs."""

    contacts: tuple[Contact, ...]
    domain: str
    cadence: Cadence = Cadence()

    def wanting(self, topic: Topic) -> tuple[Contact, ...]:
        """Who wants to hear of it."""
        return tuple(one for one in self.contacts if topic in one.wants)


def owe(judged: Judged, to: Recipients, now: Instant, *, quiet: bool) -> tuple[Judged, tuple[Message, ...]]:
    """What a step of judging owes, and the step with a state that knows it.

    The outage of which nobody was told, unless it is `quiet`: time that maintenance leaves out of the figures. And the
    recovery, to who was owed the outage.
    """
    state = judged.state
    if state.outage is not None and not state.outage.told and not quiet:
        told = _told(state.outage, state.closed, to)
        return replace(judged, state=replace(state, outage=told)), outage_messages(told, to, now)
    if state.closed is not None and any(event.kind is EventKind.CLOSED for event in judged.events):
        return judged, recovery_messages(state.closed, to, now)
    return judged, ()


def _told(outage: OpenOutage, before: OpenOutage | None, to: Recipients) -> OpenOutage:
    """The outage with its thread to each contact: that of the outage `before`, where this one came soon after it."""
    soon = before is not None and outage.starts - before.latest_end < to.cadence.reopens_within
    going_on = before.threads if before is not None and soon else {}
    threads = dict(outage.threads)
    for contact in to.wanting(Topic.OUTAGES):
        own = _name(MessageKind.OUTAGE, outage.customer, outage.id, outage.times, contact.address)
        threads.setdefault(contact.address, going_on.get(contact.address, f"<{own}@{to.domain}>"))
    return replace(outage, told=True, threads=threads)


def outage_messages(outage: OpenOutage, to: Recipients, now: Instant) -> tuple[Message, ...]:
    """The outage mail to each contact, for this opening."""
    return tuple(
        owed(MessageKind.OUTAGE, outage.customer, outage.id, outage.times, contact, to, now, threads=outage.threads)
        for contact in to.wanting(Topic.OUTAGES)
    )


def recovery_messages(outage: OpenOutage, to: Recipients, now: Instant) -> tuple[Message, ...]:
    """The recovery mail to each contact that was owed the outage, if this opening was told at all.

    Of an outage that came again it is due once it has been over for a while.
    """
    if not outage.told:
        return ()
    lasting = max(now, outage.latest_end + to.cadence.reopens_within)
    return tuple(
        owed(
            MessageKind.RECOVERY, outage.customer, outage.id, outage.times, contact, to, now, threads=outage.threads,
            due=lasting if _came_again(outage, contact.address) else now,
        )
        for contact in to.wanting(Topic.OUTAGES)
        if contact.address in outage.threads
    )  # fmt: skip


def update_messages(
    customer: str, outage: str, number: int, threads: Mapping[str, str], to: Recipients, now: Instant
) -> tuple[Message, ...]:
    """The outage's update of this `number` to each contact that wants updates; `threads` of who was owed the outage."""
    return tuple(
        owed(MessageKind.UPDATE, customer, outage, number, contact, to, now, threads=threads)
        for contact in to.wanting(Topic.UPDATES)
        if contact.address in threads
    )


def next_update(owed: Iterable[Message], declared: Iterable[int]) -> int:
    """The number of an outage's next update, from what is `owed` of it and the numbers of those that were declared."""
    return 1 + max((*declared, *(one.sequence for one in owed if one.kind is MessageKind.UPDATE)), default=0)


def update_due(owed: Iterable[Message], opening: int, every: Micros) -> Instant | None:
    """When an update is due: so long after the last thing that was told of the outage, or is owed as an update.

    `owed`: of this outage. None as long as nobody was told of this `opening`, or all were refused for good.
    """
    told: list[Instant] = []
    opened = False
    for one in owed:
        at = one.accepted or one.settled
        if at is not None and one.state is not MessageState.FAILED:
            told.append(at)
            opened |= one.kind is MessageKind.OUTAGE and one.sequence == opening
        if one.kind is MessageKind.UPDATE:
            told.append(one.created)
    return max(told) + every if opened else None


def _came_again(outage: OpenOutage, contact: str) -> bool:
    """Whether the contact was told before that it is down: in this outage, or in the one that it goes on from."""
    first = _name(MessageKind.OUTAGE, outage.customer, outage.id, 1, contact)
    return outage.times > 1 or not outage.threads[contact].startswith(f"<{first}@")


def owed(
    kind: MessageKind,
    customer: str,
    about: str,
    sequence: int,
    contact: Contact,
    to: Recipients,
    now: Instant,
    *,
    threads: Mapping[str, str],
    due: Instant | None = None,
    expires: Instant | None = None,
) -> Message:
    """A message `about` an outage, a window or a series of windows, owed from `now` on.

    `threads`: by contact; who has none there gets a thread that begins with this message.
    """
    name = _name(kind, customer, about, sequence, contact.address)
    message_id = f"<{name}@{to.domain}>"
    return Message(
        id=name,
        customer=customer,
        contact=contact.address,
        language=contact.language,
        kind=kind,
        outage=about,
        sequence=sequence,
        message_id=message_id,
        thread=threads.get(contact.address, message_id),
        created=now,
        due=now if due is None else due,
        expires=expires,
    )


def _name(kind: MessageKind, customer: str, about: str, sequence: int, contact: str) -> str:
    """Unique for (customer, about, contact, kind, sequence), and it does not show the contact's address."""
    # An outage's id names its customer; a window's is the same for each customer whom it concerns.
    stem = about if kind in _OF_OUTAGES else f"{customer}.{about}"
    return f"{stem}.{kind}.{sequence}.{hashlib.sha256(contact.encode()).hexdigest()[:16]}"


def may_wait_for_calm(recovery: Message) -> bool:
    """Whether it may be due later because the outage came again; else only an attempt puts it off."""
    came_again = recovery.sequence > 1 or begun_by(recovery.thread) != recovery.outage
    return came_again and recovery.kind is MessageKind.RECOVERY and not recovery.attempts


def begun_by(thread: str) -> str:
    """The outage whose mail began the thread with this Message-ID."""
    return thread.removeprefix("<").partition(".")[0]
