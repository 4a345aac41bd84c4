"""The letters about a closed month: what was kept, by how much, and what a correction changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from types import MappingProxyType

from slawatch.model import SECOND, Saying
from slawatch.reporters.mail.letter import Letter, Paragraph, Writing
from slawatch.reporters.mail.summary_facts import Stood, SummaryFacts
from slawatch.reporters.mail.summary_figures import briefly, figures, inside
from slawatch.reporters.wording.figures import NONE, objective, share, short
from slawatch.reporters.wording.phrasing import month_name, second
from slawatch.reporters.wording.revised import sentences
from slawatch.reporters.wording.tongue import mark
from slawatch.rules import calendar
from slawatch.rules.calendar import parse
from slawatch.rules.verdict import judged, kept

#: Of outages that were not over so many are written out.
SHOWN = 5

_TONES: Mapping[bool | None, str] = {True: "good", False: "trouble", None: "notice"}
_TITLES: Mapping[bool | None, str] = {
    True: mark("{name}, {month}: what was agreed was kept"),
    False: mark("{name}, {month}: not all that was agreed was kept"),
    None: mark("{name}, {month}: whether what was agreed was kept cannot be said"),
}


def subject(writing: Writing, facts: SummaryFacts) -> str:
    """The same for all mails about the month: so it says no verdict, which may change."""
    return writing.say("Monthly summary: {name}, {month}", month=_month(writing, facts))


def _summary(writing: Writing, facts: SummaryFacts) -> Letter:
    return _letter(writing, facts, _enclosed(writing, facts))


def _unprinted(writing: Writing, facts: SummaryFacts) -> Letter:
    why = writing.say("It is a page instead of a PDF, which could not be made.")
    return _letter(writing, facts, (*_enclosed(writing, facts), why))


def _letter(writing: Writing, facts: SummaryFacts, enclosed: tuple[str, ...]) -> Letter:
    met = kept(facts.stood.promises)
    return Letter(
        tone=_TONES[met],
        subject=subject(writing, facts),
        title=writing.say(_TITLES[met], month=_month(writing, facts)),
        lead=_lead(writing, facts),
        rows=(
            *figures(writing, facts.stood).items(),
            (writing.say("Revision"), _revision(writing, facts.stood)),
            writing.reference(facts.reference),
        ),
        paragraphs=(
            *_changes(writing, facts),
            *_open(writing, facts.stood),
            Paragraph(writing.say("The whole summary"), (*enclosed, _digest(writing, facts.stood))),
            writing.questions(writing.say("Questions?")),
        ),
    )


def _month(writing: Writing, facts: SummaryFacts) -> str:
    return month_name(calendar.month(facts.month, writing.zone).starts, writing.zone, writing.tongue)


def _lead(writing: Writing, facts: SummaryFacts) -> str:
    answer = _answer(writing, facts.stood)
    if facts.before is None:
        return answer
    number, before = str(facts.stood.revision), str(facts.before.revision)
    again = writing.say(
        "This is revision {number}; it takes the place of revision {before}.", number=number, before=before
    )
    return f"{again} {answer}"


def _answer(writing: Writing, stood: Stood) -> str:
    asked = judged(stood.promises)
    met = kept(asked)
    if not asked:
        return writing.say("Nothing was measured that could be judged.")
    if met is True:
        return writing.say("{service} kept all promises that were measured.")
    names = inside(writing, [one for one in asked if one.met is met])
    if met is None:
        return writing.say("Cannot be said: {promises}.", promises=names)
    return writing.say("Not kept: {promises}.", promises=names)


def _revision(writing: Writing, stood: Stood) -> str:
    at = second(parse(stood.told["as_of"]), writing.zone, writing.tongue)
    return writing.say("{number}, as known on {when}", number=str(stood.revision), when=at)


def _changes(writing: Writing, facts: SummaryFacts) -> tuple[Paragraph, ...]:
    """Why there is another revision than the one that was told, and what it says otherwise."""
    if facts.before is None:
        return ()
    why = sentences(facts.causes, facts.unnamed, writing.tongue)
    return (
        Paragraph(writing.say("Why there is another revision"), why),
        Paragraph(writing.say("What is different"), _differences(writing, facts.before, facts.stood)),
    )


def _differences(writing: Writing, before: Stood, now: Stood) -> tuple[str, ...]:
    was, is_now = briefly(writing, before), briefly(writing, now)
    found = [
        writing.say(
            "{what}: before {before}, now {now}.", what=what, before=was.get(what, NONE), now=is_now.get(what, NONE)
        )
        for what in dict.fromkeys((*is_now, *was))
        if is_now.get(what) != was.get(what)
    ]
    return tuple(found) or (writing.say("None of the figures above."),)


def _open(writing: Writing, stood: Stood) -> tuple[Paragraph, ...]:
    """What the month could not answer."""
    told = stood.told
    lasting = [one["starts"] for one in told["outages"] if one["ends"] is None]
    lines = [
        writing.say(
            "The outage that began on {when} was not over yet.",
            when=second(parse(starts), writing.zone, writing.tongue),
        )
        for starts in lasting[:SHOWN]
    ]
    figures = told["availability"]
    if figures["why"] == "insufficient_coverage":
        lines.append(
            writing.say(
                "Too little was measured to judge availability: {coverage} of the time, where {needed} is needed.",
                coverage=share(figures["coverage"], writing.tongue),
                needed=objective(float(Fraction(told["terms"]["availability"]["coverage"])), writing.tongue),
            )
        )
    unknown = round(figures["seconds"]["unknown"] * SECOND)
    if unknown:
        lines.append(
            writing.say(
                "Of {length} it is not known whether {service} worked. That time counts neither for nor against it.",
                length=short(unknown, writing.tongue),
            )
        )
    return (Paragraph(writing.say("What is open"), tuple(lines)),) if lines else ()


def _digest(writing: Writing, stood: Stood) -> str:
    """Whoever has this mail can hold later evidence against it."""
    return writing.say("The digest of this revision (SHA-256): {digest}", digest=stood.digest)


def _enclosed(writing: Writing, facts: SummaryFacts) -> tuple[str, ...]:
    enclosure = facts.enclosure
    if enclosure.content is not None:
        text = writing.say(
            "The attached file {file} shows all of the month, and how it was computed.", file=enclosure.name
        )
    elif facts.page is None:
        text = writing.say("It is too large for a mail. Ask us for it, and you will get it in another way.")
    else:
        text = writing.say("It is too large for a mail. The link below leads to it.")
    return (text,)


#: What a mail can say of a closed month: a function and a line here.
SUMMARY_LETTERS: Mapping[Saying, Callable[[Writing, SummaryFacts], Letter]] = MappingProxyType(
    {Saying.SUMMARY: _summary, Saying.CORRECTED: _summary, Saying.UNPRINTED: _unprinted}
)
