"""A statement's outages with what the ledger knows of them beside: confirmation, words, mails."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from slawatch.model import Cause, Event, EventKind, Instant, Message
from slawatch.reporters.mail import says
from slawatch.reporters.summary.facts import MailSent, Outage, Remark
from slawatch.rules.calendar import parse
from slawatch.rules.document import Document, micros
from slawatch.rules.stands import Note, Words
from slawatch.rules.telling import OF_OUTAGES


@dataclass(frozen=True, slots=True)
class _Seen:
    """An outage as the daemon saw it live. The statement's outages are unions: several of these may be in one."""

    id: str
    starts: Instant
    confirmed: Instant | None


def outages(
    told: Document, events: Iterable[Event], words: Mapping[str, Words], mails: Sequence[Message]
) -> tuple[Outage, ...]:
    """Those of the statement, in its order. `events`, `words` by outage, `mails`: all that is known of the customer."""
    live = _live(events)
    return tuple(_outage(row, live, words, mails) for row in told["outages"])


def mail_sent(message: Message, *, proves: bool = False) -> MailSent:
    return MailSent(
        contact=message.contact,
        says=says(message).value,
        owed=message.created,
        accepted=message.accepted,
        state=message.state.value,
        relay=message.relay,
        proves=proves,
    )


def _live(events: Iterable[Event]) -> list[_Seen]:
    by_outage: dict[str, list[Event]] = {}
    for one in events:
        if one.kind is not EventKind.OVERRAN:
            by_outage.setdefault(one.outage, []).append(one)
    return [
        _Seen(
            id_,
            min(one.at for one in own if one.kind is not EventKind.CLOSED),
            min((one.recorded for one in own if one.kind is EventKind.OPENED), default=None),
        )
        for id_, own in by_outage.items()
    ]


def _outage(row: Document, live: Iterable[_Seen], words: Mapping[str, Words], mails: Sequence[Message]) -> Outage:
    starts, ends = parse(row["starts"]), None if row["ends"] is None else parse(row["ends"])
    its = [one for one in live if starts <= one.starts and (ends is None or one.starts <= ends)]
    ids = {one.id for one in its}
    said = [words[id_] for id_ in ids if id_ in words]
    taken = [(one.acknowledged, one.by) for one in said if one.acknowledged is not None]
    acknowledged, by = min(taken, key=lambda one: one[0], default=(None, None))
    return Outage(
        id=its[0].id if its else None,
        starts=starts,
        ends=ends,
        down=micros(row["seconds"]),
        cause=Cause(row["cause"]),
        checks=tuple(row["checks"]),
        confirmed=min((one.confirmed for one in its if one.confirmed is not None), default=None),
        acknowledged=acknowledged,
        acknowledged_by=by,
        remarks=_remarks(said),
        mails=tuple(mail_sent(one) for one in mails if one.outage in ids and one.kind in OF_OUTAGES),
    )


def _remarks(said: Iterable[Words]) -> tuple[Remark, ...]:
    """Notes and updates in the order in which they were said."""
    own = [_remark(note, public=False) for words in said for note in words.notes]
    public = [_remark(note, public=True) for words in said for note in words.updates.values()]
    return tuple(sorted([*own, *public], key=lambda one: one.at))


def _remark(note: Note, *, public: bool) -> Remark:
    return Remark(note.at, note.who, note.text, note.ticket, public)
