"""What comes to be owed as time passes, on a real store and a clock that is set."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from small_slawatch import PARK, terms

from slawatch.account import Attended, Desk, Owing
from slawatch.model import (
    DAY,
    HOUR,
    MINUTE,
    Cause,
    Contact,
    Event,
    EventKind,
    Exclusion,
    ExclusionKind,
    Instant,
    Message,
    MessageKind,
    Topic,
    Version,
)
from slawatch.rules.calendar import parse
from slawatch.rules.exclusions import judge
from slawatch.rules.judging import OpenOutage
from slawatch.rules.owed import Cadence, Recipients, outage_messages
from slawatch.rules.wishes import Acknowledge, Announce, Move, Refused, Update
from slawatch.store import Batch, Store, open_store

NOW = parse("2026-11-10T11:00:00Z")
PIA = Contact("pia@duinzicht.example", "nl")
JAN = Contact("jan@duinzicht.example", "nl", frozenset({Topic.OUTAGES, Topic.MAINTENANCE}))
CADENCE = Cadence(update_every=HOUR, reminder=DAY)


@dataclass
class Night:
    """A customer in an outage that its contacts were told of, the loop and the desk."""

    store: Store
    now: Instant = NOW
    contacts: tuple[Contact, ...] = (PIA, JAN)
    cadence: Cadence = CADENCE
    outage: OpenOutage | None = None
    windows: tuple[Exclusion, ...] = ()
    owed: asyncio.Event = field(default_factory=asyncio.Event)
    owing: Owing = field(init=False)
    desk: Desk = field(init=False)

    def __post_init__(self) -> None:
        self.desk = Desk(self.store, self.clock, lambda: {PARK: terms()}, recipients=lambda: {PARK: self.to})
        self.restart()

    @property
    def to(self) -> Recipients:
        return Recipients(self.contacts, "example.org", self.cadence)

    def clock(self) -> Instant:
        return self.now

    def restart(self) -> None:
        self.owing = Owing(self.store, self.clock, self.attended, self.desk.turn, self.owed)

    def attended(self) -> list[Attended]:
        zone = ZoneInfo("Europe/Amsterdam")
        judged = tuple(judge(one, terms().maintenance, zone) for one in self.windows)
        return [Attended(PARK, self.to, self.outage, judged)]

    async def goes_down(self, accepted_after: int = MINUTE) -> OpenOutage:
        own = {one.address: f"<{one.address}>" for one in self.contacts}
        name = f"{PARK}-1"
        outage = OpenOutage(
            name, PARK, self.now, ("dashboard",), frozenset({"dashboard"}), Cause.DNS, told=True, threads=own
        )
        opened = Event("e1", PARK, EventKind.OPENED, name, self.now, self.now, outage.checks, outage.cause)
        await self.store.record(Batch(events=(opened,), messages=outage_messages(outage, self.to, self.now)))
        self.now += accepted_after
        await self.accept()
        self.outage = outage
        return outage

    async def accept(self) -> None:
        """A relay takes all that is due."""
        for one in await self.store.claim(self.now, 100):
            await self.store.settle_accepted(one.id, self.now, "relay", "250")

    async def passes(self, time: int) -> list[Message]:
        """So much time, with a look of the loop at its end: what came to be owed."""
        before = {one.id for one in await self.store.messages()}
        self.now += time
        await self.owing.look()
        return [one for one in await self.store.messages() if one.id not in before]


@pytest.fixture
async def night(tmp_path: Path) -> AsyncIterator[Night]:
    async with open_store(f"sqlite:///{tmp_path / 'slawatch.db'}", write=True) as store:
        yield Night(store)


def told(messages: list[Message]) -> list[tuple[str, str, int]]:
    return [(str(one.kind), one.contact, one.sequence) for one in messages]


# -- updates ----------------------------------------------------------------------------------------------------------


async def test_while_an_outage_lasts_who_wants_updates_is_owed_one_so_often(night: Night):
    await night.goes_down()
    assert await night.passes(HOUR - 1) == []

    first = await night.passes(1)
    assert told(first) == [("update", PIA.address, 1)]
    assert first[0].thread == f"<{PIA.address}>"
    assert night.owed.is_set()
    await night.accept()
    assert await night.passes(HOUR - 1) == []
    assert told(await night.passes(1)) == [("update", PIA.address, 2)]


async def test_the_time_counts_from_when_the_outage_mail_was_taken(night: Night):
    await night.goes_down(accepted_after=30 * MINUTE)

    assert await night.passes(HOUR - 1) == []
    assert len(await night.passes(1)) == 1


async def test_an_update_that_no_relay_took_yet_is_followed_by_one_as_late_as_if_it_had(night: Night):
    await night.goes_down()
    await night.passes(HOUR)

    assert await night.passes(HOUR - 1) == []
    assert told(await night.passes(1)) == [("update", PIA.address, 2)]


async def test_an_outage_that_nobody_was_told_of_yet_owes_no_update(night: Night):
    outage = await night.goes_down()
    night.outage = replace(outage, times=2)  # opened again, and its mail waits

    assert await night.passes(3 * HOUR) == []


async def test_the_operators_words_are_owed_at_once_and_put_off_the_next_update(night: Night):
    outage = await night.goes_down()
    night.now += HOUR // 2
    assert await night.desk.ask(Update(outage.id, "Schijf wordt\nvervangen", "pia")) == {
        "id": outage.id,
        "warnings": [],
    }
    (owed,) = await night.store.messages(kind=MessageKind.UPDATE)
    (said,) = await night.store.declarations(subject=outage.id)

    assert (owed.contact, owed.sequence, owed.created) == (PIA.address, 1, night.now)
    assert (said.kind, said.who, said.facts) == (
        "outage_updated",
        "pia",
        {"text": "Schijf wordt\nvervangen", "number": 1},
    )
    assert await night.passes(HOUR - 1) == []
    assert told(await night.passes(1)) == [("update", PIA.address, 2)]
    await night.desk.ask(Update(outage.id, "Klaar om 15:00", "pia"))
    assert [one.sequence for one in await night.store.messages(kind=MessageKind.UPDATE)] == [1, 2, 3]


async def test_an_outage_that_is_acknowledged_owes_updates_only_in_the_operators_words(night: Night):
    outage = await night.goes_down()
    await night.desk.ask(Acknowledge(outage.id, "pia"))

    assert await night.passes(3 * HOUR) == []
    await night.desk.ask(Update(outage.id, "Klaar om 15:00", "pia"))
    assert len(await night.store.messages(kind=MessageKind.UPDATE)) == 1


async def test_without_update_every_none_is_owed(night: Night):
    night.cadence = Cadence()
    await night.goes_down()

    assert await night.passes(3 * HOUR) == []


async def test_a_loop_that_begins_anew_owes_no_update_twice(night: Night):
    await night.goes_down()
    await night.passes(HOUR)
    night.restart()

    assert await night.passes(MINUTE) == []


async def test_an_update_that_reaches_nobody_is_kept_and_says_so(night: Night):
    night.contacts = (JAN,)
    outage = await night.goes_down()

    assert await night.desk.ask(Update(outage.id, "Klaar om 15:00", "pia")) == {
        "id": outage.id,
        "warnings": ["nobody is mailed: nobody who wants updates was told of the outage"],
    }
    assert [one["updates"][0]["text"] for one in await night.desk.outages()] == ["Klaar om 15:00"]


async def test_an_outage_that_is_over_or_unknown_takes_no_update(night: Night):
    outage = await night.goes_down()
    closed = Event("e2", PARK, EventKind.CLOSED, outage.id, night.now, night.now, outage.checks)
    await night.store.record(Batch(events=(closed,)))

    with pytest.raises(Refused, match=f"^{outage.id} is over, expected one that lasts; add a note to it$"):
        await night.desk.ask(Update(outage.id, "Klaar", "pia"))
    with pytest.raises(Refused, match=r"^no outage 'o9', expected duinzicht-1$"):
        await night.desk.ask(Update("o9", "Klaar", "pia"))


# -- reminders --------------------------------------------------------------------------------------------------------

STARTS = NOW + 10 * DAY
WINDOW = Exclusion(ExclusionKind.MAINTENANCE, STARTS, STARTS + HOUR, announced=NOW, announced_by="pia", id="w1")


async def announced(night: Night) -> None:
    await night.desk.ask(Announce(PARK, STARTS, STARTS + HOUR, "pia"))
    await night.accept()
    night.windows = (WINDOW,)


async def test_who_wants_maintenance_is_reminded_once_a_day_before(night: Night):
    await announced(night)
    assert await night.passes(9 * DAY - 1) == []

    reminders = await night.passes(1)
    assert told(reminders) == [("maintenance_reminder", JAN.address, 1), ("maintenance_reminder", PIA.address, 1)]
    assert {one.expires for one in reminders} == {STARTS}
    threads = {one.contact: one.thread for one in await night.store.messages(kind=MessageKind.MAINTENANCE)}
    assert {one.contact: one.thread for one in reminders} == threads
    assert await night.passes(MINUTE) == []
    night.restart()
    assert await night.passes(MINUTE) == []


async def test_a_loop_that_was_away_reminds_when_it_comes_back_if_the_window_has_not_begun(night: Night):
    await announced(night)

    assert len(await night.passes(10 * DAY - MINUTE)) == 2


async def test_nobody_is_reminded_of_what_has_begun_ended_or_is_force_majeure(night: Night):
    night.windows = (
        replace(WINDOW, starts=NOW - HOUR, ends=NOW + HOUR, id="begun"),
        replace(WINDOW, starts=NOW, ends=NOW + HOUR, id="begins"),
        replace(WINDOW, starts=NOW + HOUR, ends=NOW + 2 * HOUR, id="over", ended=NOW),
        replace(WINDOW, starts=NOW + HOUR, ends=NOW + 2 * HOUR, kind=ExclusionKind.FORCE_MAJEURE, id="x1"),
        replace(WINDOW, starts=NOW + DAY + 1, id="far"),
    )

    assert await night.passes(0) == []


async def test_each_version_is_reminded_of(night: Night):
    await announced(night)
    assert len(await night.passes(9 * DAY)) == 2
    later = STARTS + 2 * DAY
    await night.desk.ask(Move("w1", "pia", starts=later, ends=later + HOUR))
    night.windows = (replace(WINDOW, starts=later, ends=later + HOUR, earlier=(Version(STARTS, STARTS + HOUR),)),)

    assert told(await night.passes(2 * DAY)) == [
        ("maintenance_reminder", JAN.address, 2),
        ("maintenance_reminder", PIA.address, 2),
    ]


async def test_without_reminder_nobody_is_reminded(night: Night):
    night.cadence = Cadence()
    await announced(night)

    assert await night.passes(9 * DAY + HOUR) == []
