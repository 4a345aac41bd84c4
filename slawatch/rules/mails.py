"""Messages as they stood at an instant: rows of the outbox move on, and a month that was told stays as it was told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from slawatch.model import Instant, Message, MessageState

#: In these a message may be tried, once more or again.
_UNSETTLED = frozenset({MessageState.QUEUED, MessageState.SENDING, MessageState.FAILED})


def as_of(messages: Iterable[Message], known: Instant) -> tuple[Message, ...]:
    """Those that were owed by `known`, each as far as it had come: accepted, settled otherwise, or queued.

    What a mail said and which relay took it is known once it is accepted. One that was refused for good stays so until
    it is accepted, told by another mail or dropped, however often it is tried again; what it was to say is not kept.
    """
    return tuple(_stood(one, known) for one in messages if one.created <= known)


def _stood(message: Message, known: Instant) -> Message:
    if message.accepted is not None and message.accepted <= known:
        return message
    untold = replace(message, accepted=None, relay=None)
    settled = message.accepted is None or message.state is MessageState.FOLDED
    if message.state not in _UNSETTLED and settled and (message.settled is None or message.settled <= known):
        return untold
    wordless = replace(untold, says=None, known=None)
    if message.refused is not None and message.refused <= known:
        return replace(wordless, state=MessageState.FAILED, settled=message.refused)
    return replace(wordless, state=MessageState.QUEUED, settled=None)
