"""Windows of the configuration become declarations, and a reload never changes the past."""

from __future__ import annotations

from dataclasses import replace

import pytest
from saying import NOW, about, at, window

from slawatch.model import DAY, Declaration, DeclarationKind, Exclusion, ExclusionKind
from slawatch.rules.calendar import text
from slawatch.rules.configured import reconcile
from slawatch.rules.declared import standing

TOLD = NOW - 2 * DAY


def written(starts: str = "11-20 23:00", ends: str = "11-21 05:00", **more: str) -> Exclusion:
    more = {"id": "upgrade", "reason": "new_version", "announced_by": "pia", **more}
    return Exclusion(ExclusionKind.MAINTENANCE, at(starts), at(ends), announced=TOLD, **more)


def stands(*declarations: Declaration, wanted: tuple[Exclusion, ...]) -> tuple[Declaration, ...]:
    return reconcile({"duinzicht": standing(declarations, "duinzicht")}, {"duinzicht": wanted}, NOW)


def configured(starts: str = "11-20 23:00", ends: str = "11-21 05:00", id_: str = "upgrade") -> Declaration:
    return window(id_, starts, ends, source="configuration", announced=text(TOLD))


def test_a_new_window_is_announced_by_who_told_it_or_by_the_file():
    (named,) = stands(wanted=(written(),))
    (nameless,) = stands(wanted=(replace(written(), announced=None, announced_by=None),))

    assert (named.kind, named.subject, named.who) == (DeclarationKind.WINDOW_ANNOUNCED, "upgrade", "pia")
    assert (named.facts["announced"], named.facts["source"]) == (text(TOLD), "configuration")
    assert nameless.who == "slawatch.yaml"
    assert "announced" not in nameless.facts


def test_a_window_of_several_customers_has_one_id():
    both = {name: standing((), name) for name in ("duinzicht", "bosrand")}
    said = reconcile(
        both,
        {"duinzicht": (written(),), "bosrand": (written(), written("11-24 23:00", "11-25 01:00", id="restart.2"))},
        NOW,
    )

    assert [(one.customer, one.subject) for one in said] == [
        ("duinzicht", "upgrade"),
        ("bosrand", "upgrade"),
        ("bosrand", "restart.2"),
    ]


def test_what_was_declared_is_declared_once():
    said = stands(wanted=(written(), written("11-24 23:00", "11-25 01:00", id="restart.2")))

    assert stands(*said, wanted=(written(), written("11-24 23:00", "11-25 01:00", id="restart.2"))) == ()


@pytest.mark.parametrize(
    ("was", "now", "kind"),
    [
        (configured(), (written(ends="11-21 06:00"),), DeclarationKind.WINDOW_MOVED),
        (configured(), (written(reason="hotfix"),), DeclarationKind.WINDOW_MOVED),
        (configured(), (written(text="andere woorden"),), DeclarationKind.WINDOW_MOVED),
        (configured(), (), DeclarationKind.WINDOW_CANCELLED),
        (configured("11-10 11:00", "11-10 14:00"), (), DeclarationKind.WINDOW_ENDED),
    ],
    ids=["other times", "another reason", "other words", "gone before it began", "gone while it runs"],
)
def test_what_changed_is_declared(was, now, kind):
    (said,) = stands(was, wanted=now)

    assert (said.kind, said.subject, said.recorded) == (kind, "upgrade", NOW)


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ((configured("11-08 23:00", "11-09 05:00"),), ()),
        ((configured("11-08 23:00", "11-09 05:00"),), (written("11-08 23:00", "11-09 06:00"),)),
        ((window(),), ()),
        ((configured(), about(DeclarationKind.WINDOW_CANCELLED, "upgrade")), ()),
        (
            (
                configured("11-10 10:00", "11-10 14:00"),
                about(DeclarationKind.WINDOW_ENDED, "upgrade", ended=text(NOW - 1)),
            ),
            (written("11-10 10:00", "11-10 14:00"),),
        ),
    ],
    ids=["over and gone", "over and changed", "a person's", "cancelled and gone", "ended by a person"],
)
def test_what_is_over_or_a_persons_stays_as_it_was(said, wanted):
    assert stands(*said, wanted=wanted) == ()


def test_a_window_that_comes_back_stands_again():
    gone = (configured(), about(DeclarationKind.WINDOW_CANCELLED, "upgrade"))
    (said,) = stands(*gone, wanted=(written(),))

    assert said.kind is DeclarationKind.WINDOW_MOVED
    assert standing((*gone, said), "duinzicht").windows["upgrade"].cancelled is None
    assert stands(*gone, said, wanted=(written(),)) == ()


def dropped(starts: str, ends: str) -> tuple[Declaration, ...]:
    """A window of the file that was taken out while it ran, just now."""
    window = configured(starts, ends)
    return window, *stands(window, wanted=())


def test_a_window_taken_out_while_it_runs_and_put_back_runs_on():
    was = dropped("11-10 11:00", "11-10 14:00")
    back = stands(*was, wanted=(written("11-10 11:00", "11-10 14:00"),))
    (window,) = standing((*was, *back), "duinzicht").windows.values()

    assert standing(was, "duinzicht").windows["upgrade"].ended == NOW
    assert (window.ended, window.latest.ends) == (None, at("11-10 14:00"))
    assert stands(*was, *back, wanted=(written("11-10 11:00", "11-10 14:00"),)) == ()


AGAIN = ("11-24 23:00", "11-25 05:00")


@pytest.mark.parametrize(
    "said",
    [
        (configured("11-08 23:00", "11-09 05:00"),),
        (
            configured("11-10 10:00", "11-10 14:00"),
            about(DeclarationKind.WINDOW_ENDED, "upgrade", ended=text(NOW - 1)),
        ),
        dropped("11-10 11:00", "11-10 14:00"),
        (configured("11-10 11:00", "11-10 14:00"),),
    ],
    ids=["over", "ended by a person", "dropped while it ran", "running"],
)
def test_a_name_that_is_used_again_is_another_window_and_the_time_of_the_first_stays(said):
    again = stands(*said, wanted=(written(*AGAIN),))
    windows = standing((*said, *again), "duinzicht").windows

    first = windows["upgrade"]
    assert first.versions == standing(said, "duinzicht").windows["upgrade"].versions
    assert first.over(NOW)
    assert [(one.latest.starts, one.latest.ends) for one in (windows["upgrade~2"],)] == [(at(AGAIN[0]), at(AGAIN[1]))]
    assert stands(*said, *again, wanted=(written(*AGAIN),)) == ()
    assert [one.subject for one in stands(*said, *again, wanted=())] == ["upgrade~2"]


def test_a_name_is_used_any_number_of_times():
    said = (configured("11-01 23:00", "11-02 05:00"), configured("11-08 23:00", "11-09 05:00", id_="upgrade~2"))

    assert [one.subject for one in stands(*said, wanted=(written(*AGAIN),))] == ["upgrade~3"]


def test_a_series_that_is_moved_has_all_its_times_in_force():
    said = (
        configured("11-03 23:00", "11-04 05:00", id_="restart.1"),
        configured("11-08 23:00", "11-09 05:00", id_="restart.2"),
        configured("11-13 23:00", "11-14 05:00", id_="restart.3"),
    )
    moved = (written("11-12 23:00", "11-13 05:00", id="restart.1"), written(*AGAIN, id="restart.2"))
    windows = standing((*said, *stands(*said, wanted=moved)), "duinzicht").windows

    to_come = {one.latest.starts for one in windows.values() if not one.over(NOW)}
    assert to_come == {at("11-12 23:00"), at(AGAIN[0])}
    assert {"restart.1", "restart.2"} <= windows.keys()


def test_a_time_to_come_whose_number_is_that_of_a_past_one_now_is_cancelled():
    said = configured("11-13 23:00", "11-14 05:00", id_="restart.3")
    past = (written("11-08 23:00", "11-09 05:00", id="restart.3"),)
    (gone,) = stands(said, wanted=past)

    assert gone.kind is DeclarationKind.WINDOW_CANCELLED
    assert stands(said, gone, wanted=past) == ()


def test_past_occurrences_of_a_new_series_are_not_made_up():
    series = (written("11-08 23:00", "11-09 05:00", id="restart.1"), written(id="restart.2"))

    assert [one.subject for one in stands(wanted=series)] == ["restart.2"]


def test_a_past_window_is_declared_as_late_as_it_was():
    (said,) = stands(wanted=(written("11-08 23:00", "11-09 05:00"),))

    assert said.recorded == NOW


def test_what_an_older_version_believed_is_declared_as_it_was_believed():
    wanted = (
        written("11-08 23:00", "11-09 05:00", id="restart.1"),
        written("11-10 11:00", "11-10 14:00", id="upgrade"),
        written("11-24 23:00", "11-25 05:00", id="restart.2"),
    )
    said = reconcile({"duinzicht": standing((), "duinzicht")}, {"duinzicht": wanted}, NOW, {"duinzicht"})
    windows = standing(said, "duinzicht").windows

    assert {id_: one.latest.entered for id_, one in windows.items()} == {
        "restart.1": TOLD,
        "upgrade": TOLD,
        "restart.2": NOW,
    }
    assert [one.facts["source"] for one in said] == ["migration", "migration", "configuration"]
    assert [one.recorded for one in said] == [NOW, NOW, NOW]
    assert stands(*said, wanted=wanted) == ()


def test_what_is_written_after_the_upgrade_is_entered_when_it_is_loaded():
    kept = written("11-24 23:00", "11-25 05:00")
    late = written("11-08 23:00", "11-09 05:00", id="late")
    was = {"duinzicht": standing(stands(wanted=(kept,)), "duinzicht")}
    (said,) = reconcile(was, {"duinzicht": (kept, late)}, NOW, {"duinzicht"})

    assert standing((said,), "duinzicht").windows["late"].latest.entered == NOW
