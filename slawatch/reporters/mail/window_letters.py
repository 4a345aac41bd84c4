"""The letters about maintenance."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise
from types import MappingProxyType

from slawatch.config import AHEAD
from slawatch.model import DAY, Reason, Saying
from slawatch.reporters.mail.facts import Occurrence, WindowFacts
from slawatch.reporters.mail.letter import Letter, Paragraph, Writing
from slawatch.reporters.mail.rhythm import rhythm
from slawatch.reporters.wording.phrasing import duration, lines, local, planned, stretch
from slawatch.reporters.wording.tongue import Tongue, mark

#: So many times of a series are written out.
SHOWN = 5

REASONS: Mapping[str, str] = MappingProxyType(
    {
        Reason.PREVENTIVE: mark("Maintenance that prevents outages"),
        Reason.NEW_VERSION: mark("A new version of {service}"),
        Reason.HOTFIX: mark("An urgent repair"),
        Reason.OTHER: mark("Work on {service}"),
    }
)


def subject(writing: Writing, facts: WindowFacts) -> str:
    """The same for all mails about the window, also when it moves: so it says no time."""
    return writing.say("Maintenance: {name} ({id})", id=facts.window)


def file_name(tongue: Tongue) -> str:
    """What the attached calendar is called."""
    return tongue.say("maintenance.ics")


def _announced(writing: Writing, facts: WindowFacts) -> Letter:
    when = _rhythm(writing, facts)
    if when is not None:
        lead = writing.say("We will carry out maintenance on {service} for {name}: {when}.", when=when)
    elif facts.recurring:
        lead = writing.say("We will carry out maintenance on {service} for {name} at several times.")
    else:
        begin = _begin(writing, facts)
        lead = writing.say("We will carry out maintenance on {service} for {name}, from {begin}.", begin=begin)
    return _to_come(writing, facts, title=writing.say("Maintenance for {name}"), lead=lead)


def _reminder(writing: Writing, facts: WindowFacts) -> Letter:
    return _to_come(
        writing,
        facts,
        title=writing.say("Reminder: maintenance for {name}"),
        lead=writing.say(
            "Soon we will carry out maintenance on {service} for {name}: from {begin}.", begin=_begin(writing, facts)
        ),
    )


def _changed(writing: Writing, facts: WindowFacts) -> Letter:
    moved = any(one.was is not None for one in facts.occurrences)
    if facts.recurring or not moved:
        lead = writing.say("Something has changed about the maintenance on {service} for {name}.")
    else:
        begin = _begin(writing, facts)
        lead = writing.say("The maintenance on {service} for {name} has other times: from {begin}.", begin=begin)
    return _to_come(writing, facts, title=writing.say("Maintenance changed for {name}"), lead=lead)


def _to_come(writing: Writing, facts: WindowFacts, *, title: str, lead: str) -> Letter:
    notice = writing.say(
        "During the maintenance {service} may be slow, or not available for a while. Save your work before it begins."
    )
    calendar = writing.say(
        "The attached file {file} puts the maintenance in your calendar.", file=file_name(writing.tongue)
    )
    return Letter(
        tone="notice",
        subject=subject(writing, facts),
        title=title,
        lead=lead,
        rows=(
            *(_series_rows(writing, facts) if facts.recurring else _time_rows(writing, facts.occurrences[0])),
            _work(writing, facts),
            writing.reference(facts.window),
        ),
        paragraphs=(
            *_text(writing, facts),
            *(_times(writing, facts, _first(writing, facts)) if facts.recurring else ()),
            Paragraph(writing.say("What you may notice"), (notice,)),
            Paragraph(writing.say("In your calendar"), (calendar,)),
            writing.questions(writing.say("Questions?")),
        ),
    )


def _first(writing: Writing, facts: WindowFacts) -> str:
    return writing.say("The first times") if len(facts.occurrences) > SHOWN else writing.say("Planned so far")


def _cancelled(writing: Writing, facts: WindowFacts) -> Letter:
    calendar = writing.say(
        "The attached file {file} takes the maintenance out of your calendar.", file=file_name(writing.tongue)
    )
    if facts.recurring:
        lead = writing.say("The maintenance on {service} for {name} that was to come will not take place.")
        rows = _series_rows(writing, facts)
    else:
        lead = writing.say(
            "The maintenance on {service} for {name} from {begin} will not take place.", begin=_begin(writing, facts)
        )
        rows = ((writing.say("Was planned"), _stretch(writing, facts.occurrences[0])),)
    return Letter(
        tone="good",
        subject=subject(writing, facts),
        title=writing.say("Maintenance cancelled for {name}"),
        lead=lead,
        rows=(*rows, _work(writing, facts), writing.reference(facts.window)),
        paragraphs=(
            *(_times(writing, facts, writing.say("These times are off")) if facts.recurring else ()),
            Paragraph(writing.say("In your calendar"), (calendar,)),
            writing.questions(writing.say("Questions?")),
        ),
    )


def _time_rows(writing: Writing, one: Occurrence) -> tuple[tuple[str, str], ...]:
    zone, tongue = writing.zone, writing.tongue
    was = () if one.was is None else ((writing.say("It was"), stretch(*one.was, zone, tongue)),)
    return (
        *was,
        (writing.say("Begins"), planned(one.starts, zone, tongue)),
        (writing.say("Planned end"), planned(one.ends, zone, tongue)),
        (writing.say("Takes"), duration(one.starts, one.ends, tongue)),
    )


def _series_rows(writing: Writing, facts: WindowFacts) -> tuple[tuple[str, str], ...]:
    """When it comes, as far as something short is true of all its times."""
    zone = writing.zone
    times = [(local(one.starts, zone), local(one.ends, zone)) for one in facts.occurrences]
    rows = []
    when = _rhythm(writing, facts)
    if when is not None:
        rows.append((writing.say("When"), when))
    if when is not None and _ends(writing, facts):
        rows.append((writing.say("Last time"), planned(facts.occurrences[-1].starts, zone, writing.tongue)))
    if len({(begin.time(), end.time()) for begin, end in times}) == 1:
        begin, end = times[0]
        span = writing.say("{begin} to {end}", begin=f"{begin:%H:%M}", end=f"{end:%H:%M}")
        rows.append((writing.say("Time of day"), span))
    return tuple(rows)


def _rhythm(writing: Writing, facts: WindowFacts) -> str | None:
    if len(facts.occurrences) <= SHOWN:
        return None
    return rhythm([local(one.starts, writing.zone).date() for one in facts.occurrences], writing.tongue)


def _ends(writing: Writing, facts: WindowFacts) -> bool:
    """Whether it stops before the time up to which series are written out."""
    starts = [one.starts for one in facts.occurrences]
    longest = max(after - before for before, after in pairwise(starts))
    return starts[-1] + longest + DAY < writing.known + AHEAD


def _times(writing: Writing, facts: WindowFacts, heading: str) -> tuple[Paragraph, ...]:
    shown = facts.occurrences[:SHOWN]
    return (Paragraph(heading, tuple(_changed_stretch(writing, one) for one in shown)),)


def _changed_stretch(writing: Writing, one: Occurrence) -> str:
    now = _stretch(writing, one)
    if one.was is None:
        return now
    return writing.say("{now} (it was {before})", now=now, before=stretch(*one.was, writing.zone, writing.tongue))


def _stretch(writing: Writing, one: Occurrence) -> str:
    return stretch(one.starts, one.ends, writing.zone, writing.tongue)


def _begin(writing: Writing, facts: WindowFacts) -> str:
    return planned(facts.occurrences[0].starts, writing.zone, writing.tongue)


def _work(writing: Writing, facts: WindowFacts) -> tuple[str, str]:
    return writing.say("Work"), writing.say(REASONS.get(facts.reason, REASONS[Reason.OTHER]))


def _text(writing: Writing, facts: WindowFacts) -> tuple[Paragraph, ...]:
    return () if facts.text is None else (Paragraph(writing.say("What it is about"), lines(facts.text)),)


#: What a mail can say of maintenance: a function and a line here.
WINDOW_LETTERS: Mapping[Saying, Callable[[Writing, WindowFacts], Letter]] = MappingProxyType(
    {
        Saying.ANNOUNCED: _announced,
        Saying.CHANGED: _changed,
        Saying.CANCELLED: _cancelled,
        Saying.REMINDER: _reminder,
    }
)
