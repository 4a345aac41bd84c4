"""Who is owed what of an outage, in which thread, and when."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from hypothesis import given
from hypothesis import strategies as st

from slawatch.model import (
    MINUTE,
    SECOND,
    Cause,
    CheckId,
    ConfirmTerms,
    Contact,
    Event,
    Look,
    Message,
    MessageKind,
    Observation,
    Topic,
    Verdict,
)
from slawatch.rules.judging import CustomerState, judge, restore
from slawatch.rules.owed import Cadence, Recipients, owe, update_messages

OUTAGE, UPDATE, RECOVERY = MessageKind.OUTAGE, MessageKind.UPDATE, MessageKind.RECOVERY
PIA, JAN = Contact("pia@duinzicht.example", "nl"), Contact("jan@duinzicht.example", "en")
BEGIN = 1_790_000_000 * SECOND


def wants(who: Contact, *topics: Topic) -> Contact:
    return replace(who, wants=frozenset(topics))


@dataclass
class Park:
    """A customer whose dashboard is seen minute by minute; two failures confirm."""

    contacts: tuple[Contact, ...] = (PIA,)
    minute: int = 0
    quiet: bool = False
    state: CustomerState = field(default_factory=CustomerState)
    events: list[Event] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)

    @property
    def to(self) -> Recipients:
        return Recipients(self.contacts, "example.org", Cadence(reopens_within=15 * MINUTE))

    def see(self, looks: str) -> None:
        """A look a minute: `d` is down, `u` is up."""
        for one in looks:
            at = BEGIN + self.minute * MINUTE
            look = Look(Verdict.UP) if one == "u" else Look(Verdict.DOWN, Cause.HTTP_5XX)
            seen = Observation(CheckId("duinzicht", "page", "dashboard"), "main", at, look)
            judged, owed = owe(judge(self.state, seen, ConfirmTerms(), at), self.to, at, quiet=self.quiet)
            self.state = judged.state
            self.events.extend(judged.events)
            self.messages.extend(owed)
            self.minute += 1

    def restart(self) -> None:
        """As account.restoring does it, from the ledger alone."""
        openings = [one for one in self.messages if one.kind is OUTAGE]
        ids = {one.outage for one in openings}
        told = {id_: max(one.sequence for one in openings if one.outage == id_) for id_ in ids}
        threads = {id_: {one.contact: one.thread for one in openings if one.outage == id_} for id_ in ids}
        self.state, _ = restore(self.state.runs, self.events, told, BEGIN, threads=threads)

    def told(self) -> list[tuple[str, str, int]]:
        """Kind, the contact's name, and minutes until it is due."""
        return [
            (str(one.kind), one.contact.partition("@")[0], (one.due - one.created) // MINUTE) for one in self.messages
        ]


def test_who_wants_outages_is_owed_the_outage_and_its_recovery_in_one_thread():
    park = Park((PIA, wants(JAN, Topic.MAINTENANCE)))
    park.see("udddu")

    assert park.told() == [("outage", "pia", 0), ("recovery", "pia", 0)]
    assert [one.thread for one in park.messages] == [park.messages[0].message_id] * 2
    assert {one.language for one in park.messages} == {"nl"}


def test_a_contact_who_was_added_during_the_outage_is_owed_no_recovery_of_it():
    park = Park((PIA,))
    park.see("dd")
    park.contacts = (PIA, JAN)
    park.see("du")

    assert park.told() == [("outage", "pia", 0), ("recovery", "pia", 0)]


def test_a_contact_who_does_not_want_outages_any_more_is_owed_no_recovery():
    park = Park((PIA, JAN))
    park.see("dd")
    park.contacts = (PIA, wants(JAN))
    park.see("u")

    assert park.told()[2:] == [("recovery", "pia", 0)]


def test_an_outage_within_maintenance_is_owed_to_nobody_nor_is_its_end():
    park = Park(quiet=True)
    park.see("ddu")

    assert park.messages == []


def test_an_outage_that_lasts_beyond_maintenance_is_owed_then():
    park = Park(quiet=True)
    park.see("ddd")
    park.quiet = False
    park.see("d")

    assert [(one.kind, one.created) for one in park.messages] == [(OUTAGE, BEGIN + 3 * MINUTE)]


def test_the_end_of_an_outage_that_was_told_before_maintenance_is_told_within_it():
    park = Park()
    park.see("dd")
    park.quiet = True
    park.see("u")

    assert park.told() == [("outage", "pia", 0), ("recovery", "pia", 0)]


def test_an_outage_soon_after_another_goes_on_in_its_thread_and_its_end_is_due_once_it_lasts():
    park = Park()
    park.see("ddu" + "u" * 10 + "ddu")

    assert park.told() == [("outage", "pia", 0), ("recovery", "pia", 0), ("outage", "pia", 0), ("recovery", "pia", 15)]
    assert {one.thread for one in park.messages} == {park.messages[0].message_id}
    assert len({one.outage for one in park.messages}) == len({one.outage for one in park.events}) == 2


def test_an_outage_later_than_that_is_a_thread_of_its_own():
    park = Park()
    park.see("ddu" + "u" * 14 + "ddu")

    assert park.told()[2:] == [("outage", "pia", 0), ("recovery", "pia", 0)]
    assert [one.thread for one in park.messages[2:]] == [park.messages[2].message_id] * 2


def test_a_contact_who_was_not_owed_the_outage_before_has_a_thread_of_its_own():
    park = Park((PIA,))
    park.see("ddu")
    park.contacts = (PIA, JAN)
    park.see("ddu")

    assert park.told()[2:] == [
        ("outage", "pia", 0),
        ("outage", "jan", 0),
        ("recovery", "pia", 15),
        ("recovery", "jan", 0),
    ]
    assert [one.thread for one in park.messages if one.contact == JAN.address] == [park.messages[3].message_id] * 2


def test_an_outage_after_one_that_maintenance_kept_quiet_is_nothing_new_to_go_on_from():
    park = Park(quiet=True)
    park.see("ddu")
    park.quiet = False
    park.see("ddu")

    assert park.told() == [("outage", "pia", 0), ("recovery", "pia", 0)]
    assert {one.thread for one in park.messages} == {park.messages[0].message_id}


def test_updates_go_to_who_wants_them_and_was_owed_the_outage():
    park = Park((PIA, wants(JAN, Topic.OUTAGES)))
    park.see("dd")
    park.contacts = (*park.contacts, Contact("new@duinzicht.example", "nl"))
    outage = park.state.outage
    assert outage is not None

    owed = update_messages("duinzicht", outage.id, 3, outage.threads, park.to, BEGIN)
    assert [(one.kind, one.contact, one.sequence, one.thread) for one in owed] == [
        (UPDATE, PIA.address, 3, park.messages[0].message_id)
    ]


@given(st.text("du", max_size=60), st.sets(st.integers(0, 59)))
def test_a_restart_at_any_moment_changes_nothing_that_is_owed(looks: str, restarts: set[int]):
    steady, restarted = Park(), Park()
    for index, look in enumerate(looks):
        steady.see(look)
        restarted.see(look)
        if index in restarts:
            restarted.restart()

    assert restarted.messages == steady.messages


@given(st.lists(st.tuples(st.sampled_from("dduu"), st.booleans(), st.booleans()), max_size=60))
def test_a_recovery_is_owed_only_after_the_outage_and_in_its_thread(steps: list[tuple[str, bool, bool]]):
    park = Park()
    for look, quiet, both in steps:
        park.quiet, park.contacts = quiet, (PIA, JAN) if both else (PIA,)
        park.see(look)

    heard = {(one.outage, one.contact): one.thread for one in park.messages if one.kind is OUTAGE}
    for one in park.messages:
        assert heard[one.outage, one.contact] == one.thread
    assert len({one.message_id for one in park.messages}) == len(park.messages)
