"""What a message says when its turn comes, and which others it says too.

A row of the outbox says why something is owed; what is true may have changed since. So it is settled when the row is
claimed, from the rows of its thread to its contact and from what the ledger knows by then.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from slawatch.model import HOUR, Event, EventKind, Instant, Message, MessageKind, MessageState, Saying

#: What is told of an outage; it goes before what is told of maintenance.
OF_OUTAGES = (MessageKind.OUTAGE, MessageKind.UPDATE, MessageKind.RECOVERY)
OF_WINDOWS = (MessageKind.MAINTENANCE, MessageKind.CANCELLED, MessageKind.REMINDER)

#: What the error of an attempt begins with for which the PDF of a summary could not be made.
NO_PDF = "no PDF"
#: A summary waits so long for its PDF.
WITHOUT_PDF_AFTER = HOUR

_OVER = frozenset({Saying.RECOVERY, Saying.OVER})


@dataclass(frozen=True, slots=True)
class Telling:
    """What becomes of a thread's rows when one of them is claimed.

    `carrier`: the row that is sent, with what it says and by what was known; None: nothing is sent now. `folded`: what
    the carrier's mail says too. `dropped`: what need not be said any more. `waits_until`: nothing can be said yet; the
    claimed row is due again then.
    """

    carrier: Message | None = None
    folded: tuple[Message, ...] = ()
    dropped: tuple[Message, ...] = ()
    waits_until: Instant | None = None


def tell(claimed: Message, rows: Sequence[Message], events: Sequence[Event], now: Instant) -> Telling:
    """What the claimed row says, and what becomes of the other `rows` of its thread to its contact.

    `events`: those of the thread's outages in the order in which they were judged, and the customer's overruns. What
    was put together before is sent as it was. `known` is the latest time of what the mail tells, not `now`: what the
    ledger holds up to then will not change, so that every attempt can be made of it anew.
    """
    if claimed.expires is not None and claimed.expires <= now:
        return Telling(dropped=(claimed,))
    if claimed.known is not None:
        return Telling(claimed)
    owed = sorted((row for row in rows if is_open(row)), key=turn)
    if claimed.kind in OF_WINDOWS:
        return _of_window(claimed, rows, owed)
    if claimed.kind is MessageKind.SUMMARY:
        return _of_summary(rows, owed, now)
    deferred = [row.due for row in owed if row.kind is MessageKind.RECOVERY and row.due > now]
    if deferred and _is_over(events):
        return Telling(waits_until=max(deferred))
    return _of_outage(claimed, rows, owed, events)


def is_open(row: Message) -> bool:
    """Whether it is owed and was not put together yet."""
    return row.state is MessageState.QUEUED and row.known is None


def turn(row: Message) -> tuple[Instant, bool, int, str]:
    """Sorts a thread's rows in the order in which a contact hears of them."""
    return row.created, row.kind is not MessageKind.OUTAGE, row.sequence, row.id


def _was_told(row: Message) -> bool:
    """Whether the contact heard of it, or may have: what was put together may have been handed over."""
    if row.state is MessageState.FOLDED:
        return row.says is not None  # in a digest; else its thread's carrier tells
    put_together = row.known is not None and row.state is MessageState.QUEUED
    return put_together or row.state in {MessageState.SENDING, MessageState.ACCEPTED}


# -- outages ----------------------------------------------------------------------------------------------------------


def _of_outage(claimed: Message, rows: Sequence[Message], owed: Sequence[Message], events: Sequence[Event]) -> Telling:
    openings = [row for row in owed if row.kind is MessageKind.OUTAGE]
    updates = [row for row in owed if row.kind is MessageKind.UPDATE]
    over = _is_over(events)
    match _last_told(rows, events), over:
        case None, True if openings:
            says = Saying.OVER
        case None, False if openings:
            says = Saying.OVERRUN if _overruns(openings[0], events) else Saying.OUTAGE
        case "down", True:
            says = Saying.RECOVERY
        case "down", False if updates:
            says = Saying.UPDATE
        case "over", True if openings:
            says = Saying.OVER
        case "over", False if openings:
            says = Saying.AGAIN
        case _:
            return Telling(dropped=tuple(owed))
    carrier = updates[-1] if says is Saying.UPDATE else claimed
    told = [event for event in events if event.kind is not EventKind.OVERRAN]
    if says is Saying.OVERRUN:
        told.extend(_overruns(openings[0], events))
    known = max(*(row.created for row in owed), *(event.recorded for event in told), 0)
    return _carried(carrier, says, known, owed)


def _last_told(rows: Iterable[Message], events: Sequence[Event]) -> str | None:
    """`down` or `over`, as the contact last heard; None: nothing yet."""
    told = [row for row in rows if _was_told(row)]
    if not told:
        return None
    last = max(told, key=lambda row: (row.created if row.known is None else row.known, turn(row)))
    return "over" if _said_over(last, events) else "down"


def _said_over(row: Message, events: Sequence[Event]) -> bool:
    if row.says is Saying.DIGEST:
        return _is_over([event for event in events if event.recorded <= (row.known or 0)])
    return row.kind is MessageKind.RECOVERY if row.says is None else row.says in _OVER


def _is_over(events: Iterable[Event]) -> bool:
    last = None
    for event in events:
        last = last if event.kind is EventKind.OVERRAN else event.kind
    return last is EventKind.CLOSED


def _overruns(opening: Message, events: Sequence[Event]) -> list[Event]:
    """The windows that ended when the outage came to be owed: it began in one, in which it did not count until then."""
    starts = min((event.at for event in events if event.kind is not EventKind.OVERRAN), default=opening.created)
    return [event for event in events if event.kind is EventKind.OVERRAN and starts <= event.at <= opening.created]


# -- maintenance ------------------------------------------------------------------------------------------------------


def _of_window(claimed: Message, rows: Sequence[Message], owed: Sequence[Message]) -> Telling:
    """From the rows alone: each version is a row, and so is a cancellation, after which the window may come back."""
    own = sorted((row for row in rows if _speaks_of(row, claimed)), key=turn)
    mine = [row for row in owed if row.outage == claimed.outage]
    versions = [row for row in own if row.kind is MessageKind.MAINTENANCE]
    ends = [row for row in own if row.kind is MessageKind.CANCELLED and (is_open(row) or _was_told(row))]
    back = max((turn(row) for row in ends if _was_told(row)), default=None)
    told = [row for row in versions if _was_told(row) and (back is None or turn(row) > back)]
    if ends and (not versions or turn(ends[-1]) > turn(versions[-1])):
        if ends[-1] not in mine or (versions and not told):
            return Telling(dropped=tuple(mine))
        return _told_with(ends[-1], Saying.CANCELLED, mine, [])
    news = [row.sequence for row in (*told, *mine) if row.outage == claimed.outage]
    current = [row for row in mine if row.sequence == max(news)]
    fresh = [row for row in mine if row.kind is MessageKind.MAINTENANCE]
    if not current:
        return Telling(dropped=tuple(mine))  # a later version was told meanwhile
    latest = next((row for row in current if row in fresh), None)
    if latest is None:
        later = (row for row in owed if row in versions and turn(row) > turn(current[0]))
        if any(later):  # of its series: that mail tells the times of now
            return Telling(dropped=tuple(mine))
        return _told_with(current[0], Saying.REMINDER, mine, current)
    return _told_with(latest, Saying.CHANGED if told else Saying.ANNOUNCED, mine, [*fresh, *current])


def _speaks_of(row: Message, claimed: Message) -> bool:
    """Whether a row is about the claimed one's window, or about the series of which that is one."""
    return row.outage == claimed.outage or claimed.outage.startswith(f"{row.outage}.")


def _told_with(carrier: Message, says: Saying, mine: Sequence[Message], kept: Sequence[Message]) -> Telling:
    """Of a window's rows those `kept` are folded into the carrier; the others need not be told any more."""
    known = max(row.created for row in mine)
    dropped = tuple(row for row in mine if row not in kept and row is not carrier)
    return replace(_carried(carrier, says, known, kept), dropped=dropped)


# -- summaries --------------------------------------------------------------------------------------------------------


def _of_summary(rows: Sequence[Message], owed: Sequence[Message], now: Instant) -> Telling:
    """The latest revision says it all. What waited in vain for its PDF goes without."""
    latest = max(owed, key=lambda row: row.sequence)
    told = [row for row in rows if row.state is MessageState.ACCEPTED]
    says = Saying.CORRECTED if told else Saying.SUMMARY
    unprinted = any((row.error or "").startswith(NO_PDF) for row in owed)
    if unprinted and min(row.created for row in owed) + WITHOUT_PDF_AFTER <= now:
        says = Saying.UNPRINTED
    known = max(latest.created, *(row.accepted or 0 for row in told), 0)
    return _carried(latest, says, known, owed)


def _carried(carrier: Message, says: Saying, known: Instant, owed: Sequence[Message]) -> Telling:
    folded = tuple({row.id: row for row in owed if row.id != carrier.id}.values())
    return Telling(replace(carrier, says=says, known=known), folded)
