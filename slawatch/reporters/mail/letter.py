"""What a mail says, in its order, before it has a form: the plain text and the HTML are made from the same letter."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from slawatch.model import Instant
from slawatch.reporters.mail.facts import Addressee
from slawatch.reporters.wording.phrasing import named
from slawatch.reporters.wording.tongue import Tongue


@dataclass(frozen=True, slots=True)
class Link:
    """An address that a person may follow; nothing is fetched from it."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    heading: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """Plain text, each on one line. `tone`: `trouble`, `good` or `notice`. `rows`: label, value.

    `subject`: without the `Re: ` of an answer.
    """

    tone: str
    subject: str
    title: str
    lead: str
    rows: tuple[tuple[str, str], ...]
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True, slots=True)
class Closing:
    """What stands below every letter."""

    text: str
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Writing:
    """What every letter draws on. `known`: as of when it tells. `answers_to`: the bare address for questions."""

    to: Addressee
    known: Instant
    answers_to: str | None
    tongue: Tongue

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.to.zone)

    def say(self, sentence: str, /, **values: str) -> str:
        """The sentence with the names, and what else is said, filled in."""
        return self.tongue.say(sentence, name=named(self.to.name), service=named(self.to.service), **values)

    def questions(self, heading: str) -> Paragraph:
        """Where to ask, under that heading."""
        if self.answers_to is None:
            return Paragraph(heading, (self.say("Reply to this mail, and give the reference."),))
        text = self.say("Reply to this mail or write to {address}, and give the reference.", address=self.answers_to)
        return Paragraph(heading, (text,))

    def reference(self, id_: str) -> tuple[str, str]:
        return self.say("Reference"), named(id_)
