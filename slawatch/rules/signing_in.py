"""How often somebody may try to sign in, and how long a session lasts."""

from __future__ import annotations

from dataclasses import dataclass

from slawatch.model import DAY, HOUR, MINUTE, SECOND, Instant, Micros

#: A session that nobody used for so long is over; and any one, so long after it began.
IDLE, ABSOLUTE = 12 * HOUR, 7 * DAY
#: That a session is used is written down so often.
SEEN_EVERY = 5 * MINUTE
#: So long a failure is remembered.
REMEMBERED = DAY


@dataclass(frozen=True, slots=True)
class Limit:
    """So many failures are `free`; then the wait is a second, and twice as long each time, up to `longest`."""

    free: int
    longest: Micros


#: Of one address. Of one name, from wherever: shorter, for a stranger must not be able to keep somebody out.
BY_ADDRESS, BY_NAME = Limit(5, 15 * MINUTE), Limit(5, 30 * SECOND)


@dataclass(frozen=True, slots=True)
class Failures:
    """How many in a row, the last of them at `last`."""

    count: int
    last: Instant

    def one_more(self, now: Instant) -> Failures:
        """With a failure now; those that are forgotten by now do not count."""
        return Failures(1 if now - self.last > REMEMBERED else self.count + 1, now)

    def free_from(self, limit: Limit) -> Instant:
        """The instant from which the next attempt is looked at."""
        beyond = self.count - limit.free
        if beyond < 0:
            return self.last
        return self.last + min(SECOND << min(beyond, 40), limit.longest)


NONE = Failures(0, 0)


def session_lasts(created: Instant, seen: Instant, now: Instant) -> bool:
    """Whether a session that began at `created`, and was last used at `seen`, is still one."""
    return now - seen < IDLE and now - created < ABSOLUTE
