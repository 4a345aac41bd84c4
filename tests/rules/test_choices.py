"""What contacts chose lies over what the configuration says; somebody always hears of outages."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st
from saying import NOW, TERMS, known

from slawatch.model import Contact, Declaration, Topic
from slawatch.rules.choices import NobodyLeft, choices, choose, chosen
from slawatch.rules.declared import standing
from slawatch.rules.links import calendar_token, contact_token
from slawatch.rules.owed import Recipients
from slawatch.rules.stands import Standing
from slawatch.rules.wishes import Choose, Refused

OUTAGES, UPDATES, MAINTENANCE, SUMMARIES = Topic
PIA = Contact("pia@duinzicht.example", "nl")
JAN = Contact("jan@duinzicht.example", "nl", frozenset({MAINTENANCE}))


@dataclass
class Park:
    configured: tuple[Contact, ...] = (PIA, JAN)
    said: list[Declaration] = field(default_factory=list)

    @property
    def contacts(self) -> tuple[Contact, ...]:
        return chosen(self.configured, choices(self.said).get("duinzicht", {}))

    def choose(self, who: Contact, *wants: Topic) -> None:
        now = known(TERMS, recipients={"duinzicht": Recipients(self.contacts, "example.org")}, chosen=len(self.said))
        self.said += choose(Choose("duinzicht", who.address, frozenset(wants)), now, NOW).declarations

    def wants(self, who: Contact) -> frozenset[Topic]:
        return next(one.wants for one in self.contacts if one.address == who.address)


def test_a_contact_wants_what_it_chose_last():
    park = Park()
    park.choose(JAN, OUTAGES, UPDATES)
    park.choose(PIA)
    assert (park.wants(JAN), park.wants(PIA)) == ({OUTAGES, UPDATES}, set())

    park.choose(PIA, MAINTENANCE)
    assert park.wants(PIA) == {MAINTENANCE}
    assert len({one.id for one in park.said}) == 3


def test_another_configuration_does_not_undo_a_choice_and_says_who_is_a_contact():
    park = Park()
    park.choose(JAN, OUTAGES)
    park.configured = (Contact(JAN.address, "en", frozenset({UPDATES})), Contact("new@duinzicht.example", "nl"))

    assert [(one.address, one.language, set(one.wants)) for one in park.contacts] == [
        (JAN.address, "en", {OUTAGES}),
        ("new@duinzicht.example", "nl", set(Topic)),
    ]


def test_the_last_who_hears_of_outages_goes_on_hearing_of_them():
    park = Park()
    with pytest.raises(NobodyLeft, match=r"^nobody else of duinzicht hears of outages, expected one who does$"):
        park.choose(PIA, UPDATES, MAINTENANCE)

    assert park.said == []
    park.choose(PIA, OUTAGES)
    park.choose(JAN, OUTAGES)
    park.choose(PIA)
    assert park.wants(PIA) == set()


def test_who_does_not_hear_of_outages_may_turn_all_off_also_when_nobody_does():
    park = Park((JAN,))
    park.choose(JAN)

    assert park.wants(JAN) == set()


def test_the_same_choice_again_is_no_declaration():
    park = Park()
    park.choose(JAN, MAINTENANCE)

    assert park.said == []


def test_who_is_no_contact_cannot_choose():
    with pytest.raises(Refused, match="no contact"):
        Park().choose(Contact("eve@example.org", "nl"), OUTAGES)


def test_a_choice_changes_nothing_of_what_else_stands():
    park = Park()
    park.choose(JAN, OUTAGES)

    assert standing(park.said, "duinzicht") == Standing("duinzicht")


@given(st.lists(st.tuples(st.booleans(), st.sets(st.sampled_from(Topic)))))
def test_somebody_always_hears_of_outages(wishes: list[tuple[bool, set[Topic]]]):
    park = Park()
    for pia, wants in wishes:
        try:
            park.choose(PIA if pia else JAN, *wants)
        except NobodyLeft:
            continue

    assert any(OUTAGES in one.wants for one in park.contacts)


def test_a_token_is_short_fits_a_url_and_differs_by_key_purpose_customer_and_contact():
    tokens = [
        contact_token(b"key", "duinzicht", "a@example.org"),
        contact_token(b"key", "duinzicht", "b@example.org"),
        contact_token(b"key", "bosrand", "a@example.org"),
        contact_token(b"another", "duinzicht", "a@example.org"),
        calendar_token(b"key", "duinzicht"),
        calendar_token(b"key", "bosrand"),
    ]

    assert len(set(tokens)) == 6
    assert all(len(one) == 22 and one.replace("-", "").replace("_", "").isalnum() for one in tokens)
    assert contact_token(b"key", "duinzicht", "a@example.org") == tokens[0]
