"""What may be declared of maintenance, and what is refused with which words."""

from __future__ import annotations

from dataclasses import replace

import pytest
from saying import NOW, TERMS, about, at, known, moved, window

from slawatch.model import DAY, HOUR, MINUTE, DeclarationKind, MaintenanceTerms, Notice, Reason
from slawatch.rules.calendar import text
from slawatch.rules.declared import standing
from slawatch.rules.windows import announce, cancel, end, move
from slawatch.rules.wishes import Announce, Cancel, End, Move, Refused

RUNNING = window("w1", "11-10 11:00", "11-10 14:00")
PAST = window("w1", "11-09 23:00", "11-10 05:00", NOW - 9 * DAY)


def wish(starts: str = "11-20 23:00", ends: str = "11-21 05:00", **more) -> Announce:
    more = {"customer": "duinzicht", "by": "pia", "reason": Reason.NEW_VERSION, **more}
    return Announce(starts=at(starts), ends=at(ends), **more)


def test_what_is_announced_stands():
    granted = announce(wish(text=" nieuw "), known(TERMS), NOW)
    stands = standing(granted.declarations, "duinzicht").windows["w1"]

    assert (granted.id, granted.warnings) == ("w1", ())
    assert (stands.latest.starts, stands.latest.ends) == (at("11-20 23:00"), at("11-21 05:00"))
    assert (stands.latest.announced, stands.latest.announced_by, stands.text) == (NOW, "pia", "nieuw")


def test_all_is_each_customer_under_one_id_and_ids_count_over_the_whole_store():
    before = known(TERMS, window("w3.2", customer="bosrand"), customers=("duinzicht", "bosrand"))
    granted = announce(wish("11-25 23:00", "11-26 05:00", customer="all"), before, NOW)

    assert [(one.customer, one.subject) for one in granted.declarations] == [("duinzicht", "w4"), ("bosrand", "w4")]
    assert len({one.id for one in granted.declarations}) == 2


def test_several_are_these_and_no_others_each_once():
    before = known(TERMS, customers=("duinzicht", "bosrand", "zandbank"))
    granted = announce(wish(customer="zandbank,duinzicht,zandbank"), before, NOW)
    assert [one.customer for one in granted.declarations] == ["zandbank", "duinzicht"]
    with pytest.raises(Refused, match="^no customer 'zandbak', did you mean 'zandbank'"):
        announce(wish(customer="duinzicht,zandbak"), before, NOW)


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [
        (wish("11-20 23:00", "11-20 22:00"), "ends: before it has begun, expected a time after starts"),
        (
            wish("11-20 23:00", "12-20 23:00"),
            "ends: 30d after starts, expected at most 7d; announce each stretch of work",
        ),
        (
            wish("11-09 23:00", "11-10 05:00"),
            "starts: 2026-11-09 23:00 is past, expected a window to come; a past stretch is an exclusion",
        ),
        (
            wish("11-10 11:00", "11-10 14:00"),
            "starts: 2026-11-10 11:00 is past, so nobody can be told before; expected now, 2026-11-10 12:00, or later",
        ),
        (
            wish(announced=NOW + MINUTE),
            "announced: 2026-11-10 12:01 is still to come, expected when the customers were told",
        ),
        (wish(by=" "), "by: empty, expected words"),
        (wish(text=""), "text: empty, expected words"),
        (wish(customer="duinzigt"), "no customer 'duinzigt', did you mean 'duinzicht'?"),
        (
            wish("11-25 01:00", "11-25 02:00"),
            "overlaps w7 of duinzicht, 2026-11-24 23:00 to 2026-11-25 05:00; move or cancel that one",
        ),
    ],
)
def test_what_cannot_be_announced_is_refused_in_one_line(asked, refusal):
    with pytest.raises(Refused) as refused:
        announce(asked, known(TERMS, window("w7", "11-24 23:00", "11-25 05:00")), NOW)

    assert str(refused.value) == refusal


@pytest.mark.parametrize(
    ("asked", "warning"),
    [
        (
            wish("11-20 13:00", "11-20 14:00"),
            "starts: not within 23:00-07:00: it lowers the share inside the night; what is left out does not change",
        ),
        (
            wish("11-12 23:00", "11-13 05:00"),
            "announced: too late, expected by 2026-11-07T23:00+01:00 (notice: 5d): "
            "its downtime counts (late_notice: counts)",
        ),
        (
            wish("11-12 23:00", "11-13 05:00", reason=Reason.HOTFIX),
            "reason: hotfix: this window is shown, and counts as downtime (hotfix: counts)",
        ),
    ],
)
def test_a_warning_says_what_it_means_for_the_figures(asked, warning):
    assert announce(asked, known(TERMS), NOW).warnings == (warning,)


def test_who_leaves_out_late_windows_is_not_warned_of_them():
    lenient = replace(TERMS, maintenance=MaintenanceTerms(Notice(5), late_excluded=True, hotfix_excluded=True))

    assert announce(wish("11-12 23:00", "11-13 05:00"), known(lenient), NOW).warnings == ()


def test_what_touches_or_is_cancelled_does_not_overlap():
    touching = window("w1", "11-20 20:00", "11-20 23:00")
    gone = window("w2"), about(DeclarationKind.WINDOW_CANCELLED, "w2")

    assert announce(wish(), known(TERMS, touching, *gone), NOW).id == "w3"


def test_a_window_that_runs_ends_now_or_when_it_did():
    for at_, ended in ((None, NOW), (NOW - MINUTE, NOW - MINUTE)):
        granted = end(End("w1", "jan", at_), known(TERMS, RUNNING), NOW)

        assert standing((RUNNING, *granted.declarations), "duinzicht").windows["w1"].ended == ended
        assert granted.warnings == ()


def test_an_end_after_the_planned_one_is_told_as_an_overrun():
    granted = end(End("w1", "jan", at("11-10 05:20")), known(TERMS, PAST), NOW)

    assert granted.warnings == ("w1 overran by 20m: only the time until 2026-11-10 05:00 is left out",)


ENDED = about(DeclarationKind.WINDOW_ENDED, "w1", ended=text(NOW - MINUTE))
CANCELLED = about(DeclarationKind.WINDOW_CANCELLED, "w1", NOW - MINUTE)
CONFIGURED = window(source="configuration")


@pytest.mark.parametrize(
    ("judge", "asked", "stands", "refusal"),
    [
        (end, End("w1", "jan"), (window(),), "w1 begins 2026-11-20 23:00, expected one that has begun; cancel it"),
        (end, End("w1", "jan", at("11-10 10:00")), (RUNNING,), "at: 2026-11-10 10:00 is before w1 begins, 2026-11-10 11:00"),
        (end, End("w1", "jan", NOW + HOUR), (RUNNING,), "at: 2026-11-10 13:00 is still to come, expected the time at which w1 ended"),
        (end, End("w1", "jan"), (RUNNING, ENDED), "w1 is over since 2026-11-10 11:59"),
        (end, End("w9", "jan"), (RUNNING,), "no window 'w9', expected w1"),
        (end, End("w3", "jan"), (window("w3.1"),), "w3 comes again and again, expected one of its times, such as w3.1"),
        (cancel, Cancel("w1", "jan"), (RUNNING,), "w1 has begun, expected one that is to come; end it"),
        (cancel, Cancel("w1", "jan"), (window(), CANCELLED), "w1 was cancelled 2026-11-10 11:59"),
        (cancel, Cancel("w1", "jan"), (CONFIGURED,), "w1 stands in the configuration: change it there and reload"),
        (move, Move("w1", "jan", ends=at("11-10 18:00")), (PAST,), "w1 is over since 2026-11-10 05:00"),
        (move, Move("w1", "jan", ends=at("11-21 06:00")), (window(), CANCELLED), "w1 was cancelled 2026-11-10 11:59"),
        (move, Move("w1", "jan", ends=at("11-10 18:00")), (RUNNING, ENDED), "w1 is over since 2026-11-10 11:59"),
        (move, Move("w1", "jan", starts=at("11-10 12:30")), (RUNNING,), "starts: w1 has begun 2026-11-10 11:00, expected another end only"),
        (move, Move("w1", "jan", ends=at("11-10 11:30")), (RUNNING,), "ends: 2026-11-10 11:30 is past, expected a time to come; end w1 if it is over"),
        (move, Move("w1", "jan"), (RUNNING,), "starts, ends: missing, expected a time to move to"),
        (move, Move("w1", "jan", starts=at("11-24 22:00"), ends=at("11-24 23:30")), (window(), window("w2", "11-24 23:00", "11-25 01:00")), "overlaps w2 of duinzicht, 2026-11-24 23:00 to 2026-11-25 01:00; move or cancel that one"),
        (move, Move("w1", "jan", ends=at("11-21 06:00")), (CONFIGURED,), "w1 stands in the configuration: change it there and reload"),
    ],
)  # fmt: skip
def test_what_cannot_become_of_a_window_is_refused_in_one_line(judge, asked, stands, refusal):
    with pytest.raises(Refused) as refused:
        judge(asked, known(TERMS, *stands), NOW)

    assert str(refused.value) == refusal


def test_cancelling_a_series_cancels_what_has_not_begun():
    series = (
        window("w3.1", "11-09 23:00", "11-10 14:00"),
        window("w3.2"),
        window("w3.3", "11-27 23:00", "11-28 05:00"),
    )
    granted = cancel(Cancel("w3", "jan"), known(TERMS, *series), NOW)

    assert [one.subject for one in granted.declarations] == ["w3.2", "w3.3"]


def test_moving_makes_a_new_version_with_a_notice_of_its_own():
    granted = move(Move("w1", "jan", ends=at("11-21 06:00")), known(TERMS, window()), NOW)
    stands = standing((window(), *granted.declarations), "duinzicht").windows["w1"]

    assert [(one.ends, one.announced, one.announced_by) for one in stands.versions] == [
        (at("11-21 05:00"), NOW - DAY, "pia"),
        (at("11-21 06:00"), NOW, "jan"),
    ]
    assert (stands.reason, granted.warnings) == ("new_version", ())


def test_each_version_has_an_id_of_its_own():
    first, second = window(), moved("11-20 23:00", "11-21 06:00")
    granted = move(Move("w1", "jan", ends=at("11-21 06:30")), known(TERMS, first, second), NOW)

    assert len({one.id for one in (first, second, *granted.declarations)}) == 3


def test_a_window_that_comes_again_has_an_id_for_each_time():
    spans = [(at("11-20 23:00"), at("11-21 05:00")), (at("11-27 23:00"), at("11-28 05:00"))]
    granted = announce(wish(repeat="FREQ=WEEKLY"), known(TERMS, window("w2", "11-24 23:00", "11-25 01:00")), NOW, spans)

    assert granted.id == "w3"
    assert [(one.subject, one.facts["starts"]) for one in granted.declarations] == [
        ("w3.1", text(at("11-20 23:00"))),
        ("w3.2", text(at("11-27 23:00"))),
    ]


def test_a_time_that_overlaps_refuses_the_whole_series():
    spans = [(at("11-20 23:00"), at("11-21 05:00")), (at("11-27 23:00"), at("11-28 05:00"))]
    with pytest.raises(Refused, match=r"^overlaps w1 of duinzicht"):
        announce(wish(repeat="FREQ=WEEKLY"), known(TERMS, window("w1", "11-28 01:00", "11-28 02:00")), NOW, spans)
