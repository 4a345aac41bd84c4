"""From what the ledger tells of an outage to what its mails say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from slawatch.model import Declaration, DeclarationKind, Event, EventKind, Instant, Message, Saying
from slawatch.reporters.mail.facts import Addressee, OperatorWords, OutageFacts, known, says
from slawatch.reporters.mail.outcome import Unrenderable
from slawatch.rules.stands import Window

#: What is said of an outage that is over.
OVER = frozenset({Saying.RECOVERY, Saying.OVER})


def facts_as_told(
    message: Message,
    events: Sequence[Event],
    to: Addressee,
    *,
    thread: Sequence[str] = (),
    said: Iterable[Declaration] = (),
    windows: Iterable[Window] = (),
) -> OutageFacts:
    """What was known of the message's outage as of when its mail tells, so that every attempt says the same.

    `events`: of the outage, in the order in which they were judged. `thread`: the ids of the outages that are told in
    one thread, in the order in which they opened; without it, only the message's own. The mail tells of the latest.
    `said`: what was declared of that one. `windows`: the customer's maintenance as it stood. Raises Unrenderable when
    no opening is among the events, or no end where the mail says that it is over.
    """
    until = known(message)
    told = {id_: _told(id_, events, until) for id_ in thread or (message.outage,)}
    begun = [id_ for id_, own in told.items() if own]
    if not begun:
        raise Unrenderable(f"the outage {message.outage} has no opening before its message")
    *before, outage = begun
    by_start = sorted(_begun(told[outage]), key=lambda event: event.at)
    starts = by_start[0].at
    return OutageFacts(
        outage=outage,
        to=to,
        opened=told[begun[0]][0].at,
        starts=starts,
        ends=_end(outage, told[outage]) if says(message) in OVER else None,
        checks=tuple(dict.fromkeys(check for event in _begun(told[outage]) for check in event.checks)),
        cause=next((event.cause for event in by_start if event.cause), None),
        before=tuple((min(event.at for event in _begun(told[id_])), _end(id_, told[id_])) for id_ in before),
        words=_words(outage, said, until),
        overrun=_overrun(starts, until, windows) if says(message) is Saying.OVERRUN else None,
    )


def _told(outage: str, events: Sequence[Event], until: Instant) -> Sequence[Event]:
    """From its opening on; nothing where that is not known."""
    own = [one for one in events if one.outage == outage and one.recorded <= until]
    return own if _begun(own) else ()


def _begun(told: Sequence[Event]) -> Sequence[Event]:
    return [one for one in told if one.kind is not EventKind.CLOSED]


def _end(outage: str, told: Sequence[Event]) -> Instant:
    ends = [event.at for event in told if event.kind is EventKind.CLOSED]
    if not ends:
        raise Unrenderable(f"the outage {outage} has no end before its recovery message")
    return ends[-1]


def _words(outage: str, said: Iterable[Declaration], until: Instant) -> OperatorWords | None:
    """What the operator said last, for the customers; notes are for ourselves."""
    updates = [
        OperatorWords(one.recorded, str(one.facts["text"]))
        for one in said
        if one.kind is DeclarationKind.OUTAGE_UPDATED
        if one.subject == outage and one.recorded <= until
    ]
    return updates[-1] if updates else None


def _overrun(starts: Instant, until: Instant, windows: Iterable[Window]) -> Instant | None:
    """The planned end of the maintenance during which the outage began, and which that goes on after."""
    ends = [
        one.latest.ends
        for one in windows
        if one.cancelled is None and one.latest.starts <= starts < one.latest.ends <= until
    ]
    return max(ends, default=None)
