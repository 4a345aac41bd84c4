"""What maintenance owes to whom: each version of a window once, and of a series once for all its times."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest
from saying import NOW, TERMS, at, known

from slawatch.model import (
    DAY,
    HOUR,
    MINUTE,
    Contact,
    Declaration,
    Exclusion,
    ExclusionKind,
    Instant,
    Message,
    MessageKind,
    MessageState,
    Saying,
    Topic,
)
from slawatch.rules import windows
from slawatch.rules.afterwards import void
from slawatch.rules.announced import announcing, reminders
from slawatch.rules.configured import reconcile
from slawatch.rules.declared import exclusions, standing
from slawatch.rules.owed import Cadence, Recipients
from slawatch.rules.proofs import mailed
from slawatch.rules.wishes import Announce, Cancel, End, Known, Move, Void

PIA, JAN = Contact("pia@duinzicht.example", "nl"), Contact("jan@duinzicht.example", "en")
MAINTENANCE, CANCELLED = "maintenance", "maintenance_cancelled"
WEEKLY = "FREQ=WEEKLY"
STARTS, ENDS = at("11-20 23:00"), at("11-21 05:00")
WEEK = 7 * DAY


def times(count: int, first: int = 1) -> list[tuple[Instant, Instant]]:
    return [(STARTS + number * WEEK, ENDS + number * WEEK) for number in range(first - 1, first - 1 + count)]


def written(id_: str = "upgrade", starts: Instant = STARTS, ends: Instant = ENDS, **more: object) -> Exclusion:
    """A window of the configuration of which nobody was told."""
    more = {"reason": "new_version", **more}
    return Exclusion(ExclusionKind.MAINTENANCE, starts, ends, id=id_, **more)  # type: ignore[arg-type]


def weekly(count: int, repeat: str = WEEKLY, longer: int = 0, **more: object) -> tuple[Exclusion, ...]:
    spans = enumerate(times(count), 1)
    return tuple(written(f"c.{k}", starts, ends + longer, repeat=repeat, **more) for k, (starts, ends) in spans)


@dataclass
class Ledger:
    """What is declared of some customers, and what comes to be owed of it; minute by minute."""

    customers: tuple[str, ...] = ("duinzicht",)
    contacts: tuple[Contact, ...] = (PIA,)
    now: Instant = NOW
    said: list[Declaration] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)

    @property
    def known(self) -> Known:
        return known(TERMS, *self.said, customers=self.customers)

    def declare(self, *declarations: Declaration) -> None:
        to = {one: Recipients(self.contacts, "example.org") for one in self.customers}
        self.messages += announcing(declarations, self.known.standings, self.messages, to, self.now)
        self.said += declarations
        self.now += HOUR

    def announce(self, count: int = 0, customer: str = "all") -> None:
        wish = Announce(customer, STARTS, ENDS, "pia", repeat=WEEKLY if count else None)
        self.declare(*windows.announce(wish, self.known, self.now, times(count)).declarations)

    def move(self, window: str, by: int) -> None:
        stood = next(one for stands in self.known.standings.values() for one in stands.named(window)).latest
        wish = Move(window, "pia", stood.starts + by, stood.ends + by)
        self.declare(*windows.move(wish, self.known, self.now).declarations)

    def cancel(self, window: str) -> None:
        self.declare(*windows.cancel(Cancel(window, "pia"), self.known, self.now).declarations)

    def load(self, *configured: Exclusion) -> None:
        """The configuration, as a reload or the daily writing ahead takes it over."""
        self.declare(*reconcile(self.known.standings, dict.fromkeys(self.customers, configured), self.now))

    def accept(self, at: Instant | None = None) -> None:
        """A relay takes all that is owed."""
        when = self.now if at is None else at
        taken = {"state": MessageState.ACCEPTED, "accepted": when, "settled": when}
        self.messages = [one if one.accepted else replace(one, **taken) for one in self.messages]  # type: ignore[arg-type]

    def told(self) -> list[tuple[str, str, int]]:
        """Kind, window or series, and number."""
        return [(str(one.kind), one.outage, one.sequence) for one in self.messages]

    def proven(self) -> dict[str | None, Instant | None]:
        """When each window's last version is proven by mail to have been told."""
        stands = self.known.standings["duinzicht"]
        found = exclusions(stands, mailed(self.messages, stands.voided))
        return {one.id: one.announced if one.announced_by is None else None for one in found}


# -- what people declare ----------------------------------------------------------------------------------------------


def test_a_window_for_all_is_owed_to_each_customers_contacts_who_want_maintenance():
    ledger = Ledger(("duinzicht", "bosrand"), (PIA, replace(JAN, wants=frozenset({Topic.OUTAGES}))))
    ledger.announce()

    assert [(one.customer, one.contact, one.outage, one.sequence) for one in ledger.messages] == [
        ("duinzicht", PIA.address, "w1", 1),
        ("bosrand", PIA.address, "w1", 1),
    ]
    assert len({one.message_id for one in ledger.messages}) == 2
    assert {one.expires for one in ledger.messages} == {ENDS}


def test_each_version_is_owed_in_the_thread_of_the_first_and_so_is_the_cancellation():
    ledger = Ledger()
    ledger.announce()
    ledger.move("w1", DAY)
    ledger.cancel("w1")

    assert ledger.told() == [(MAINTENANCE, "w1", 1), (MAINTENANCE, "w1", 2), (CANCELLED, "w1", 2)]
    assert {one.thread for one in ledger.messages} == {ledger.messages[0].message_id}
    assert {one.sequence for one in ledger.messages} == {1, 2}


def test_a_window_that_ends_early_owes_nothing():
    ledger = Ledger()
    ledger.announce()
    ledger.now = STARTS + HOUR
    ledger.declare(*windows.end(End("w1", "pia"), ledger.known, ledger.now).declarations)

    assert ledger.told() == [(MAINTENANCE, "w1", 1)]


def test_a_window_that_runs_and_gets_longer_is_owed():
    ledger = Ledger()
    ledger.announce()
    ledger.now = STARTS + HOUR
    ledger.declare(*windows.move(Move("w1", "pia", ends=ENDS + HOUR), ledger.known, ledger.now).declarations)

    assert ledger.told()[1:] == [(MAINTENANCE, "w1", 2)]


def test_a_series_is_owed_once_and_cancelled_once():
    ledger = Ledger()
    ledger.announce(50)
    ledger.cancel("w1")

    assert ledger.told() == [(MAINTENANCE, "w1", 1), (CANCELLED, "w1", 1)]
    assert ledger.messages[0].expires == ENDS + 49 * WEEK


def test_one_time_of_a_series_that_is_moved_or_cancelled_is_owed_by_its_own_name_in_the_series_thread():
    ledger = Ledger()
    ledger.announce(3)
    ledger.move("w1.2", DAY)
    ledger.cancel("w1.2")
    ledger.cancel("w1.3")

    assert ledger.told()[1:] == [(MAINTENANCE, "w1.2", 2), (CANCELLED, "w1.2", 2), (CANCELLED, "w1.3", 1)]
    assert {one.thread for one in ledger.messages} == {ledger.messages[0].message_id}


def test_a_cancellation_is_owed_to_who_was_owed_the_announcement():
    ledger = Ledger()
    ledger.announce()
    ledger.contacts = (PIA, JAN)
    ledger.cancel("w1")

    assert [(str(one.kind), one.contact) for one in ledger.messages] == [
        (MAINTENANCE, PIA.address),
        (CANCELLED, PIA.address),
    ]


def test_a_cancellation_of_what_nobody_was_mailed_of_is_owed_to_all():
    ledger = Ledger(contacts=())
    ledger.announce()
    ledger.contacts = (PIA, JAN)
    ledger.cancel("w1")

    assert [one.contact for one in ledger.messages] == [PIA.address, JAN.address]


# -- what the configuration says --------------------------------------------------------------------------------------

TOLD = {"announced": NOW - DAY, "announced_by": "pia"}


@pytest.mark.parametrize(
    ("window", "told"),
    [
        (written(), [(MAINTENANCE, "upgrade", 1)]),
        (written(**TOLD), []),
        (written(starts=NOW - HOUR, ends=NOW + HOUR), []),
        (written(starts=NOW - DAY, ends=NOW - HOUR), []),
    ],
    ids=["of which nobody was told", "told by a person", "begun", "over"],
)
def test_a_window_of_the_configuration_that_is_new(window: Exclusion, told: list[tuple[str, str, int]]):
    ledger = Ledger()
    ledger.load(window)
    ledger.load(window)

    assert ledger.told() == told


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ((written(ends=ENDS + HOUR, **TOLD),), [(MAINTENANCE, "upgrade", 2)]),
        ((written(text="Nieuwe versie", **TOLD),), [(MAINTENANCE, "upgrade", 2)]),
        ((written(announced=NOW - 2 * DAY, announced_by="jan"),), []),
        ((), [(CANCELLED, "upgrade", 1)]),
    ],
    ids=["longer", "other words", "only another notice", "gone"],
)
def test_a_window_of_the_configuration_that_changes_is_owed_also_if_a_person_told_of_it_before(changed, told):
    ledger = Ledger()
    ledger.load(written(**TOLD))
    ledger.load(*changed)

    assert ledger.told() == told


def test_a_window_of_the_configuration_that_comes_back_is_owed_again():
    ledger = Ledger()
    for configured in ((written(),), (), (written(),)):
        ledger.load(*configured)

    assert ledger.told() == [(MAINTENANCE, "upgrade", 1), (CANCELLED, "upgrade", 1), (MAINTENANCE, "upgrade", 2)]


def test_a_running_window_that_leaves_the_configuration_ended_early_and_owes_nothing():
    ledger = Ledger()
    ledger.load(written())
    ledger.now = STARTS + HOUR
    ledger.load()

    assert ledger.told() == [(MAINTENANCE, "upgrade", 1)]


@pytest.mark.parametrize(
    ("then", "told"),
    [
        (weekly(5), []),
        (weekly(3, longer=HOUR), [(MAINTENANCE, "c", 2)]),
        (weekly(4, longer=HOUR), [(MAINTENANCE, "c", 2)]),
        (weekly(4, repeat="FREQ=WEEKLY;COUNT=4"), [(MAINTENANCE, "c", 2)]),
        (weekly(2), [(MAINTENANCE, "c", 2)]),
        ((), [(CANCELLED, "c", 1)]),
        (weekly(3, **TOLD), []),
    ],
    ids=[
        "written further ahead",
        "longer",
        "longer and further ahead",
        "another rule, the first times the same",
        "fewer times",
        "gone",
        "only another notice",
    ],
)
def test_of_a_series_that_changes_one_message_is_owed_for_all_its_times(then, told):
    ledger = Ledger()
    ledger.load(*weekly(3))
    ledger.load(*then)

    assert ledger.told() == [(MAINTENANCE, "c", 1), *told]


def test_a_series_that_a_person_told_of_is_owed_when_it_changes_and_not_when_it_is_written_ahead():
    ledger = Ledger()
    for configured in (weekly(3, **TOLD), weekly(4, **TOLD), weekly(4, longer=HOUR, **TOLD), weekly(5, longer=HOUR)):
        ledger.load(*configured)

    assert ledger.told() == [(MAINTENANCE, "c", 2)]


def test_a_series_of_which_an_older_version_kept_no_count_is_not_announced_by_being_written_ahead():
    ledger = Ledger()
    ledger.load(*weekly(3))
    ledger.said = [
        replace(one, facts={key: value for key, value in one.facts.items() if key not in {"series", "repeat"}})
        for one in ledger.said
    ]
    ledger.messages = []
    ledger.load(*weekly(4))
    assert ledger.told() == []

    ledger.load(*weekly(4, longer=HOUR))
    assert ledger.told() == [(MAINTENANCE, "c", 1)]


# -- proof ------------------------------------------------------------------------------------------------------------


def test_an_accepted_announcement_of_a_series_proves_each_of_its_times_and_those_written_later():
    ledger = Ledger()
    ledger.load(*weekly(3))
    ledger.accept(NOW)
    ledger.load(*weekly(5))

    assert ledger.proven() == {f"c.{number}": NOW for number in (1, 2, 3, 4, 5)}


def test_what_the_series_announcement_did_not_speak_of_it_does_not_prove():
    ledger = Ledger()
    ledger.load(*weekly(2))
    ledger.accept(NOW)
    ledger.load(*weekly(3, longer=HOUR))
    ledger.load(*weekly(4, longer=HOUR))
    assert ledger.proven() == dict.fromkeys(("c.1", "c.2", "c.3", "c.4"))

    ledger.accept(NOW + DAY)
    assert ledger.proven() == dict.fromkeys(("c.1", "c.2", "c.3", "c.4"), NOW + DAY)


def test_a_change_of_which_nobody_was_mailed_is_proven_by_no_earlier_mail_nor_are_later_times():
    ledger = Ledger()
    ledger.load(*weekly(2))
    ledger.accept(NOW)
    ledger.contacts = ()
    ledger.load(*weekly(2, longer=HOUR))
    ledger.contacts = (PIA,)
    ledger.load(*weekly(3, longer=HOUR))

    assert ledger.told() == [(MAINTENANCE, "c", 1)]
    assert ledger.proven() == dict.fromkeys(("c.1", "c.2", "c.3"))


def test_a_time_that_is_moved_by_itself_is_proven_by_its_own_mail():
    ledger = Ledger()
    ledger.announce(2)
    ledger.accept(NOW - DAY)
    ledger.move("w1.2", DAY)
    assert ledger.proven()["w1.2"] is None

    ledger.accept(NOW - HOUR)
    assert ledger.proven() == {"w1.1": NOW - DAY, "w1.2": NOW - HOUR}


@pytest.mark.parametrize("notice", ["c", "c/1", "the message"])
def test_a_series_whose_announcement_is_void_is_not_proven_nor_are_its_later_times(notice: str):
    ledger = Ledger()
    ledger.load(*weekly(2))
    ledger.accept(NOW)
    wish = Void(ledger.messages[0].id if notice == "the message" else notice, "teruggekomen", "pia")
    told = replace(ledger.known, messages=tuple(ledger.messages))
    ledger.said += void(wish, told, ledger.now).declarations
    ledger.load(*weekly(3))

    assert ledger.proven() == dict.fromkeys(("c.1", "c.2", "c.3"))


@pytest.mark.parametrize("state", [MessageState.FOLDED, MessageState.DROPPED])
def test_what_another_mail_stood_for_or_nobody_sent_is_as_if_never_owed(state: MessageState):
    ledger = Ledger(contacts=(PIA, JAN))
    ledger.announce()
    mine, other = ledger.messages
    ledger.messages = [mine, replace(other, state=state, settled=NOW + DAY)]
    assert mailed(ledger.messages, ()) == {}

    accepted = replace(mine, state=MessageState.ACCEPTED, accepted=NOW, settled=NOW)
    ledger.messages[0] = accepted
    assert mailed(ledger.messages, ()) == {("w1", 1): NOW}
    assert mailed(ledger.messages, (), NOW + DAY - 1) == {}  # as far as was known then it was still to be told


def test_what_was_told_in_a_digest_was_told_when_that_was_accepted():
    ledger = Ledger()
    ledger.announce()
    (owed,) = ledger.messages
    folded = replace(owed, state=MessageState.FOLDED, settled=NOW, into="another", says=Saying.ANNOUNCED, known=NOW)
    assert mailed((folded,), ()) == {}
    assert mailed((replace(folded, accepted=NOW + MINUTE),), ()) == {("w1", 1): NOW + MINUTE}
    assert mailed((replace(folded, accepted=NOW + MINUTE),), (), NOW) == {}


# -- reminders --------------------------------------------------------------------------------------------------------


def reminded(now: Instant, *earlier: Message) -> list[Message]:
    to = Recipients((PIA, replace(JAN, wants=frozenset({Topic.OUTAGES}))), "example.org", Cadence(reminder=DAY))
    return list(reminders("duinzicht", "w1.2", 3, STARTS, earlier, to, now))


def test_a_reminder_is_in_the_thread_of_the_announcement_and_expires_when_the_window_starts():
    ledger = Ledger()
    ledger.announce(2)
    (one,) = reminded(STARTS - DAY, *ledger.messages)

    assert (one.kind, one.outage, one.sequence) == (MessageKind.REMINDER, "w1.2", 3)
    assert (one.contact, one.thread, one.expires) == (PIA.address, ledger.messages[0].message_id, STARTS)


@pytest.mark.parametrize(("created", "count"), [(STARTS - DAY, 1), (STARTS - DAY + 1, 0)])
def test_nobody_is_reminded_of_what_was_only_just_announced(created: Instant, count: int):
    ledger = Ledger()
    ledger.announce(2)

    assert len(reminded(STARTS - HOUR, replace(ledger.messages[0], created=created))) == count


def test_what_was_told_by_a_person_is_reminded_of_in_a_thread_of_its_own():
    (one,) = reminded(STARTS - DAY)

    assert one.thread == one.message_id


def test_a_ledger_that_is_read_again_says_the_same():
    ledger = Ledger()
    ledger.load(*weekly(3))
    again = standing(ledger.said, "duinzicht")

    assert again.series == {"c": 1}
    assert [one.told_with for one in again.named("c")] == [(1,)] * 3
