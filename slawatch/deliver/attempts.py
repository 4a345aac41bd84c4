"""When a message that could not be handed over is tried again, and when it is given up."""

from __future__ import annotations

from random import Random

from slawatch.model import DAY, MINUTE, SECOND, Instant, Message, Micros

#: How long to wait after each failed attempt; the last for all that follow. Each is varied by a fifth either way, so
#: that what failed together does not come back together.
BACKOFF: tuple[Micros, ...] = (
    5 * SECOND,
    15 * SECOND,
    1 * MINUTE,
    2 * MINUTE,
    5 * MINUTE,
    10 * MINUTE,
    15 * MINUTE,
)
JITTER = 0.2
#: What no relay has taken by then is given up, once each of these waits was waited. As long as mail servers try
#: (RFC 5321, 4.5.4.1).
LONGEST: Micros = 5 * DAY


def backoff(failures: int, random: Random) -> Micros:
    """How long to wait after so many failed attempts (at least one) before the next."""
    longest = BACKOFF[min(failures, len(BACKOFF)) - 1]
    return round(longest * random.uniform(1 - JITTER, 1 + JITTER))


def is_given_up(message: Message, now: Instant) -> bool:
    """Whether the attempt that failed now was the message's last. `message`: as it was before that attempt."""
    return now - message.created >= LONGEST and message.attempts >= len(BACKOFF)
