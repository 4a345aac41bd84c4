"""What a mail says, gathered from a real store as of when the mail tells."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from mail_samples import CONFIRMED, CONTACT, OPENED, OUTAGE, PARK, SENDER, event, message

from slawatch.app.gathering import facts_of
from slawatch.model import (
    DAY,
    HOUR,
    MINUTE,
    SECOND,
    Cause,
    Declaration,
    DeclarationKind,
    Event,
    EventKind,
    Instant,
    Message,
    MessageKind,
    MessageState,
    Reason,
    Saying,
    Version,
)
from slawatch.reporters.mail import (
    DigestFacts,
    Occurrence,
    OperatorWords,
    OutageFacts,
    Undeliverable,
    Unrenderable,
    WindowFacts,
    render,
)
from slawatch.rules.stands import Window
from slawatch.rules.windows import announcement, cancelled, new_version
from slawatch.store import Batch, Store, open_store

TO = {"duinzicht": PARK}
ENDED = OPENED + 10 * MINUTE
STARTS = OPENED + 8 * DAY
WINDOW = Window("w3", "duinzicht", (Version(STARTS, STARTS + HOUR),))
EVENTS = (
    event(EventKind.OPENED, OPENED, CONFIRMED),
    event(EventKind.CLOSED, ENDED, ENDED + SECOND),
)


@pytest_asyncio.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with open_store(f"sqlite:///{tmp_path}/slawatch.db", write=True) as store:
        yield store


def told(message: Message, says: Saying, known: Instant) -> Message:
    """The message as it is once what it says is settled."""
    return replace(message, says=says, known=known)


async def outage_facts(store: Store, message: Message) -> OutageFacts:
    facts = await facts_of(store, message, TO)
    assert isinstance(facts, OutageFacts)
    return facts


async def window_facts(store: Store, message: Message) -> WindowFacts:
    facts = await facts_of(store, message, TO)
    assert isinstance(facts, WindowFacts)
    return facts


def said(text: str, at: Instant, kind: DeclarationKind = DeclarationKind.OUTAGE_UPDATED) -> Declaration:
    return Declaration(f"{kind}/{at}", "duinzicht", kind, OUTAGE, at, "pia", {"text": text})


def declared(id_: str, starts: Instant, at: Instant) -> Declaration:
    version = Version(starts, starts + HOUR, at, "pia", at)
    return announcement(id_, "duinzicht", version, Reason.NEW_VERSION, "Nieuw", who="pia", now=at)


def moved(window: Window, starts: Instant, at: Instant) -> tuple[Window, Declaration]:
    version = Version(starts, starts + HOUR, at, "pia", at)
    after = replace(window, versions=(*window.versions, version))
    return after, new_version(window, version, Reason.NEW_VERSION, None, who="pia", now=at)


def about(window: str, kind: MessageKind, sequence: int = 1, created: Instant = CONFIRMED) -> Message:
    return message(kind, sequence=sequence, outage=window, created=created)


async def test_what_came_to_be_known_later_changes_nothing(store: Store) -> None:
    await store.record(Batch(events=EVENTS))
    due = told(message(), Saying.OUTAGE, CONFIRMED)
    first = render(due, await facts_of(store, due, TO), SENDER).as_bytes()
    again = replace(EVENTS[0], id="again", kind=EventKind.REOPENED, at=ENDED, recorded=ENDED + MINUTE)
    await store.record(Batch(events=(again,)))
    await store.declare([said("Opgelost", ENDED + MINUTE)])
    assert render(due, await facts_of(store, due, TO), SENDER).as_bytes() == first


async def test_an_outage_that_is_over_has_its_end_and_no_month_where_nothing_was_agreed(store: Store) -> None:
    await store.record(Batch(events=EVENTS))
    facts = await outage_facts(store, told(message(), Saying.OVER, ENDED + SECOND))
    assert (facts.starts, facts.ends, facts.cause, facts.month) == (OPENED, ENDED, Cause.HTTP_5XX, None)


async def test_the_operators_latest_words_for_the_customers_are_told_and_notes_are_not(store: Store) -> None:
    await store.record(Batch(events=EVENTS[:1]))
    at = CONFIRMED + MINUTE
    await store.declare(
        [
            said("Eerst", at),
            said("Daarna", at + SECOND),
            said("Voor onszelf", at + 2 * SECOND, DeclarationKind.OUTAGE_NOTED),
            said("Nog later", at + HOUR),
        ]
    )
    facts = await outage_facts(store, told(message(MessageKind.UPDATE), Saying.UPDATE, at + 3 * SECOND))
    assert facts.words == OperatorWords(at + SECOND, "Daarna")


async def test_an_overrun_names_the_planned_end_of_its_maintenance(store: Store) -> None:
    await store.declare([declared("w3", OPENED - MINUTE, OPENED - 9 * DAY), declared("w4", STARTS, OPENED - DAY)])
    await store.record(Batch(events=EVENTS[:1]))
    facts = await outage_facts(store, told(message(), Saying.OVERRUN, OPENED + HOUR))
    assert facts.overrun == OPENED - MINUTE + HOUR


async def test_an_outage_that_goes_on_in_the_thread_of_another_tells_of_both_under_its_subject(store: Store) -> None:
    second = replace(EVENTS[0], id="second", outage="duinzicht-20261123T134505123", at=ENDED + 3 * MINUTE)
    second = replace(second, recorded=ENDED + 4 * MINUTE)
    elsewhere = replace(second, id="elsewhere", outage="duinzicht-20261123T134605123", at=ENDED + 4 * MINUTE)
    first = message()
    again = replace(message(outage=second.outage, created=second.recorded), thread=first.thread)
    other = message(outage=elsewhere.outage, created=second.recorded)
    await store.record(Batch(events=(*EVENTS, second, elsewhere), messages=(first, again, other)))
    facts = await outage_facts(store, told(again, Saying.AGAIN, second.recorded))
    assert (facts.outage, facts.opened, facts.starts) == (second.outage, OPENED, second.at)
    assert facts.before == ((OPENED, ENDED),)


async def test_a_mail_of_a_thread_tells_of_its_latest_outage_whichever_row_carries_it(store: Store) -> None:
    second = replace(EVENTS[0], id="second", outage="duinzicht-20261123T134505123", at=ENDED + 3 * MINUTE)
    second = replace(second, recorded=ENDED + 4 * MINUTE)
    first = message()
    again = replace(message(outage=second.outage, created=second.recorded), thread=first.thread)
    await store.record(Batch(events=(*EVENTS, second), messages=(first, again)))
    facts = await outage_facts(store, told(first, Saying.OUTAGE, second.recorded))
    assert (facts.outage, facts.starts, facts.ends) == (second.outage, second.at, None)


async def test_a_window_is_told_as_it_stood(store: Store) -> None:
    first = declared("w3", STARTS, CONFIRMED)
    after, second = moved(WINDOW, STARTS + DAY, CONFIRMED + HOUR)
    await store.declare([first, second])
    due = about("w3", MessageKind.MAINTENANCE)
    facts = await window_facts(store, told(due, Saying.ANNOUNCED, CONFIRMED))
    assert facts == WindowFacts("w3", PARK, (Occurrence("w3", STARTS, STARTS + HOUR),), "new_version", "Nieuw")
    facts = await window_facts(store, told(due, Saying.ANNOUNCED, CONFIRMED + HOUR))
    assert [(one.starts, one.revision) for one in facts.occurrences] == [(STARTS + DAY, 1)]
    assert len(after.versions) == 2


@pytest.mark.parametrize(
    ("how", "was"),
    [
        ({"state": MessageState.ACCEPTED, "accepted": CONFIRMED + MINUTE}, STARTS),
        ({"state": MessageState.FOLDED, "says": Saying.ANNOUNCED, "into": "overview"}, STARTS),
        ({"state": MessageState.FAILED}, STARTS + DAY),
    ],
    ids=["by its mail", "in an overview", "never"],
)
async def test_a_change_is_one_from_what_the_contact_was_told(store: Store, how: dict[str, Any], was: Instant) -> None:
    second, change = moved(WINDOW, STARTS + DAY, CONFIRMED + HOUR)
    _, third = moved(second, STARTS + 2 * DAY, CONFIRMED + 2 * HOUR)
    await store.declare([declared("w3", STARTS, CONFIRMED), change, third])
    first = replace(about("w3", MessageKind.MAINTENANCE), **how)
    folded = replace(about("w3", MessageKind.MAINTENANCE, 2), state=MessageState.FOLDED)
    due = about("w3", MessageKind.MAINTENANCE, 3)
    await store.record(Batch(messages=(first, folded, due)))
    facts = await window_facts(store, told(due, Saying.CHANGED, CONFIRMED + 2 * HOUR))
    assert facts.occurrences == (Occurrence("w3", STARTS + 2 * DAY, STARTS + 2 * DAY + HOUR, 2, (was, was + HOUR)),)


async def test_of_a_series_what_is_to_come_is_told_and_of_its_end_what_falls_out(store: Store) -> None:
    times = [declared(f"w5.{number}", STARTS + number * DAY, CONFIRMED - DAY) for number in range(1, 5)]
    await store.declare(times)
    known = STARTS + DAY + 2 * HOUR
    facts = await window_facts(store, told(about("w5", MessageKind.MAINTENANCE), Saying.ANNOUNCED, known))
    assert (facts.window, facts.recurring) == ("w5", True)
    assert [one.id for one in facts.occurrences] == ["w5.2", "w5.3", "w5.4"]
    windows = [Window(f"w5.{number}", "duinzicht", (Version(0, 1),)) for number in range(2, 5)]
    await store.declare([cancelled(windows[1], who="pia", now=known - MINUTE)])
    await store.declare([cancelled(one, who="pia", now=known) for one in (windows[0], windows[2])])
    facts = await window_facts(store, told(about("w5", MessageKind.CANCELLED), Saying.CANCELLED, known))
    assert [(one.id, one.revision) for one in facts.occurrences] == [("w5.2", 1), ("w5.4", 1)]


async def test_one_time_of_a_series_is_told_by_itself(store: Store) -> None:
    await store.declare([declared("w5.1", STARTS, CONFIRMED), declared("w5.2", STARTS + DAY, CONFIRMED)])
    facts = await window_facts(store, told(about("w5.2", MessageKind.REMINDER), Saying.REMINDER, STARTS))
    assert (facts.window, facts.recurring, [one.id for one in facts.occurrences]) == ("w5", False, ["w5.2"])


async def test_an_overview_tells_each_outage_and_window_once_as_it_stood(store: Store) -> None:
    other: Event = replace(EVENTS[0], id="other", outage="duinzicht-20261123T150000000", recorded=ENDED + HOUR)
    carrier = message(created=CONFIRMED)
    folded = [
        replace(message(MessageKind.RECOVERY, created=ENDED + SECOND), into=carrier.id),
        replace(about("w3", MessageKind.MAINTENANCE), into=carrier.id, created=ENDED + MINUTE),
        replace(message(outage=other.outage, created=other.recorded), into=carrier.id),
    ]
    rows = [replace(one, state=MessageState.FOLDED) for one in folded]
    await store.declare([declared("w3", STARTS, CONFIRMED)])
    await store.record(Batch(events=(*EVENTS, other), messages=(carrier, *rows, message(contact="x@y.example"))))
    facts = await facts_of(store, told(carrier, Saying.DIGEST, ENDED + HOUR), TO)
    assert isinstance(facts, DigestFacts)
    assert [one.says for one in facts.told] == [Saying.OVER, Saying.ANNOUNCED, Saying.OUTAGE]


async def test_an_overview_says_what_was_settled_of_each(store: Store) -> None:
    carrier = message(MessageKind.RECOVERY, created=ENDED + SECOND)
    row = replace(about("w3", MessageKind.MAINTENANCE, 2, ENDED + MINUTE), into=carrier.id, says=Saying.CHANGED)
    await store.declare([declared("w3", STARTS, CONFIRMED)])
    await store.record(Batch(events=EVENTS, messages=(carrier, replace(row, state=MessageState.FOLDED))))
    facts = await facts_of(store, told(carrier, Saying.DIGEST, ENDED + HOUR), TO)
    assert isinstance(facts, DigestFacts)
    assert [one.says for one in facts.told] == [Saying.OVER, Saying.CHANGED]
    mail = render(told(carrier, Saying.DIGEST, ENDED + HOUR), facts, SENDER)
    assert mail["To"].addresses[0].addr_spec == CONTACT


async def test_an_overview_tells_a_window_once_with_what_was_folded_into_its_own_mail(store: Store) -> None:
    carrier = about("w3", MessageKind.MAINTENANCE, 2)
    reminder = replace(about("w3", MessageKind.REMINDER, 2, CONFIRMED + MINUTE), into=carrier.id)
    _, change = moved(WINDOW, STARTS + DAY, CONFIRMED)
    await store.declare([declared("w3", STARTS, CONFIRMED - DAY), change])
    await store.record(Batch(messages=(carrier, replace(reminder, state=MessageState.FOLDED))))
    facts = await facts_of(store, told(carrier, Saying.DIGEST, CONFIRMED + HOUR), TO)
    assert isinstance(facts, DigestFacts)
    assert [one.says for one in facts.told] == [Saying.ANNOUNCED]  # nobody told the version before


async def test_an_overview_goes_without_a_customer_who_left_the_configuration(store: Store) -> None:
    carrier = message(MessageKind.OUTAGE)
    row = replace(
        message(contact="x@y.example"), id="other", message_id="<other@x>", customer="bosrand", into=carrier.id
    )
    await store.record(Batch(events=EVENTS, messages=(carrier, replace(row, state=MessageState.FOLDED))))
    facts = await facts_of(store, told(carrier, Saying.DIGEST, ENDED), TO)
    assert isinstance(facts, DigestFacts)
    assert [one.facts.to for one in facts.told] == [TO["duinzicht"]]
    orphan = replace(carrier, customer="woodland")
    with pytest.raises(Undeliverable, match="no such customer"):
        await facts_of(store, told(orphan, Saying.DIGEST, ENDED), {})


async def test_what_nobody_declared_and_who_is_not_configured_is_refused(store: Store) -> None:
    with pytest.raises(Unrenderable, match="no maintenance w9 is declared for duinzicht"):
        await facts_of(store, about("w9", MessageKind.MAINTENANCE), TO)
    with pytest.raises(Undeliverable, match="no such customer") as refused:
        await facts_of(store, message(), {})
    assert not refused.value.permanent
