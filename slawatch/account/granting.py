"""From a wish to what is declared and owed, by the rule of its kind."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

from slawatch.config import AHEAD
from slawatch.model import Instant
from slawatch.recurrence import BadRepeat, occurrences
from slawatch.rules import afterwards, windows
from slawatch.rules.announced import announcing
from slawatch.rules.calendar import moment
from slawatch.rules.choices import choose
from slawatch.rules.meaning import length
from slawatch.rules.wishes import (
    Acknowledge,
    Announce,
    Cancel,
    Choose,
    End,
    Exclude,
    Granted,
    Known,
    Move,
    Refused,
    Remark,
    Update,
    Void,
    Wish,
    Withdraw,
)
from slawatch.rules.wording import customers_of


def grant(wish: Wish, known: Known, now: Instant) -> Granted:
    """What is to be declared and what is owed because of it. Raises Refused."""
    granted = _granted(wish, known, now)
    owed = announcing(granted.declarations, known.standings, known.messages, known.recipients, now)
    return replace(granted, messages=(*granted.messages, *owed))


def _granted(wish: Wish, known: Known, now: Instant) -> Granted:  # noqa: PLR0911 - one line a wish
    match wish:
        case Announce():
            return windows.announce(wish, known, now, _occurrences(wish, known, now))
        case End():
            return windows.end(wish, known, now)
        case Cancel():
            return windows.cancel(wish, known, now)
        case Move():
            return windows.move(wish, known, now)
        case Exclude():
            return afterwards.exclude(wish, known, now)
        case Withdraw():
            return afterwards.withdraw(wish, known, now)
        case Void():
            return afterwards.void(wish, known, now)
        case Remark():
            return afterwards.remark(wish, known, now)
        case Acknowledge():
            return afterwards.acknowledge(wish, known, now)
        case Update():
            return afterwards.update(wish, known, now)
        case Choose():
            return choose(wish, known, now)


def _occurrences(wish: Announce, known: Known, now: Instant) -> tuple[tuple[Instant, Instant], ...]:
    """Of a window that comes again, what comes within AHEAD, at the same wall-clock times. Raises Refused."""
    if wish.repeat is None:
        return ()
    zone = ZoneInfo(known.terms[customers_of(wish.customer, known)[0]].timezone)
    starts, ends = (moment(at).astimezone(zone).replace(tzinfo=None) for at in (wish.starts, wish.ends))
    try:
        found = occurrences(wish.repeat, starts, ends, zone, now + AHEAD)
    except BadRepeat as error:
        raise Refused(f"repeat: {error}") from None
    if not found:
        raise Refused(f"starts: nothing comes within {length(AHEAD)}, expected an earlier time")
    return found
