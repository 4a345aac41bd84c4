"""Rule 7, proof by mail: when a customer's contacts were told of a window, from the outbox."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from slawatch.model import Instant, Message, MessageKind, MessageState

_UNTOLD = frozenset({MessageState.FAILED, MessageState.DROPPED})


def mailed(
    messages: Iterable[Message], voided: Collection[str], as_of: Instant | None = None
) -> dict[tuple[str, int], Instant]:
    """The latest accepted time over the contacts of each version that all of them were told of.

    A version is named by what the message is about, a window or a series of them, and its number. Contacts who were
    refused for good and not told since, or whose mail is among the `voided` (message ids), do not count, nor do
    messages that a later version stands for, or that nobody sent any more: those are as if never owed. What was told in
    a digest was told when that was accepted. A version that somebody who counts was not told of yet is not there. Of
    what came to be owed or was settled after `as_of` nothing is known.
    """
    told: defaultdict[tuple[str, int], list[Instant | None]] = defaultdict(list)
    for message in messages:
        if message.kind is not MessageKind.MAINTENANCE or message.id in voided or not _by(message.created, as_of):
            continue
        settled = message.settled is None or _by(message.settled, as_of)
        if not (settled and _is_untold(message)) and not _is_refused(message, as_of):
            told[message.outage, message.sequence].append(message.accepted)
    proven = {}
    for version, times in told.items():
        known = [at for at in times if at is not None and _by(at, as_of)]
        if len(known) == len(times):
            proven[version] = max(known)
    return proven


def _is_untold(message: Message) -> bool:
    """Whether its own words went to nobody; those of a row that has some are in a digest."""
    return message.state in _UNTOLD or (message.state is MessageState.FOLDED and message.says is None)


def _is_refused(message: Message, as_of: Instant | None) -> bool:
    """Whether it was refused for good and not accepted since, also where it was tried again or dropped meanwhile."""
    accepted = message.accepted is not None and _by(message.accepted, as_of)
    return message.refused is not None and _by(message.refused, as_of) and not accepted


def _by(at: Instant, as_of: Instant | None) -> bool:
    return as_of is None or at <= as_of
