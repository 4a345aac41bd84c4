"""Which letter says what: of outages, of maintenance, of a month, of several of these together, and a test."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeAlias

from slawatch.model import Saying
from slawatch.reporters.mail.facts import DigestFacts, OutageFacts, Told, WindowFacts
from slawatch.reporters.mail.letter import Closing, Letter, Link, Paragraph, Writing
from slawatch.reporters.mail.outage_letters import OUTAGE_LETTERS
from slawatch.reporters.mail.summary_facts import SummaryFacts
from slawatch.reporters.mail.summary_letters import SUMMARY_LETTERS
from slawatch.reporters.mail.window_letters import WINDOW_LETTERS
from slawatch.reporters.wording.phrasing import duration, enumeration, minute, named, second, stretch

Facts: TypeAlias = OutageFacts | WindowFacts | DigestFacts | SummaryFacts

#: A digest for a contact of more customers names one of them, and how many others.
MOST_NAMED = 3


def write_letter(says: Saying, facts: Facts, writing: Writing) -> Letter:
    """Raises LookupError for what such facts cannot say."""
    match facts:
        case OutageFacts():
            return OUTAGE_LETTERS[says](writing, facts)
        case WindowFacts():
            return WINDOW_LETTERS[says](writing, facts)
        case SummaryFacts():
            return SUMMARY_LETTERS[says](writing, facts)
        case DigestFacts():
            return _digest(writing, facts)


def write_test(writing: Writing) -> Letter:
    """A letter that only shows that mail arrives."""
    return Letter(
        tone="good",
        subject=writing.say("Test mail of {service}, {when}", when=minute(writing.known, writing.zone, writing.tongue)),
        title=writing.say("The mail arrives"),
        lead=writing.say("This is a test: mails about {service} reach you. You need not do anything."),
        rows=((writing.say("Sent"), second(writing.known, writing.zone, writing.tongue)),),
        paragraphs=(),
    )


def close(writing: Writing, *, preferences: str | None, calendar: str | None, summaries: str | None = None) -> Closing:
    """What stands below a letter, with the addresses that there are."""
    links = []
    if summaries is not None:
        links.append(Link(writing.say("All summaries of {name}"), summaries))
    if calendar is not None:
        links.append(Link(writing.say("The calendar with all maintenance, to subscribe to"), calendar))
    if preferences is not None:
        links.append(Link(writing.say("Choose which mails you want"), preferences))
    return Closing(writing.say("This message was sent automatically."), tuple(links))


def _digest(own: Writing, facts: DigestFacts) -> Letter:
    writing = replace(own, to=replace(own.to, name=_names(own, facts)))
    down = any(isinstance(one.facts, OutageFacts) and one.facts.ends is None for one in facts.told)
    return Letter(
        tone="trouble" if down else "notice",
        subject=writing.say("Overview: {name}, {when}", when=minute(writing.known, writing.zone, writing.tongue)),
        title=writing.say("Overview for {name}"),
        lead=writing.say("There was more to tell than we send in mails of their own. So here it is in one."),
        rows=(),
        paragraphs=(
            *(_item(writing, one) for one in facts.told),
            writing.questions(writing.say("Questions?")),
        ),
    )


def _names(writing: Writing, facts: DigestFacts) -> str:
    """Of all customers of whom it tells: a contact may be that of many."""
    names = list(dict.fromkeys(one.facts.to.name for one in facts.told)) or [facts.to.name]
    if len(names) <= MOST_NAMED:
        return enumeration(names, writing.tongue)
    return writing.say("{first} and {others} others", first=named(names[0]), others=str(len(names) - 1))


def _item(writing: Writing, told: Told) -> Paragraph:
    """What its own mail would have said, in brief."""
    own = Writing(told.facts.to, writing.known, writing.answers_to, writing.tongue)
    letter = write_letter(told.says, told.facts, own)
    when = _outage_time(own, told.facts) if isinstance(told.facts, OutageFacts) else _window_time(own, told.facts)
    reference = own.reference(told.facts.outage if isinstance(told.facts, OutageFacts) else told.facts.window)
    return Paragraph(letter.title, (letter.lead, when, ": ".join(reference)))


def _outage_time(writing: Writing, facts: OutageFacts) -> str:
    if facts.ends is None:
        return writing.say("Since {begin}.", begin=second(facts.starts, writing.zone, writing.tongue))
    times = stretch(facts.starts, facts.ends, writing.zone, writing.tongue)
    return writing.say(
        "From {times}: {length}.", times=times, length=duration(facts.starts, facts.ends, writing.tongue)
    )


def _window_time(writing: Writing, facts: WindowFacts) -> str:
    first = facts.occurrences[0]
    times = stretch(first.starts, first.ends, writing.zone, writing.tongue)
    if facts.recurring:
        return writing.say("First: {times}.", times=times)
    return writing.say("When: {times}.", times=times)
