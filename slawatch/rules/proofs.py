"""Rule 7, proof by mail: when a customer's contacts were told of a window, from the outbox."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from slawatch.model import Instant, Message, MessageKind, MessageState


def mailed(
    messages: Iterable[Message], voided: Collection[str], as_of: Instant | None = None
) -> dict[tuple[str, int], Instant]:
    """The latest accepted time over the contacts of each version (window id, number) that all of them were told of.

    Contacts who were refused for good, or whose mail is among the `voided` (message ids), do not count. A version that
    somebody who counts was not told of yet, or only after `as_of`, is not there.
    """
    told: defaultdict[tuple[str, int], list[Instant | None]] = defaultdict(list)
    for message in messages:
        if message.kind is not MessageKind.MAINTENANCE or message.id in voided:
            continue
        if message.state is not MessageState.FAILED:
            told[message.outage, message.sequence].append(message.accepted)
    proven = {}
    for version, times in told.items():
        known = [at for at in times if at is not None and (as_of is None or at <= as_of)]
        if len(known) == len(times):
            proven[version] = max(known)
    return proven
