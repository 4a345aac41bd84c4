"""The letters about an outage."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from slawatch.model import Saying
from slawatch.reporters.mail.facts import OutageFacts
from slawatch.reporters.mail.letter import Letter, Paragraph, Writing
from slawatch.reporters.wording.phrasing import (
    duration,
    enumeration,
    length,
    lines,
    minute,
    month_name,
    named,
    planned,
    second,
    stretch,
)
from slawatch.reporters.wording.seen import CAUSES, CHECKS, UNCLEAR, Seen

#: Of the times before so many are written out.
SHOWN = 5


def subject(writing: Writing, facts: OutageFacts) -> str:
    """The same for all mails of a thread: Gmail takes another subject for another conversation."""
    return writing.say("Outage: {name}, {when}", when=minute(facts.opened, writing.zone, writing.tongue))


def _outage(writing: Writing, facts: OutageFacts) -> Letter:
    return _down(
        writing,
        facts,
        title=writing.say("Outage at {name}"),
        lead=writing.say("{service} is not working properly for {name} at the moment."),
    )


def _again(writing: Writing, facts: OutageFacts) -> Letter:
    return _down(
        writing,
        facts,
        title=writing.say("Outage at {name} is back"),
        lead=writing.say("The outage that seemed to be over is back: {service} is not working properly for {name}."),
    )


def _overrun(writing: Writing, facts: OutageFacts) -> Letter:
    rows: tuple[tuple[str, str], ...] = ()
    if facts.overrun is not None:
        rows = ((writing.say("Planned until"), planned(facts.overrun, writing.zone, writing.tongue)),)
    return _down(
        writing,
        facts,
        title=writing.say("Maintenance takes longer at {name}"),
        lead=writing.say(
            "The maintenance was to be done by now, but {service} is not working properly for {name} yet."
        ),
        rows=rows,
    )


def _update(writing: Writing, facts: OutageFacts) -> Letter:
    so_far = duration(facts.starts, max(facts.starts, writing.known), writing.tongue)
    return _down(
        writing,
        facts,
        title=writing.say("Outage at {name} continues"),
        lead=writing.say("{service} is still not working properly for {name}. We are working on it."),
        rows=((writing.say("So far"), so_far),),
    )


def _down(
    writing: Writing, facts: OutageFacts, *, title: str, lead: str, rows: tuple[tuple[str, str], ...] = ()
) -> Letter:
    return Letter(
        tone="trouble",
        subject=subject(writing, facts),
        title=title,
        lead=lead,
        rows=(
            _hit(writing, facts),
            (writing.say("Since"), second(facts.starts, writing.zone, writing.tongue)),
            *rows,
            (writing.say("What we see"), writing.say(_seen(facts).now)),
            writing.reference(facts.outage),
        ),
        paragraphs=(
            *_words(writing, facts),
            *_before(writing, facts),
            Paragraph(
                writing.say("What we are doing"),
                (writing.say("We will find the cause and put it right as soon as we can."),),
            ),
            Paragraph(
                writing.say("Next message"), (writing.say("You will hear from us as soon as the outage is over."),)
            ),
            writing.questions(writing.say("Questions?")),
        ),
    )


def _recovery(writing: Writing, facts: OutageFacts) -> Letter:
    return _over(
        writing,
        facts,
        title=writing.say("The outage at {name} is over"),
        lead=writing.say("The outage is over: {service} is working again for {name}."),
    )


def _was_and_is_over(writing: Writing, facts: OutageFacts) -> Letter:
    return _over(
        writing,
        facts,
        title=writing.say("There was an outage at {name}"),
        lead=writing.say(
            "For a while {service} was not working properly for {name}. That is over: it is working again."
        ),
    )


def _over(writing: Writing, facts: OutageFacts, *, title: str, lead: str) -> Letter:
    if facts.ends is None:
        raise LookupError(f"the outage {facts.outage} has no end")
    zone, tongue = writing.zone, writing.tongue
    return Letter(
        tone="good",
        subject=subject(writing, facts),
        title=title,
        lead=lead,
        rows=(
            _hit(writing, facts),
            (writing.say("Began"), second(facts.starts, zone, tongue)),
            (writing.say("Ended"), second(facts.ends, zone, tongue)),
            (writing.say("Lasted"), duration(facts.starts, facts.ends, tongue)),
            (writing.say("What we saw"), writing.say(_seen(facts).then)),
            writing.reference(facts.outage),
        ),
        paragraphs=(
            *_words(writing, facts),
            *_before(writing, facts),
            *_month(writing, facts),
            writing.questions(writing.say("Still noticing something?")),
        ),
    )


def _hit(writing: Writing, facts: OutageFacts) -> tuple[str, str]:
    named_checks = []
    for check in facts.checks:
        if check in facts.to.labels:
            named_checks.append(named(facts.to.labels[check]))
        elif check in CHECKS:
            named_checks.append(writing.say(CHECKS[check]))
        else:
            named_checks.append(named(check.replace("_", " ")))
    return writing.say("Affected"), enumeration(named_checks, writing.tongue)


def _seen(facts: OutageFacts) -> Seen:
    return UNCLEAR if facts.cause is None else CAUSES.get(facts.cause, UNCLEAR)


def _words(writing: Writing, facts: OutageFacts) -> tuple[Paragraph, ...]:
    if facts.words is None:
        return ()
    when = minute(facts.words.at, writing.zone, writing.tongue)
    return (Paragraph(writing.say("Message of {when}", when=when), lines(facts.words.text)),)


def _before(writing: Writing, facts: OutageFacts) -> tuple[Paragraph, ...]:
    """Of an outage that came again the times before, the last ones of many."""
    if not facts.before:
        return ()
    times = facts.before[-SHOWN:]
    return (Paragraph(writing.say("Before that"), tuple(stretch(*one, writing.zone, writing.tongue) for one in times)),)


def _month(writing: Writing, facts: OutageFacts) -> tuple[Paragraph, ...]:
    """The figures are cut to the second, as the length of the outage is."""
    month = facts.month
    if month is None:
        return ()
    text = writing.say(
        "In {month} {service} has been unavailable for {down} so far. What was agreed is {allowed} at most in the "
        "whole month. Maintenance that was announced in time does not count.",
        month=month_name(month.at, writing.zone, writing.tongue),
        down=length(month.down, writing.tongue),
        allowed=length(month.allowed, writing.tongue),
    )
    return (Paragraph(writing.say("This month"), (text,)),)


#: What a mail can say of an outage: a function and a line here.
OUTAGE_LETTERS: Mapping[Saying, Callable[[Writing, OutageFacts], Letter]] = MappingProxyType(
    {
        Saying.OUTAGE: _outage,
        Saying.AGAIN: _again,
        Saying.OVERRUN: _overrun,
        Saying.UPDATE: _update,
        Saying.RECOVERY: _recovery,
        Saying.OVER: _was_and_is_over,
    }
)
