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


def test_past_occurrences_of_a_new_series_are_not_made_up():
    series = (written("11-08 23:00", "11-09 05:00", id="restart.1"), written(id="restart.2"))

    assert [one.subject for one in stands(wanted=series)] == ["restart.2"]


def test_a_past_window_is_declared_as_late_as_it_was():
    (said,) = stands(wanted=(written("11-08 23:00", "11-09 05:00"),))

    assert said.recorded == NOW
