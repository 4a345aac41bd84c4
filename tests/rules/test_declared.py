"""What stands of what people declared."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from saying import NOW, about, at, moved, window

from slawatch.model import (
    DAY,
    HOUR,
    Declaration,
    DeclarationKind,
    ExclusionKind,
    Message,
    MessageKind,
    MessageState,
    Version,
)
from slawatch.rules.calendar import text
from slawatch.rules.declared import Note, Words, exclusions, standing
from slawatch.rules.proofs import mailed

ADDED = about(
    DeclarationKind.EXCLUSION_ADDED,
    "x1",
    starts=text(NOW - DAY),
    ends=text(NOW - HOUR),
    approved_by="A",
    reason="storm",
)


def told(contact: str, accepted: int | None, state: MessageState = MessageState.ACCEPTED, sequence: int = 1) -> Message:
    id_ = f"w1.{sequence}.{contact}"
    kind = MessageKind.MAINTENANCE
    return Message(
        id_, "duinzicht", contact, "nl", kind, "w1", sequence, id_, id_, 0, 0, state=state, accepted=accepted
    )


def test_a_window_stands_as_it_was_announced():
    (one,) = exclusions(standing([window(text="nieuwe versie")], "duinzicht"), {})

    assert (one.id, one.kind, one.reason, one.text) == ("w1", ExclusionKind.MAINTENANCE, "new_version", "nieuwe versie")
    assert (one.starts, one.ends) == (at("11-20 23:00"), at("11-21 05:00"))
    assert (one.announced, one.announced_by, one.entered) == (NOW - DAY, "pia", NOW - DAY)
    assert one.earlier == ()


def test_a_moved_window_keeps_what_was_declared_before():
    (one,) = exclusions(standing([window(), moved("11-22 23:00", "11-23 04:00")], "duinzicht"), {})

    assert one.starts == at("11-22 23:00")
    assert one.earlier == (Version(at("11-20 23:00"), at("11-21 05:00"), NOW - DAY, "pia", NOW - DAY),)


def test_a_window_that_ended_says_when():
    ended = about(DeclarationKind.WINDOW_ENDED, "w1", ended=text(at("11-21 01:00")))

    assert exclusions(standing([window(), ended], "duinzicht"), {})[0].ended == at("11-21 01:00")


@pytest.mark.parametrize(
    "said",
    [
        (window(), about(DeclarationKind.WINDOW_CANCELLED, "w1")),
        (ADDED, about(DeclarationKind.EXCLUSION_WITHDRAWN, "x1", reason="no")),
        (window(customer="bosrand"),),
    ],
    ids=["cancelled", "withdrawn", "another customer's"],
)
def test_what_is_no_more_or_anothers_excludes_nothing(said):
    assert exclusions(standing(said, "duinzicht"), {}) == ()


def test_force_majeure_stands_with_who_approved_it():
    (one,) = exclusions(standing([ADDED], "duinzicht"), {})

    assert (one.id, one.kind, one.approved_by, one.reason) == ("x1", ExclusionKind.FORCE_MAJEURE, "A", "storm")


MAIL_IS = {"earlier": NOW - 2 * DAY, "later": NOW}


@pytest.mark.parametrize(
    ("declared", "mail", "announced", "by"),
    [
        (window(), None, NOW - DAY, "pia"),
        (window(), MAIL_IS["earlier"], NOW - 2 * DAY, None),
        (window(), MAIL_IS["later"], NOW - DAY, "pia"),
        (window(recorded=at("11-21 00:00")), MAIL_IS["later"], NOW, None),  # declared when it had begun: no proof
    ],
    ids=["no mail", "the mail was first", "the declared notice was first", "declared too late to be believed"],
)
def test_the_better_proof_counts(declared, mail, announced, by):
    (one,) = exclusions(standing([declared], "duinzicht"), {} if mail is None else {("w1", 1): mail})

    assert (one.announced, one.announced_by) == (announced, by)


@pytest.mark.parametrize(
    ("subject", "proven"), [("w1", (False, False)), ("w1/1", (False, True)), ("w1/2", (True, False))]
)
def test_a_void_notice_proves_nothing(subject, proven):
    said = [window(), moved("11-22 23:00", "11-23 04:00"), about(DeclarationKind.NOTICE_VOIDED, subject, reason="x")]
    (one,) = exclusions(standing(said, "duinzicht"), {})

    assert (one.earlier[0].announced is not None, one.announced is not None) == proven


def test_a_notice_after_the_void_one_proves_again():
    said = [window(), about(DeclarationKind.NOTICE_VOIDED, "w1", reason="x"), moved("11-22 23:00", "11-23 04:00")]
    (one,) = exclusions(standing(said, "duinzicht"), {})

    assert (one.earlier[0].announced, one.announced) == (None, NOW - HOUR)


@pytest.mark.parametrize(
    ("messages", "voided", "proof"),
    [
        ((told("a", 10), told("b", 20)), (), {("w1", 1): 20}),
        ((told("a", 10), told("b", None, MessageState.QUEUED)), (), {}),
        ((told("a", 10), told("b", None, MessageState.FAILED)), (), {("w1", 1): 10}),
        ((told("a", 10), told("b", 20)), ("w1.1.b",), {("w1", 1): 10}),
        ((told("a", 10),), ("w1.1.a",), {}),
        ((told("a", 10), told("a", 30, sequence=2)), (), {("w1", 1): 10, ("w1", 2): 30}),
    ],
    ids=["the latest", "one waits", "one refused for good", "one void", "all void", "by version"],
)
def test_mail_proves_when_the_last_contact_was_told(messages, voided, proof):
    assert mailed(messages, voided) == proof


def test_mail_accepted_later_proves_nothing_as_of_before():
    assert mailed((told("a", 10), told("b", 20)), (), as_of=19) == {}


def test_a_refusal_changes_nothing_as_of_before():
    refused = replace(told("b", None, MessageState.FAILED), settled=20)

    assert mailed((told("a", 10), refused), (), as_of=19) == {}
    assert mailed((told("a", 10), refused), (), as_of=20) == {("w1", 1): 10}


def test_a_message_that_came_to_be_owed_later_was_not_known_before():
    later = replace(told("b", None, MessageState.QUEUED), created=20)

    assert mailed((told("a", 10), later), (), as_of=19) == {("w1", 1): 10}
    assert mailed((told("a", 10), later), (), as_of=20) == {}


def test_words_on_an_outage_add_up():
    said = [
        about(DeclarationKind.OUTAGE_NOTED, "o1", 10, text="schijf vol", ticket="T-1"),
        about(DeclarationKind.OUTAGE_ACKNOWLEDGED, "o1", 20),
        about(DeclarationKind.OUTAGE_NOTED, "o1", 30, text="opgelost"),
    ]

    assert standing(said, "duinzicht").outages == {
        "o1": Words((Note(10, "jan", "schijf vol", "T-1"), Note(30, "jan", "opgelost")), 20, "jan")
    }


@st.composite
def ledgers(draw) -> list[Declaration]:
    """What may stand in a ledger about one window and one exclusion, recorded one after the other."""
    times = sorted(draw(st.lists(st.integers(NOW, NOW + DAY), min_size=2, max_size=8)))
    said = [window(recorded=times[0])]
    for number, recorded in enumerate(times[1:], start=2):
        kind = draw(st.sampled_from(["moved", "ended", "noted", "voided"]))
        hours = draw(st.integers(1, 5))
        match kind:
            case "moved":
                said.append(moved("11-20 23:00", f"11-21 0{hours}:00", recorded, number))
            case "ended":
                said.append(about(DeclarationKind.WINDOW_ENDED, "w1", recorded, ended=text(at(f"11-21 0{hours}:00"))))
            case "noted":
                said.append(about(DeclarationKind.OUTAGE_NOTED, "o1", recorded, text=str(number)))
            case "voided":
                said.append(about(DeclarationKind.NOTICE_VOIDED, "w1", recorded, reason="x"))
    return said


@given(ledgers(), st.integers(NOW - 1, NOW + DAY + 1))
def test_as_of_is_a_prefix_and_nothing_declared_later_changes_it(said, as_of):
    prefix = [one for one in said if one.recorded <= as_of]

    assert standing(said, "duinzicht", as_of) == standing(prefix, "duinzicht")


@given(ledgers())
def test_the_last_version_and_the_last_end_in_the_ledgers_order_stand(said):
    stands = standing(said, "duinzicht").windows["w1"]
    versions = [one for one in said if one.kind in {DeclarationKind.WINDOW_ANNOUNCED, DeclarationKind.WINDOW_MOVED}]
    ends = [one.facts["ended"] for one in said if one.kind is DeclarationKind.WINDOW_ENDED]

    assert [version.entered for version in stands.versions] == [one.recorded for one in versions]
    assert text(stands.latest.ends) == versions[-1].facts["ends"]
    assert stands.ended is None if not ends else text(stands.ended or 0) == ends[-1]
