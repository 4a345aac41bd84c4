"""The facts that a message's mail needs, from the store, as of when the mail tells: the same at every attempt."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

from slawatch.account import month_so_far
from slawatch.model import Event, EventKind, Instant, Message, MessageKind, MessageState, Saying
from slawatch.reporters.mail import (
    Addressee,
    DigestFacts,
    Facts,
    OutageFacts,
    Told,
    Undeliverable,
    WindowFacts,
    facts_as_told,
    known,
    says,
    window_facts,
)
from slawatch.rules.declared import WINDOW_KINDS, standing
from slawatch.rules.owed import begun_by
from slawatch.rules.stands import Standing
from slawatch.store import Store

#: Why a message is owed that tells of an outage; any other tells of maintenance.
_OF_OUTAGES = frozenset({MessageKind.OUTAGE, MessageKind.UPDATE, MessageKind.RECOVERY})


async def facts_of(store: Store, message: Message, to: Mapping[str, Addressee]) -> Facts:
    """What the mail of a message about outages or maintenance says; `to`: by customer.

    Raises Unrenderable, StoreBusy, and Undeliverable where the customer is not among them.
    """
    if says(message) is Saying.DIGEST:
        return await _digest(store, message, to)
    facts = await _one(store, message, addressee_of(message, to))
    if isinstance(facts, OutageFacts) and facts.ends is not None:
        return replace(facts, month=await month_so_far(store, message.customer, facts.ends, known(message)))
    return facts


def addressee_of(message: Message, to: Mapping[str, Addressee]) -> Addressee:
    """How the message's customer is written to. Raises Undeliverable where that is not among them."""
    if message.customer not in to:
        raise Undeliverable("the configuration has no such customer any more", permanent=False)
    return to[message.customer]


async def _one(store: Store, message: Message, to: Addressee) -> OutageFacts | WindowFacts:
    find = _outage if message.kind in _OF_OUTAGES else _window
    return await find(store, message, to)


async def _outage(store: Store, message: Message, to: Addressee) -> OutageFacts:
    events = await _thread_events(store, message)
    thread = await _thread(store, message, events)
    windows = await _stood(store, message) if says(message) is Saying.OVERRUN else None
    return facts_as_told(
        message,
        events,
        to,
        thread=thread,
        said=await store.declarations(message.customer, known(message), thread[-1]),
        windows=() if windows is None else windows.windows.values(),
    )


async def _thread_events(store: Store, message: Message) -> Sequence[Event]:
    """Of the outage that began the thread, and, unless that is the one that lasts, of the customer's outages since."""
    first = await store.events(outage=begun_by(message.thread)) or await store.events(outage=message.outage)
    told = [one for one in first if one.recorded <= known(message)]
    if not told or (told[-1].kind is not EventKind.CLOSED and told[-1].outage == message.outage):
        return first
    since = await store.events(message.customer, since=first[0].at)
    return [*first, *(one for one in since if one.outage != first[0].outage and one.kind is not EventKind.OVERRAN)]


async def _thread(store: Store, message: Message, events: Sequence[Event]) -> Sequence[str]:
    """The ids of the outages that the contact is told of in the thread, in the order in which they opened."""
    opened = dict.fromkeys(one.outage for one in events if one.recorded <= known(message))
    others = [id_ for id_ in opened if id_ != message.outage and await _is_told_in(store, id_, message)]
    return [id_ for id_ in opened if id_ in others or id_ == message.outage] or [message.outage]


async def _is_told_in(store: Store, outage: str, message: Message) -> bool:
    rows = await store.messages(outage=outage)
    return any(one.thread == message.thread and one.contact == message.contact for one in rows)


async def _window(store: Store, message: Message, to: Addressee) -> WindowFacts:
    told = await _version_told(store, message) if says(message) is Saying.CHANGED else None
    return window_facts(message, await _stood(store, message), to, told)


async def _stood(store: Store, message: Message) -> Standing:
    """The customer's maintenance as it stood."""
    said = await store.declarations(message.customer, known(message))
    of_windows = [one for one in said if one.kind in WINDOW_KINDS]
    return await asyncio.to_thread(standing, of_windows, message.customer)


async def _version_told(store: Store, message: Message) -> int | None:
    """The version of the window that the contact was told of last; None when it never was."""
    rows = await store.messages(message.customer, outage=message.outage, kind=MessageKind.MAINTENANCE)
    return max(
        (
            one.sequence
            for one in rows
            if one.contact == message.contact and one.sequence < message.sequence
            if _was_told(one, known(message))
        ),
        default=None,
    )


def _was_told(message: Message, by: Instant) -> bool:
    """Whether a relay had its mail `by` then, or an overview said it too."""
    if message.state is MessageState.FOLDED:
        return message.says is not None
    return message.accepted is not None and message.accepted <= by


async def _digest(store: Store, message: Message, to: Mapping[str, Addressee]) -> DigestFacts:
    """Of each thread about an outage, and of each window, what its own mail would have said, in the order owed.

    A row of which that was not settled is told with another of its thread, where there is one.
    """
    rows = sorted((message, *await store.folded_into(message.id)), key=lambda one: (one.created, one.sequence, one.id))
    telling: dict[tuple[str, str], Message] = {}
    for one in rows:
        key = one.customer, one.thread if one.kind in _OF_OUTAGES else one.outage
        if key not in telling or one.says is not None:
            telling[key] = one
    told = []
    for one in telling.values():
        if one.customer not in to:
            continue  # it left the configuration, and the others are not kept waiting
        own = await _settled(store, one, known(message))
        told.append(Told(says(own), await _one(store, own, addressee_of(own, to))))
    whose = to.get(message.customer) or next((one.facts.to for one in told), None)
    return DigestFacts(whose or addressee_of(message, to), tuple(told))


async def _settled(store: Store, message: Message, by: Instant) -> Message:
    """The message with what its own mail would have said `by` then, where that was not settled."""
    if message.says not in {None, Saying.DIGEST}:
        return replace(message, known=message.known or by)
    plain = replace(message, says=None, known=by)
    if message.kind in _OF_OUTAGES:
        events = [one for one in await store.events(outage=message.outage) if one.recorded <= by]
        over = bool(events) and events[-1].kind is EventKind.CLOSED
        return replace(plain, says=Saying.OVER if over else Saying.OUTAGE)
    if message.kind is MessageKind.MAINTENANCE:
        before = await _version_told(store, plain)
        return replace(plain, says=Saying.ANNOUNCED if before is None else Saying.CHANGED)
    return replace(plain, says=says(plain))
