"""Messages as they stood at an instant: rows of the outbox move on, and a month that was told stays as it was told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from slawatch.model import Instant, Message, MessageState

_WAITING = frozenset({MessageState.QUEUED, MessageState.SENDING})


def as_of(messages: Iterable[Message], known: Instant) -> tuple[Message, ...]:
    """Those that were owed by `known`, each as far as it had come: accepted, settled otherwise, or queued.

    What a mail said and which relay took it is known once it is accepted. That a refused one was tried again later does
    not show before that was accepted: the outbox keeps how it ended, not what was before.
    """
    return tuple(_stood(one, known) for one in messages if one.created <= known)


def _stood(message: Message, known: Instant) -> Message:
    if message.accepted is not None and message.accepted <= known:
        return message
    untold = replace(message, accepted=None, relay=None)
    settled = message.accepted is None or message.state is MessageState.FOLDED
    if message.state not in _WAITING and settled and (message.settled is None or message.settled <= known):
        return untold
    return replace(untold, state=MessageState.QUEUED, settled=None, says=None, known=None)
