"""What a mail says, in its order, before it has a form: the plain text and the HTML are made from the same letter."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from zoneinfo import ZoneInfo

from slawatch.model import Message, MessageKind
from slawatch.reporters.mail.dutch import DUTCH
from slawatch.reporters.mail.english import ENGLISH
from slawatch.reporters.mail.facts import OutageFacts
from slawatch.reporters.mail.phrasing import duration, enumeration, minute, one_line, second
from slawatch.reporters.mail.words import Words

LANGUAGES: Mapping[str, Words] = MappingProxyType({"nl": DUTCH, "en": ENGLISH})


@dataclass(frozen=True, slots=True)
class Letter:
    """Plain text, each on one line. `tone`: `trouble` or `good`. `rows`: label, value. `paragraphs`: heading, text."""

    language: str
    tone: str
    subject: str
    title: str
    lead: str
    rows: tuple[tuple[str, str], ...]
    paragraphs: tuple[tuple[str, str], ...]
    closing: str


@dataclass(frozen=True, slots=True)
class _Writing:
    """What every letter draws on. `answers_to`: the bare address for questions."""

    message: Message
    facts: OutageFacts
    answers_to: str | None
    words: Words
    zone: ZoneInfo

    def said(self, sentence: str) -> str:
        """The sentence with the names filled in."""
        to = self.facts.to
        return sentence.format(name=one_line(to.name), service=one_line(to.service))

    @property
    def subject(self) -> str:
        """The same for all mails of a thread: Gmail takes another subject for another conversation."""
        when = minute(self.facts.opened, self.zone, self.words)
        return self.words.subject.format(name=one_line(self.facts.to.name), when=when)

    @property
    def hit(self) -> tuple[str, str]:
        labels = {**self.words.checks, **self.facts.to.labels}
        named = [one_line(labels.get(check, check.replace("_", " "))) for check in self.facts.checks]
        return self.words.hit, enumeration(named, self.words)

    @property
    def reference(self) -> tuple[str, str]:
        return self.words.reference, one_line(self.facts.outage)

    @property
    def questions(self) -> str:
        if self.answers_to is None:
            return self.words.questions_text_without_address
        return self.words.questions_text.format(address=self.answers_to)


def write_letter(message: Message, facts: OutageFacts, answers_to: str | None) -> Letter:
    """Raises LookupError for a language without words, an unknown zone, or a recovery without an end."""
    writing = _Writing(message, facts, answers_to, LANGUAGES[facts.language], ZoneInfo(facts.to.zone))
    return LETTERS[message.kind](writing)


def _outage(writing: _Writing) -> Letter:
    words, facts = writing.words, writing.facts
    seen = words.unclear if facts.cause is None else words.causes.get(facts.cause, words.unclear)
    return Letter(
        language=facts.language,
        tone="trouble",
        subject=writing.subject,
        title=writing.said(words.outage_title),
        lead=writing.said(words.outage_lead if writing.message.sequence == 1 else words.outage_again_lead),
        rows=(
            writing.hit,
            (words.since, second(facts.starts, writing.zone, words)),
            (words.we_see, seen.now),
            writing.reference,
        ),
        paragraphs=(
            (words.we_do, words.we_do_text),
            (words.next_word, words.next_word_text),
            (words.questions, writing.questions),
        ),
        closing=words.automatic,
    )


def _recovery(writing: _Writing) -> Letter:
    words, facts = writing.words, writing.facts
    if facts.ends is None:
        raise LookupError(f"the outage {facts.outage} has no end")
    seen = words.unclear if facts.cause is None else words.causes.get(facts.cause, words.unclear)
    return Letter(
        language=facts.language,
        tone="good",
        subject=f"Re: {writing.subject}",
        title=writing.said(words.recovery_title),
        lead=writing.said(words.recovery_lead),
        rows=(
            writing.hit,
            (words.began, second(facts.starts, writing.zone, words)),
            (words.ended, second(facts.ends, writing.zone, words)),
            (words.lasted, duration(facts.starts, facts.ends, words)),
            (words.we_saw, seen.then),
            writing.reference,
        ),
        paragraphs=((words.still_trouble, writing.questions),),
        closing=words.automatic,
    )


#: A kind of mail is a function and a line here.
LETTERS: Mapping[MessageKind, Callable[[_Writing], Letter]] = MappingProxyType(
    {MessageKind.OUTAGE: _outage, MessageKind.RECOVERY: _recovery}
)
