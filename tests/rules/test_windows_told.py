"""What a summary says of a window: which mails told of it, and which of these prove that it was told in time."""

from __future__ import annotations

from dataclasses import replace

import pytest
from saying import NOW, TERMS, about, at, moved, window

from slawatch.app.summary_windows import windows
from slawatch.model import (
    DAY,
    HOUR,
    MINUTE,
    Declaration,
    DeclarationKind,
    MaintenanceTerms,
    Message,
    MessageKind,
    MessageState,
    Notice,
)
from slawatch.reporters.summary.facts import Window
from slawatch.rules.agreed import Agreed
from slawatch.rules.calendar import Period
from slawatch.rules.declared import exclusions, standing
from slawatch.rules.document import exclusions_document
from slawatch.rules.proofs import mailed
from slawatch.rules.statement import judged_exclusions

NOVEMBER = Period(at("11-01 00:00"), at("12-01 00:00"))
UNTOLD = {"announced": None, "announced_by": None}


def announced(id_: str, **more: object) -> Declaration:
    """A window that is told of by mail alone."""
    made = window(id_, **more)  # type: ignore[arg-type]
    return replace(made, facts={key: value for key, value in made.facts.items() if key not in UNTOLD})


def mail(
    subject: str, number: int, contact: str = "pia", kind: MessageKind = MessageKind.MAINTENANCE, hours: int = 0
) -> Message:
    """It was owed at noon on the 10th and accepted a minute later, or so many hours after that."""
    accepted = NOW + MINUTE + hours * HOUR
    return Message(
        f"{subject}-{number}-{contact}-{kind}", "duinzicht", contact, "nl", kind, subject, number, "<m>", "<m>", NOW, NOW,
        state=MessageState.ACCEPTED, accepted=accepted, settled=accepted,
    )  # fmt: skip


def told(*said: Declaration, mails: list[Message], terms: MaintenanceTerms = TERMS.maintenance) -> tuple[Window, ...]:
    agreed = Agreed.always(replace(TERMS, maintenance=terms))
    stands = standing(said, "duinzicht")
    judged = judged_exclusions(agreed, exclusions(stands, mailed(mails, stands.voided)))
    return windows({"exclusions": exclusions_document(judged, NOVEMBER)}, judged, agreed, stands, mails)


def proofs(one: Window) -> list[tuple[str, str, bool]]:
    return [(mail.contact, mail.says, mail.proves) for mail in one.mails]


def test_the_mails_of_the_version_that_serves_are_the_proof():
    first, second = mail("w1", 1), mail("w1", 2, hours=200)
    reminder = mail("w1", 2, kind=MessageKind.REMINDER)
    (one,) = told(
        announced("w1"),
        replace(moved("11-20 23:00", "11-21 06:00", NOW + 199 * HOUR), facts=announced("w1", ends="11-21 06:00").facts),
        mails=[first, second, reminder, mail("w2", 1)],
    )

    assert (one.proof, one.told, one.needed) == ("mail", first.accepted, at("11-15 23:00"))
    assert (one.counted, one.in_time, one.left_out) == (True, False, 6 * HOUR)
    assert proofs(one) == [("pia", "announced", True), ("pia", "changed", False), ("pia", "reminder", False)]


def test_the_mail_of_a_series_proves_each_of_its_times_and_both_contacts_mails_do():
    mails = [mail("w3", 1), mail("w3", 1, "jan"), mail("w3", 2), mail("w3.2", 2)]
    first, second = told(
        announced("w3.1", series=1),
        announced("w3.2", starts="11-27 23:00", ends="11-28 05:00", series=1),
        mails=mails,
    )

    assert proofs(first) == [("pia", "announced", True), ("jan", "announced", True)]
    assert proofs(second) == [("pia", "announced", True), ("jan", "announced", True), ("pia", "changed", False)]


def test_a_notice_that_did_not_arrive_proves_nothing():
    (one,) = told(announced("w1"), about(DeclarationKind.NOTICE_VOIDED, "w1"), mails=[mail("w1", 1)])

    assert (one.proof, one.told, proofs(one)) == (None, None, [("pia", "announced", False)])


def test_what_a_person_told_needs_no_mail():
    (one,) = told(window("w1"), mails=[mail("w1", 1)])

    assert (one.proof, one.by, one.told, one.in_time) == ("declared", "pia", NOW - DAY, True)
    assert proofs(one) == [("pia", "announced", False)]


def test_force_majeure_has_its_reason_and_who_approved_it():
    facts = {"starts": "2026-11-20T22:00:00Z", "ends": "2026-11-20T23:00:00Z", "reason": "storm", "approved_by": "jan"}
    (one,) = told(about(DeclarationKind.EXCLUSION_ADDED, "x1", **facts), mails=[])

    assert (one.kind, one.by, one.reason, one.left_out) == ("force_majeure", "jan", "storm", HOUR)
    assert (one.told, one.needed, one.in_time, one.at_night, one.mails) == (None, None, None, None, ())


@pytest.mark.parametrize(
    ("starts", "ends", "preferred", "at_night"),
    [
        ("11-20 23:00", "11-21 07:00", ("23:00", "07:00"), True),
        ("11-20 23:00", "11-21 07:01", ("23:00", "07:00"), False),
        ("11-20 13:00", "11-20 14:00", ("23:00", "07:00"), False),
        ("11-20 13:00", "11-20 14:00", None, None),
    ],
)
def test_a_window_is_at_night_when_all_of_it_is(
    starts: str, ends: str, preferred: tuple[str, str] | None, at_night: bool | None
):
    (one,) = told(window("w1", starts, ends), mails=[], terms=MaintenanceTerms(Notice(5), preferred))

    assert one.at_night is at_night
