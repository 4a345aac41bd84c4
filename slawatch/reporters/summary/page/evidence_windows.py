"""What is told of each window: needed by, told at, and whether it was left out of the figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from slawatch.reporters.summary.facts import Window
from slawatch.reporters.summary.page.evidence_outages import MailTold, mails
from slawatch.reporters.summary.page.pen import Pen
from slawatch.reporters.summary.page.shown import Shown, shown
from slawatch.reporters.wording.figures import NONE
from slawatch.reporters.wording.phrasing import named
from slawatch.reporters.wording.tongue import mark

_REASONS: Mapping[str, str] = MappingProxyType(
    {
        "preventive": mark("Prevention"),
        "new_version": mark("New version"),
        "hotfix": mark("Urgent repair"),
        "other": mark("Other work"),
    }
)
_WHY: Mapping[str, str] = MappingProxyType(
    {
        "no_notice": mark("nothing proves that it was told"),
        "late_notice": mark("told too late"),
        "declared_late": mark("said to be told only after it had begun"),
        "hotfix": mark("it was an urgent repair"),
    }
)


@dataclass(frozen=True, slots=True)
class WindowTold:
    """`counts`: whether any of it counts in the figures. `verdict`: what it meant for them, and why."""

    id: str
    span: str
    length: str
    what: str
    needed: str
    told: str
    night: str
    counts: bool
    verdict: str
    mails: Shown[MailTold]


def windows(pen: Pen) -> Shown[WindowTold]:
    """Of many those that are not wholly left out first, as they are what is disputed; then the longest."""
    some = shown(pen.summary.windows, lambda one: (one.why is not None, one.ends - one.starts))
    return Shown(tuple(_window(pen, one) for one in some.rows), some.left_out)


def _window(pen: Pen, one: Window) -> WindowTold:
    return WindowTold(
        id=one.id or NONE,
        span=pen.span(one.starts, one.ends),
        length=pen.short(one.ends - one.starts),
        what=_what(pen, one),
        needed=NONE if one.needed is None else pen.when(one.needed),
        told=_told(pen, one),
        night=NONE if one.at_night is None else pen.say("yes") if one.at_night else pen.say("no"),
        counts=one.why is not None or not one.counted,
        verdict=_verdict(pen, one),
        mails=mails(pen, one.mails),
    )


def _what(pen: Pen, one: Window) -> str:
    if one.kind == "force_majeure":
        parts = [pen.say("Force majeure"), one.reason and named(one.reason)]
    else:
        reason = one.reason or "other"
        parts = [pen.say(_REASONS[reason]) if reason in _REASONS else named(reason)]
    return ": ".join(filter(None, (*parts, one.text and named(one.text))))


def _told(pen: Pen, one: Window) -> str:
    """When, and by what that is proven."""
    if one.kind == "force_majeure":
        return pen.say("approved by {who}", who=named(one.by)) if one.by else NONE
    if one.told is None:
        return NONE
    when = pen.when(one.told)
    if one.proof == "mail":
        return pen.say("{when}, by mail", when=when)
    return pen.say("{when}, says {who}", when=when, who=named(one.by)) if one.by else when


def _verdict(pen: Pen, one: Window) -> str:
    if one.why is None:
        return pen.say("Left out: {length}", length=pen.short(one.left_out))
    why = pen.say(_WHY[one.why]) if one.why in _WHY else named(one.why)
    if one.counted:
        return pen.say("Left out in part: {length}; the rest counts: {why}", length=pen.short(one.left_out), why=why)
    return pen.say("Counts: {why}", why=why)
