"""The page to grasp: the answer, and each promise with its figure against what was agreed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from slawatch.model import SECOND, BeatKind
from slawatch.reporters.summary.facts import Promise, Unit
from slawatch.reporters.summary.page.pen import Pen
from slawatch.reporters.wording.figures import NONE
from slawatch.reporters.wording.promised import PROMISES
from slawatch.reporters.wording.tongue import mark
from slawatch.rules.calendar import parse
from slawatch.rules.copies import ALLOWED_AGE
from slawatch.rules.promises import INSUFFICIENT_REPORTS, NOTHING_HAPPENED
from slawatch.rules.verdict import judged, kept

#: The shape and the colour of each answer.
TONES: Mapping[bool | None, str] = {True: "kept", False: "broken", None: "unsure"}
_ANSWERS = {
    True: mark("The agreement was kept"),
    False: mark("The agreement was not kept"),
    None: mark("Whether the agreement was kept cannot be said"),
}
_SO_FAR = {
    True: mark("So far the agreement is kept"),
    False: mark("So far the agreement is not kept"),
    None: mark("Whether the agreement is kept so far cannot be said"),
}
_WORDS = {True: mark("Kept"), False: mark("Not kept"), None: mark("Cannot be said")}


@dataclass(frozen=True, slots=True)
class Answer:
    """`tone`: `kept`, `broken` or `unsure`."""

    tone: str
    title: str
    lead: str


@dataclass(frozen=True, slots=True)
class Kept:
    """One promise as it is shown. `tone`: as an answer's, or `idle` where there was no occasion."""

    tone: str
    word: str
    name: str
    figure: str
    objective: str
    note: str


@dataclass(frozen=True, slots=True)
class FirstPage:
    answer: Answer
    promises: tuple[Kept, ...]
    not_watched: str
    known: str


def state_words(pen: Pen) -> Mapping[str, str]:
    """What each tone is called; of `idle` nothing is to be said."""
    return {TONES[met]: pen.say(word) for met, word in _WORDS.items()} | {"idle": ""}


def first_page(pen: Pen) -> FirstPage:
    summary = pen.summary
    watched = [one for one in summary.promises if one.watched]
    others = [pen.inside(_name(pen, one)) for one in summary.promises if not one.watched]
    return FirstPage(
        _answer(pen),
        tuple(_kept(pen, one) for one in watched),
        pen.several(others) if others else "",
        _known(pen),
    )


def _answer(pen: Pen) -> Answer:
    met = kept(pen.summary.promises)
    complete = pen.summary.statement["complete"]
    title = pen.say((_ANSWERS if complete else _SO_FAR)[met])
    return Answer(TONES[met], title, _lead(pen))


def _lead(pen: Pen) -> str:
    met, asked = kept(pen.summary.promises), judged(pen.summary.promises)
    if met is None and not asked:
        return pen.say("Nothing was measured that could be judged.")
    if met is True:
        return pen.count(
            "The one promise that was judged is kept.", "All {number} promises judged are kept.", len(asked)
        )
    those = [one for one in asked if one.met is met]
    names = pen.several([pen.inside(_name(pen, one)) for one in those])
    if met is None:
        note = _note(pen, those[0]) if len(those) == 1 else ""
        return note or pen.say("Cannot be said: {promises}.", promises=names)
    lead = pen.say("Not kept: {promises}.", promises=names)
    if pen.summary.statement["availability"]["proven_breach"]:
        lead += " " + pen.say("Availability stays below what was agreed in any reading of the measurements.")
    return lead


def _known(pen: Pen) -> str:
    at = pen.exactly(parse(pen.summary.statement["as_of"]))
    revision = pen.summary.revision
    if revision is None:
        return pen.say("As known on {when}; the month is not closed yet.", when=at)
    number = str(revision.revision)
    return pen.say("Revision {number}, as known on {when}.", number=number, when=at)


def _name(pen: Pen, promise: Promise) -> str:
    return pen.say(PROMISES[promise.id]) if promise.id in PROMISES else promise.id


def _kept(pen: Pen, promise: Promise) -> Kept:
    idle = promise.why == NOTHING_HAPPENED
    return Kept(
        tone="idle" if idle else TONES[promise.met],
        word=pen.say("No occasion") if idle else pen.say(_WORDS[promise.met]),
        name=_name(pen, promise),
        figure=_figure(pen, promise, promise.figure),
        objective=_objective(pen, promise),
        note=_note(pen, promise),
    )


def _figure(pen: Pen, promise: Promise, value: float | None) -> str:
    if value is None:
        return NONE
    if promise.unit is Unit.SECONDS:
        return pen.length(math.ceil(value) if value > 1 else value)  # a wait over the limit never reads as the limit
    return pen.share(value, max(3 if promise.id == "availability" else 2, pen.decimals(promise.objective)))


def _objective(pen: Pen, promise: Promise) -> str:
    if promise.objective is None:
        return NONE
    if promise.unit is Unit.SECONDS:
        return pen.say("at most {length}", length=pen.short(round(promise.objective * SECOND)))
    return pen.say("at least {share}", share=pen.objective(promise.objective))


def _note(pen: Pen, promise: Promise) -> str:
    """What the figure is of, or why there is none."""
    figures, terms = pen.summary.statement["availability"], pen.summary.statement["terms"]
    speed = pen.summary.statement["speed"]
    if promise.met is None and promise.why == "insufficient_coverage":
        return pen.say(
            "Too little was measured to judge: {coverage} of the time, where {needed} is needed.",
            coverage=pen.share(figures["coverage"]),
            needed=pen.objective(float(Fraction(terms["availability"]["coverage"]))),
        )
    if promise.met is None and promise.why == "all_excluded":
        return pen.say("All of the month is left out of the figures.")
    if promise.id == "speed" and speed["loads"]:
        return pen.say(
            "{slow} of {loads} times a page was not open within {threshold}.",
            slow=pen.number(speed["slow"]),
            loads=pen.number(speed["loads"]),
            threshold=pen.seconds(speed["threshold_seconds"]),
        )
    if promise.why == INSUFFICIENT_REPORTS:
        return pen.say("Too little was reported to judge; what nobody reports cannot be shown.")
    if promise.id == "restore":
        return _tried(pen, promise)
    if promise.id == "incidents":
        return _dealt_with(pen, promise)
    return pen.say(_NOTES.get(promise.id, ""), **_noted(pen)) if promise.id in _NOTES else ""


def _tried(pen: Pen, promise: Promise) -> str:
    if promise.at is None:
        return ""
    when = pen.exactly(promise.at)
    if promise.figure is None:
        return pen.say("The restore that was tried on {when} failed.", when=when)
    return pen.say("How long the restore took that was last tried, on {when}.", when=when)


def _dealt_with(pen: Pen, promise: Promise) -> str:
    if promise.cases is None or promise.figure is None:
        return ""
    return pen.say(
        "Dealt with in time: {good} of {cases} incidents whose term ended in this month.",
        good=pen.number(round(promise.figure * promise.cases)),
        cases=pen.number(promise.cases),
    )


_NOTES = {
    "availability": mark("Share of the measured time in which the application worked."),
    "speed": mark("No page was opened that could be judged."),
    "maintenance": mark("Maintenance announced at least {days} days ahead, urgent repairs apart."),
    "outage-mail": mark("The longest that a customer waited for the mail once an outage was confirmed."),
    "backup-replica": mark("Share of the reported time in which the copy was at most a second behind."),
    "backup-hourly": mark("Share of the time in which the last good backup was at most {hourly} old."),
    "backup-daily": mark("Share of the time in which the last good backup of everything was at most {daily} old."),
}


def _noted(pen: Pen) -> dict[str, str]:
    return {
        "days": str(pen.summary.statement["terms"]["maintenance"]["notice_days"]),
        "hourly": pen.short(ALLOWED_AGE[BeatKind.HOURLY]),
        "daily": pen.short(ALLOWED_AGE[BeatKind.DAILY]),
    }
