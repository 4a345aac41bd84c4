"""How many mails a contact gets in an hour: what is beyond is told in one, now and then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from slawatch.model import HOUR, MINUTE, Instant, Message, Saying
from slawatch.rules.telling import Telling, turn

#: Beyond its mails of an hour a contact gets one so long after its last: an outage is not kept from it for an hour.
CALM = 5 * MINUTE


@dataclass(frozen=True, slots=True)
class Had:
    """What a contact had within the last hour: when its mails were accepted, and how many are on their way."""

    accepted: tuple[Instant, ...] = ()
    on_their_way: int = 0

    def room(self, most: int, now: Instant) -> int:
        """How many more it may get now, when it may get `most` in an hour, and one more each CALM; not below 0."""
        left = most - len(self.accepted) - self.on_their_way
        if left > 0 or self.on_their_way:
            return max(0, left)
        return int(max(self.accepted) + CALM <= now)


def capped(tellings: Sequence[Telling], had: Had, most: int, now: Instant) -> tuple[Telling, ...]:
    """One contact's tellings, all that wait for it in their order, within `most` mails an hour.

    Of more than may be sent the last that may says all the rest: a digest in the place of its carrier's telling, and
    in the place of the others a telling of nothing. What was put together before cannot be told in a digest.
    """
    sent = [one for one in tellings if one.carrier is not None]
    room = had.room(most, now)
    if len(sent) <= room:
        return tuple(tellings)
    again = [one for one in sent if _was_put_together(one)]
    fresh = [one for one in sent if not _was_put_together(one)]
    left = room - min(room, len(again))
    single = left if len(fresh) <= left else max(0, left - 1)
    alone = {_carrier(one).id for one in (*again[:room], *fresh[:single])}
    digest = _digest(fresh[single:]) if left and fresh[single:] else None
    absorbed = set() if digest is None else {_carrier(one).id for one in fresh[single:]}
    waits = Telling(waits_until=_freed(had, most, now))

    def becomes(one: Telling) -> Telling:
        if one.carrier is None or one.carrier.id in alone:
            return one
        if digest is None or one.carrier.id not in absorbed:
            return waits
        return digest if _carrier(digest).id == one.carrier.id else Telling()

    return tuple(map(becomes, tellings))


def _was_put_together(telling: Telling) -> bool:
    return _carrier(telling).handed_over > 0


def _digest(tellings: Sequence[Telling]) -> Telling:
    """All of them in one mail; the others keep what they would have said.

    It is carried by the row that was tried least, of these the oldest: each that joins while no relay takes the mail
    would else make all of them wait longer for the next attempt.
    """
    carriers = [_carrier(one) for one in tellings]
    carrier = min(carriers, key=lambda one: (one.attempts, turn(one)))
    known = max(one.known or 0 for one in carriers)
    folded = [one for one in carriers if one is not carrier] + [row for one in tellings for row in one.folded]
    dropped = tuple(row for one in tellings for row in one.dropped)
    return Telling(replace(carrier, says=Saying.DIGEST, known=known), tuple(folded), dropped)


def _carrier(telling: Telling) -> Message:
    assert telling.carrier is not None, "only what is sent is counted"
    return telling.carrier


def _freed(had: Had, most: int, now: Instant) -> Instant:
    """When it may get one more: one of the last hour's is an hour old, or its last is CALM ago.

    Or soon, for what is on its way may fail.
    """
    if len(had.accepted) < most or had.on_their_way:
        return now + MINUTE
    ages = sorted(had.accepted)
    return min(ages[len(ages) - most] + HOUR, ages[-1] + CALM)
