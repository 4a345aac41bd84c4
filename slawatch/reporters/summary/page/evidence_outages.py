"""What is told of each outage, each blip and each stretch of which nothing is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from slawatch.model import Cause, Instant
from slawatch.reporters.summary.facts import Blip, MailSent, Outage, Unseen
from slawatch.reporters.summary.page.pen import Pen
from slawatch.reporters.summary.page.shown import MOST_MAILS, Shown, shown
from slawatch.reporters.wording.figures import NONE
from slawatch.reporters.wording.phrasing import lines, named
from slawatch.reporters.wording.seen import CAUSES, SILENCE, UNCLEAR, UNSEEN
from slawatch.reporters.wording.tongue import mark

#: What a mail says, by its saying.
SAYINGS: Mapping[str, str] = MappingProxyType(
    {
        "outage": mark("it is down"),
        "again": mark("it is down again"),
        "overrun": mark("the maintenance takes longer"),
        "update": mark("it lasts"),
        "recovery": mark("it is over"),
        "over": mark("it was down, and is over"),
        "announced": mark("announcement"),
        "changed": mark("change"),
        "cancelled": mark("cancellation"),
        "reminder": mark("reminder"),
        "digest": mark("several in one"),
    }
)
_STATES: Mapping[str, str] = MappingProxyType(
    {
        "failed": mark("refused"),
        "folded": mark("said in another mail"),
        "dropped": mark("not sent: nothing was left to say"),
    }
)
_WAITING = mark("not yet")


@dataclass(frozen=True, slots=True)
class MailTold:
    """`accepted`: when, or what became of it instead. `after`: how long after it was owed."""

    says: str
    contact: str
    accepted: str
    after: str
    proves: bool


@dataclass(frozen=True, slots=True)
class OutageTold:
    """`id`: what the mails call it. `remarks`: time and who, and the lines, of those that customers were mailed."""

    id: str
    span: str
    down: str
    lasted: str
    cause: str
    checks: str
    confirmed: str
    acknowledged: str
    remarks: tuple[tuple[str, tuple[str, ...]], ...]
    mails: Shown[MailTold]


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table: when, how long, what was hit and why."""

    span: str
    length: str
    checks: str
    cause: str


def outages(pen: Pen) -> Shown[OutageTold]:
    """The longest of many."""
    some = shown(pen.summary.outages, lambda one: one.down)
    return Shown(tuple(_outage(pen, one) for one in some.rows), some.left_out)


def blips(pen: Pen) -> Shown[Row]:
    some = shown(pen.summary.blips, lambda one: one.ends - one.at)
    return Shown(tuple(_blip(pen, one) for one in some.rows), some.left_out)


def unseen(pen: Pen) -> Shown[Row]:
    some = shown(pen.summary.unseen, lambda one: one.ends - one.starts)
    return Shown(tuple(_unseen(pen, one) for one in some.rows), some.left_out)


def mails(pen: Pen, sent: tuple[MailSent, ...]) -> Shown[MailTold]:
    """Of many those that prove or that nobody took, then those that took longest."""
    some = shown(sent, _weight, MOST_MAILS)
    return Shown(tuple(_mail(pen, one) for one in some.rows), some.left_out)


def _weight(one: MailSent) -> tuple[bool, int]:
    return one.proves or one.accepted is None, (one.accepted or one.owed) - one.owed


def _outage(pen: Pen, outage: Outage) -> OutageTold:
    acknowledged = ""
    if outage.acknowledged is not None:
        acknowledged = pen.when(outage.acknowledged)
        if outage.acknowledged_by is not None:
            acknowledged += f", {named(outage.acknowledged_by)}"
    return OutageTold(
        id=outage.id or NONE,
        span=pen.span(outage.starts, outage.ends),
        down=pen.short(outage.down),
        lasted=NONE if outage.ends is None else pen.short(outage.ends - outage.starts),
        cause=pen.say(CAUSES.get(outage.cause, UNCLEAR).then),
        checks=pen.checks(outage.checks),
        confirmed=_later(pen, outage.confirmed, outage.starts) or pen.say("afterwards, from the record"),
        acknowledged=acknowledged,
        remarks=tuple(
            (_said(pen, one.at, one.who, one.ticket), lines(one.text)) for one in outage.remarks if one.public
        ),
        mails=mails(pen, outage.mails),
    )


def _said(pen: Pen, at: Instant, who: str, ticket: str | None) -> str:
    return ", ".join(filter(None, (pen.when(at), named(who), None if ticket is None else named(ticket))))


def _later(pen: Pen, at: Instant | None, since: Instant) -> str:
    if at is None:
        return ""
    return pen.say("{when}, {length} after it began", when=pen.when(at), length=pen.short(max(0, at - since)))


def _mail(pen: Pen, one: MailSent) -> MailTold:
    if one.accepted is None:
        accepted, after = pen.say(_STATES.get(one.state, _WAITING)), NONE
    else:
        accepted, after = pen.when(one.accepted), pen.short(max(0, one.accepted - one.owed))
    says = pen.say(SAYINGS[one.says]) if one.says in SAYINGS else named(one.says)
    return MailTold(says, named(one.contact), accepted, after, one.proves)


def _blip(pen: Pen, blip: Blip) -> Row:
    return Row(pen.when(blip.at), pen.short(blip.ends - blip.at), pen.checks(blip.checks), _seen(pen, blip.cause))


def _seen(pen: Pen, cause: Cause | None) -> str:
    return pen.say((UNCLEAR if cause is None else CAUSES.get(cause, UNCLEAR)).then)


def _unseen(pen: Pen, one: Unseen) -> Row:
    causes = [pen.say(UNSEEN[cause]) for cause in one.causes if cause in UNSEEN] or [pen.say(SILENCE)]
    return Row(pen.span(one.starts, one.ends), pen.short(one.ends - one.starts), "", " ".join(causes))
