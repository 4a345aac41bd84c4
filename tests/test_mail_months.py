"""What the mail with a month's summary says where not all is plain."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from mail_samples import CUSTOMER, NOW, SENDER, body, message, received

from slawatch.app.specimen_months import month_corrected, month_kept
from slawatch.model import DeclarationKind, MessageKind, Saying
from slawatch.reporters.mail import Stood, SummaryFacts, render
from slawatch.rules.calendar import month
from slawatch.rules.promises import Reports, promises
from slawatch.rules.revised import Cause

PERIOD = month("2026-10", ZoneInfo("Europe/Amsterdam"))
KEPT = month_kept(CUSTOMER, "en", NOW)
CORRECTED = month_corrected(CUSTOMER, "en", NOW)


def said(facts: SummaryFacts, **more: Any) -> str:
    due = message(MessageKind.SUMMARY, language="en", outage="2026-10", sequence=facts.stood.revision, created=NOW)
    mail = render(replace(due, says=Saying.SUMMARY, known=NOW, **more), facts, SENDER)
    return body(received(mail)).replace("\N{NO-BREAK SPACE}", " ")


def judged(told: dict[str, Any], **availability: Any) -> SummaryFacts:
    """The month with what is `told` otherwise, judged anew."""
    other = KEPT.stood.told | told
    other["availability"] = other["availability"] | availability
    return replace(KEPT, stood=Stood(1, other, promises(other, (), (), Reports(), PERIOD, NOW), KEPT.stood.digest))


def test_what_cannot_be_said_is_said_to_be_so_and_why() -> None:
    text = said(judged({}, met=None, why="insufficient_coverage", coverage=0.91237))
    assert "whether what was agreed was kept cannot be said" in text
    assert "Cannot be said: availability." in text
    assert "Too little was measured to judge availability: 91.237% of the time, where 99% is needed." in text


def test_a_figure_just_under_what_was_agreed_is_not_rounded_up_to_it() -> None:
    text = said(judged({}, ratio=0.8999999999, met=False))
    assert "Not kept: availability." in text
    assert "Availability: Not kept: 89.999% (agreed: at least 99.9%)" in text


def test_a_month_in_which_nothing_was_measured_says_so() -> None:
    nothing = {"ratio": None, "met": None, "why": "all_excluded"}
    facts = judged({"speed": {"objective": 0.95, "share": None, "met": None}}, **nothing)
    assert "Cannot be said: availability and speed." in said(facts)
    none = replace(facts, stood=replace(facts.stood, promises=()))
    assert "Nothing was measured that could be judged." in said(none)


def test_outages_that_were_not_over_are_open() -> None:
    lasting = {"starts": "2026-10-31T20:00:00Z", "ends": None}
    over = {"starts": "2026-10-30T20:00:00Z", "ends": "2026-10-30T21:00:00Z"}
    text = said(judged({"outages": [over, lasting]}))
    assert "The outage that began on Saturday 31 October 2026, 21:00:00 CET was not over yet." in text
    assert "Friday 30 October" not in text


def test_a_correction_names_its_reasons_and_how_many_more_there_are() -> None:
    causes = (
        Cause(DeclarationKind.NOTICE_VOIDED, "w3/2"),
        Cause(DeclarationKind.OUTAGE_NOTED, "duinzicht-20261001T000000000"),
        *(Cause(DeclarationKind.WINDOW_MOVED, f"w{number}") for number in range(10, 14)),
    )
    text = said(replace(CORRECTED, causes=causes, unnamed=2))
    assert "The announcement of maintenance w3 does not count." in text
    assert "What was entered afterwards was taken into account." in text
    assert "Maintenance w12 was entered otherwise." in text
    assert "w13" not in text
    assert "And 3 more changes." in text


def test_a_correction_that_moves_no_figure_says_so() -> None:
    assert "None of the figures above." in said(replace(CORRECTED, before=CORRECTED.stood))


def test_what_is_too_large_for_mail_is_to_be_asked_for_where_there_is_no_page() -> None:
    text = said(replace(KEPT, enclosure=replace(KEPT.enclosure, content=None)))
    assert "It is too large for a mail. Ask us for it, and you will get it in another way." in text
