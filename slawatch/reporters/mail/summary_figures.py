"""A month's promises and figures in words: each with its verdict, in full and in brief."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from slawatch.model import SECOND
from slawatch.reporters.mail.letter import Writing
from slawatch.reporters.mail.summary_facts import Stood
from slawatch.reporters.wording.figures import NONE, objective, share, short
from slawatch.reporters.wording.phrasing import enumeration
from slawatch.reporters.wording.promised import PROMISES
from slawatch.reporters.wording.tongue import mark
from slawatch.rules import allowed, calendar
from slawatch.rules.promises import Promise, Unit
from slawatch.rules.verdict import judged

_WORDS: Mapping[bool | None, str] = {True: mark("Kept"), False: mark("Not kept"), None: mark("Cannot be said")}


def _name(writing: Writing, promise: Promise) -> str:
    return writing.say(PROMISES[promise.id]) if promise.id in PROMISES else promise.id


def inside(writing: Writing, promises: Iterable[Promise]) -> str:
    """Their names as they stand in a sentence."""
    names = [_name(writing, one) for one in promises]
    return enumeration([name[:1].lower() + name[1:] for name in names], writing.tongue)


def figures(writing: Writing, stood: Stood) -> dict[str, str]:
    """Each promise that had an occasion with its figure, and after the first the downtime, by what it is called."""
    rows: dict[str, str] = {}
    for one in judged(stood.promises):
        rows[_name(writing, one)] = _figure(writing, one)
        if one.id == "availability":
            rows[writing.say("Downtime")] = _downtime(writing, stood)
    return rows


def _figure(writing: Writing, promise: Promise) -> str:
    return writing.say(
        "{verdict}: {figure} (agreed: {objective})",
        verdict=writing.say(_WORDS[promise.met]),
        figure=_value(writing, promise),
        objective=_objective(writing, promise),
    )


def _value(writing: Writing, promise: Promise) -> str:
    if promise.figure is None:
        return NONE
    if promise.unit is Unit.SECONDS:
        return short(round(promise.figure * SECOND), writing.tongue)
    return share(promise.figure, writing.tongue, 3 if promise.id == "availability" else 2)


def _objective(writing: Writing, promise: Promise) -> str:
    if promise.objective is None:
        return NONE
    if promise.unit is Unit.SECONDS:
        return writing.say("at most {length}", length=short(round(promise.objective * SECOND), writing.tongue))
    return writing.say("at least {share}", share=objective(promise.objective, writing.tongue))


def _downtime(writing: Writing, stood: Stood) -> str:
    whole = calendar.month(stood.told["month"], writing.zone).length
    return writing.say(
        "{down}; {allowed} was allowed",
        down=short(allowed.down(stood.told), writing.tongue),
        allowed=short(allowed.allowed(stood.told, whole), writing.tongue),
    )


def briefly(writing: Writing, stood: Stood) -> dict[str, str]:
    """The downtime, and each promise with its figure, by what it is called."""
    told = {writing.say("Downtime"): short(allowed.down(stood.told), writing.tongue)}
    for one in judged(stood.promises):
        verdict = writing.say(_WORDS[one.met])
        told[_name(writing, one)] = f"{_value(writing, one)} ({verdict[:1].lower()}{verdict[1:]})"
    return told
