"""What is declared afterwards, and what is refused with which words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from saying import NOW, TERMS, about, at, known, moved, window

from slawatch.model import DAY, HOUR, DeclarationKind, Message, MessageKind, Saying
from slawatch.rules.afterwards import acknowledge, exclude, remark, void, withdraw
from slawatch.rules.agreed import Agreed
from slawatch.rules.calendar import text
from slawatch.rules.declared import standing
from slawatch.rules.wishes import Acknowledge, Exclude, Granted, Known, Refused, Remark, Void, Withdraw

ADDED = about(
    DeclarationKind.EXCLUSION_ADDED,
    "x1",
    starts=text(NOW - DAY),
    ends=text(NOW - HOUR),
    approved_by="A",
    reason="storm",
)
MAIL = Message("m1", "duinzicht", "a", "nl", MessageKind.MAINTENANCE, "w1", 1, "m1", "m1", 0, 0)


def wish(starts: str = "11-09 10:00", ends: str = "11-09 11:00", **more: str) -> Exclude:
    more = {"customer": "duinzicht", "approved_by": "A. Jansen", "reason": "stroomstoring", "by": "pia", **more}
    return Exclude(starts=at(starts), ends=at(ends), **more)


def test_force_majeure_stands_with_its_approval():
    granted = exclude(wish(), known(TERMS, ADDED), NOW)
    stands = standing(granted.declarations, "duinzicht").majeure["x2"]

    assert (stands.starts, stands.ends) == (at("11-09 10:00"), at("11-09 11:00"))
    assert (stands.approved_by, stands.reason) == ("A. Jansen", "stroomstoring")


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [
        (wish(ends="11-09 10:00"), "ends: before it has begun, expected a time after starts"),
        (wish("10-01 10:00", "11-09 10:00"), "ends: 39d after starts, expected at most 31d"),
        (
            wish(ends="11-10 13:00"),
            "ends: 2026-11-10 13:00 is still to come, expected a stretch that is over; what is planned is maintenance",
        ),
        (wish(approved_by=" "), "approved_by: empty, expected words"),
        (wish(reason=""), "reason: empty, expected words"),
        (wish(reason="x" * 2001), "reason: 2001 characters, expected at most 2000"),
        (wish(reason="caf\udce9"), "reason: '\\udce9' cannot be printed, expected plain text"),
        (wish(approved_by="A.\x00Jansen"), "approved_by: '\\x00' cannot be printed, expected plain text"),
        (wish(by="pia\x1b[31m"), "by: '\\x1b' cannot be printed, expected plain text"),
        (wish(by="pia\njan"), "by: '\\n' cannot be printed, expected plain text"),
        (wish(reason="storm\u2028wind"), "reason: '\\u2028' cannot be printed, expected plain text"),
        (wish(customer="duinzigt"), "no customer 'duinzigt', did you mean 'duinzicht'?"),
    ],
)
def test_what_is_no_force_majeure_is_refused_in_one_line(asked, refusal):
    with pytest.raises(Refused) as refused:
        exclude(asked, known(TERMS), NOW)

    assert str(refused.value) == refusal


def test_force_majeure_may_be_of_a_customer_who_has_left():
    left = Agreed(((0, replace(TERMS, customer="duinrand")), (NOW - HOUR, None)))
    granted = exclude(wish(customer="duinrand"), known(TERMS, promised={"duinrand": left}), NOW)

    assert [one.customer for one in granted.declarations] == ["duinrand"]


@pytest.mark.parametrize("promised", [{"duinzicht": Agreed(((NOW, TERMS),))}, {}], ids=["watched", "not yet"])
def test_force_majeure_long_before_anything_was_watched_is_a_slip_of_the_pen(promised):
    def asked(days: int) -> Granted:
        starts = NOW - days * DAY
        return exclude(replace(wish(), starts=starts, ends=starts + HOUR), known(TERMS, promised=promised), NOW)

    assert asked(398).id == "x1"
    with pytest.raises(Refused) as refused:
        asked(399)
    assert str(refused.value) == (
        "starts: 2025-10-07 13:00 is long before duinzicht was watched, from 2026-11-10 12:00 on; "
        "expected a time after 2025-10-08 13:00"
    )


def test_withdrawing_takes_it_back_once():
    granted = withdraw(Withdraw("x1", "vergissing", "pia"), known(TERMS, ADDED), NOW)
    said = (ADDED, *granted.declarations)

    assert standing(said, "duinzicht").majeure["x1"].withdrawn == NOW
    with pytest.raises(Refused, match=r"^x1 is withdrawn already$"):
        withdraw(Withdraw("x1", "vergissing", "pia"), known(TERMS, *said), NOW)


@pytest.mark.parametrize("notice", ["w1", "w1/2", "m1"])
def test_a_notice_is_void_once(notice):
    said = (window(), moved("11-22 23:00", "11-23 05:00"))
    granted = void(Void(notice, "nooit aangekomen", "pia"), known(TERMS, *said, messages=(MAIL,)), NOW)
    after = (*said, *granted.declarations)

    assert standing(after, "duinzicht").voided == {"w1": {"w1/1", "w1/2"}}.get(notice, {notice})
    with pytest.raises(Refused, match=f"^{notice} is void already$"):
        void(Void(notice, "nog eens", "pia"), known(TERMS, *after, messages=(MAIL,)), NOW)


@pytest.mark.parametrize("carrier", ["m1", "o1.outage"])
def test_a_digest_that_did_not_arrive_proves_nothing_of_what_it_told(carrier):
    digest = replace(MAIL, id=carrier, says=Saying.DIGEST)
    in_it = replace(MAIL, id="m2", outage="w2", into=carrier, says=Saying.ANNOUNCED)
    of_another = replace(in_it, id="m3", customer="duinrand")
    folded_before = replace(in_it, id="m4", says=None)
    announcements = (in_it, of_another, folded_before, *((digest,) if carrier == "m1" else ()))
    customers = ("duinzicht", "duinrand")
    granted = void(Void(carrier, "kwam terug", "pia"), known(TERMS, customers=customers, messages=announcements), NOW)

    assert {(one.customer, one.subject) for one in granted.declarations} == {
        ("duinzicht", "m2"),
        ("duinrand", "m3"),
        *({("duinzicht", "m1")} if carrier == "m1" else ()),
    }
    after = known(TERMS, *granted.declarations, customers=customers, messages=announcements)
    with pytest.raises(Refused, match=f"^{carrier} is void already$"):
        void(Void(carrier, "nog eens", "pia"), after, NOW)


def test_a_series_is_void_with_all_its_times_and_again_after_a_further_one():
    said = (window("w6.1"), window("w6.2", "11-27 23:00", "11-28 05:00"), window("w7"))
    after = (*said, *void(Void("w6", "nooit aangekomen", "pia"), known(TERMS, *said), NOW).declarations)

    assert standing(after, "duinzicht").voided == {"w6.1/1", "w6.2/1"}
    with pytest.raises(Refused, match=r"^w6 is void already$"):
        void(Void("w6", "nog eens", "pia"), known(TERMS, *after), NOW)

    further = (*after, window("w6.3", "12-04 23:00", "12-05 05:00"))
    again = void(Void("w6", "nog eens", "pia"), known(TERMS, *further), NOW).declarations
    assert standing((*further, *again), "duinzicht").voided == {"w6.1/1", "w6.2/1", "w6.3/1"}
    assert len({one.id for one in (*after, *again)}) == len(after) + 1


def test_notes_add_up_and_each_has_an_id_of_its_own():
    first = remark(Remark("o1", "schijf vol", "pia", "T-1"), outages(), NOW)
    second = remark(Remark("o1", "opgelost", "pia"), outages(first), NOW)
    words = standing((*first.declarations, *second.declarations), "duinzicht").outages["o1"]

    assert [(one.text, one.ticket) for one in words.notes] == [("schijf vol", "T-1"), ("opgelost", None)]
    assert first.declarations[0].id != second.declarations[0].id


def test_a_text_may_have_several_lines_and_any_letters():
    (said,) = remark(Remark("o1", "schijf vol\ncafé, naïef 👩\u200d🔧", "Zoë"), outages(), NOW).declarations

    assert (said.facts["text"], said.who) == ("schijf vol\ncafé, naïef 👩\u200d🔧", "Zoë")


def test_a_text_of_no_characters_is_refused():
    with pytest.raises(Refused, match=r"^text: '\\udce9' cannot be printed, expected plain text$"):
        remark(Remark("o1", "caf\udce9", "pia"), outages(), NOW)


def test_an_outage_is_acknowledged_once():
    granted = acknowledge(Acknowledge("o1", "pia"), outages(), NOW)

    assert standing(granted.declarations, "duinzicht").outages["o1"].acknowledged == NOW
    with pytest.raises(Refused, match=r"^o1 is acknowledged already, by pia$"):
        acknowledge(Acknowledge("o1", "jan"), outages(granted), NOW)


def outages(*granted: Granted) -> Known:
    declarations = [one for each in granted for one in each.declarations]
    return known(TERMS, *declarations, outages={"o1": "duinzicht"})


@pytest.mark.parametrize(
    ("ask", "refusal"),
    [
        (lambda: withdraw(Withdraw("x9", "r", "p"), known(TERMS, ADDED), NOW), "no exclusion 'x9', expected x1"),
        (
            lambda: void(Void("w8", "r", "p"), known(TERMS, window()), NOW),
            "no announcement 'w8', expected one of w1, w1/1",
        ),
        (lambda: remark(Remark("o7", "r", "p"), outages(), NOW), "no outage 'o7', expected o1"),
        (lambda: acknowledge(Acknowledge("o7", "p"), outages(), NOW), "no outage 'o7', expected o1"),
    ],
)
def test_an_unknown_id_is_refused_with_the_known_ones(ask: Callable[[], Granted], refusal):
    with pytest.raises(Refused) as refused:
        ask()

    assert str(refused.value) == refusal
