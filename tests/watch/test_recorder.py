"""Judge and record: one transaction, memory after the commit, and a store that fails for a while."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from scene import BEGIN, DOWN, RECIPIENTS, check, committed, database, recording, seen, terms

from slawatch import clock
from slawatch.model import (
    HOUR,
    SECOND,
    EventKind,
    Exclusion,
    ExclusionKind,
    Instant,
    MessageKind,
    MessageState,
    Version,
)
from slawatch.rules import exclusions
from slawatch.rules.agreed import Agreed
from slawatch.rules.judging import CustomerState
from slawatch.store import open_store
from slawatch.watch import Committed, Recorder, Watched

EVER = (0, 2**62)


async def test_an_outage_its_looks_and_its_mails_are_stored_together(tmp_path: Path):
    async with open_store(database(tmp_path), write=True) as store, recording(store) as recorder:
        await recorder.submit(seen("dashboard", 0, DOWN))
        run = await recorder.submit(seen("dashboard", 5, DOWN))
        made = await committed(recorder, 2)

        assert run is not None
        assert run.confirmed
        assert [event.kind for event in made.events] == [EventKind.OPENED]
        assert await store.events() == made.events
        assert await store.messages() == made.messages
        assert {message.contact for message in made.messages} == {one.address for one in RECIPIENTS.contacts}
        assert [one.at for one in await store.observations("duinzicht", *EVER)] == [BEGIN, BEGIN + 5 * SECOND]


async def test_recovery_is_owed_to_who_was_owed_the_outage_in_the_same_thread(tmp_path: Path):
    async with open_store(database(tmp_path), write=True) as store, recording(store) as recorder:
        for second, look in ((0, DOWN), (5, DOWN)):
            await recorder.submit(seen("dashboard", second, look))
        await recorder.submit(seen("dashboard", 60))
        made = await committed(recorder, 3)

        told = {message.contact: message for message in made.messages if message.kind is MessageKind.OUTAGE}
        over = {message.contact: message for message in made.messages if message.kind is MessageKind.RECOVERY}
        assert told.keys() == over.keys() == {one.address for one in RECIPIENTS.contacts}
        assert all(over[contact].thread == told[contact].message_id for contact in told)


async def test_a_failure_that_nothing_confirms_is_a_blip_and_mails_nobody(tmp_path: Path):
    async with open_store(database(tmp_path), write=True) as store, recording(store) as recorder:
        await recorder.submit(seen("dashboard", 0, DOWN))
        assert await recorder.submit(seen("dashboard", 5)) is None
        made = await committed(recorder, 2)

        assert made.blips == ("duinzicht",)
        assert (made.events, made.messages) == ((), ())


def test_the_hour_by_which_a_window_was_lengthened_late_counts_and_is_mailed():
    told = Version(BEGIN, BEGIN + HOUR, BEGIN - 200 * HOUR, "x")
    lengthened = Exclusion(ExclusionKind.MAINTENANCE, BEGIN, BEGIN + 2 * HOUR, earlier=(told,))
    agreed = terms()
    judged = exclusions.judge(lengthened, agreed.maintenance, exclusions.ZoneInfo("Europe/Amsterdam"))
    watched = Watched(agreed, RECIPIENTS, (judged,))

    assert [watched.in_counted_window(BEGIN + at) for at in (-1, 0, HOUR - 1, HOUR)] == [False, True, True, False]


#: Told long before.
WINDOW = Exclusion(
    ExclusionKind.MAINTENANCE, BEGIN - HOUR, BEGIN + HOUR, announced=BEGIN - 200 * HOUR, announced_by="x", id="w1"
)


@dataclass
class Night:
    """A window that began an hour ago, and a clock that is set."""

    now: Instant = BEGIN

    def clock(self) -> Instant:
        return self.now

    def watched(self, ended: Instant | None = None) -> Watched:
        judged = exclusions.judge(replace(WINDOW, ended=ended), terms().maintenance, ZoneInfo("Europe/Amsterdam"))
        return Watched(Agreed.always(terms()), RECIPIENTS, (judged,))


@asynccontextmanager
async def down_in_the_night(folder: Path) -> AsyncIterator[tuple[Night, Recorder]]:
    """A customer that went down in a window; nobody looks any more."""
    night = Night()
    async with (
        open_store(database(folder), write=True) as store,
        recording(store, night.watched(), now=night.clock) as recorder,
    ):
        for second in (0, 5):
            await recorder.submit(seen("dashboard", second, DOWN))
        during = await committed(recorder, 2)
        assert ([event.kind for event in during.events], during.messages) == ([EventKind.OPENED], ())
        yield night, recorder


async def owed_next(recorder: Recorder) -> Committed:
    async with asyncio.timeout(10):
        return await recorder.committed.get()


async def test_an_outage_in_a_window_is_owed_at_the_planned_end_without_a_look_and_the_overrun_is_known(tmp_path: Path):
    async with down_in_the_night(tmp_path) as (night, recorder):
        night.now = WINDOW.ends
        made = await owed_next(recorder)

        assert made.observations == ()
        assert [(event.kind, event.outage, event.at) for event in made.events] == [
            (EventKind.OVERRAN, "w1", WINDOW.ends)
        ]
        assert [(one.kind, one.created) for one in made.messages] == [(MessageKind.OUTAGE, WINDOW.ends)] * 2


async def test_a_window_that_ends_early_has_what_is_still_down_owed_at_once(tmp_path: Path):
    async with down_in_the_night(tmp_path) as (night, recorder):
        night.now = BEGIN + 10 * SECOND
        recorder.configure({"duinzicht": night.watched(ended=night.now)})
        made = await owed_next(recorder)

        assert made.events == ()
        assert [one.kind for one in made.messages] == [MessageKind.OUTAGE] * 2


async def test_what_was_owed_at_the_end_of_a_window_is_owed_once(tmp_path: Path):
    async with down_in_the_night(tmp_path) as (night, recorder):
        night.now = WINDOW.ends
        await owed_next(recorder)
        await recorder.submit(seen("dashboard", 3700, DOWN))

        assert (await owed_next(recorder)).messages == ()


async def test_what_a_locked_store_cannot_take_waits_and_is_written_once(tmp_path: Path):
    failures = []
    patience = timedelta(milliseconds=50)
    async with (
        open_store(database(tmp_path), write=True, patience=patience) as store,
        recording(store, on_write_failure=lambda: failures.append(1)) as recorder,
    ):
        other = sqlite3.connect(tmp_path / "slawatch.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        for second in (0, 5):
            await recorder.submit(seen("dashboard", second, DOWN))
        async with asyncio.timeout(10):
            while len(failures) < 2:
                await asyncio.sleep(0.01)
        assert recorder.waiting == 2
        assert recorder.state("duinzicht") == CustomerState()  # memory has not run ahead of the ledger
        assert recorder.run_of(check("dashboard")) is not None  # but the next look knows what was judged
        await recorder.submit(seen("dashboard", 65))
        other.execute("ROLLBACK")
        other.close()
        made = await committed(recorder, 3)

        assert [event.kind for event in made.events] == [EventKind.OPENED, EventKind.CLOSED]
        assert len(await store.observations("duinzicht", *EVER)) == 3
        assert len(await store.messages(state=MessageState.QUEUED)) == 4


async def test_a_look_older_than_the_last_is_written_nowhere(tmp_path: Path):
    async with open_store(database(tmp_path), write=True) as store, recording(store) as recorder:
        await recorder.submit(seen("dashboard", 10))
        await recorder.submit(seen("dashboard", 9, DOWN))
        await recorder.submit(seen("dashboard", 11))
        await committed(recorder, 2)

        assert [one.verdict for one in await store.observations("duinzicht", *EVER)] == ["up", "up"]


async def test_a_customer_that_leaves_takes_its_outage_along_and_gets_no_recovery_mail(tmp_path: Path):
    async with open_store(database(tmp_path), write=True) as store, recording(store) as recorder:
        for second in (0, 5):
            await recorder.submit(seen("dashboard", second, DOWN))
        await committed(recorder, 2)
        recorder.configure({})
        async with asyncio.timeout(10):
            left = await recorder.committed.get()

        assert [event.kind for event in left.events] == [EventKind.CLOSED]
        assert left.messages == ()
        assert await store.open_outages() == ()


async def test_what_waits_when_the_recorder_ends_is_still_written(tmp_path: Path):
    async with open_store(database(tmp_path), write=True) as store:
        recorder = Recorder(store, clock.now, states={}, latest={}, on_write_failure=lambda: None)
        recorder.configure({"duinzicht": Watched(Agreed.always(terms()), RECIPIENTS)})
        task = asyncio.create_task(recorder.run())
        submitting = asyncio.create_task(recorder.submit(seen("dashboard", 0)))
        await asyncio.sleep(0)  # the look is handed in; its quarter of a second has only begun
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await submitting

        assert len(await store.observations("duinzicht", *EVER)) == 1


async def test_a_window_that_ends_while_the_customer_is_down_overruns_once_and_opens_nothing(tmp_path: Path):
    window = Exclusion(ExclusionKind.MAINTENANCE, BEGIN - HOUR, BEGIN + 7 * SECOND, id="w1")
    judged = exclusions.judge(window, terms().maintenance, ZoneInfo("Europe/Amsterdam"))
    watched = Watched(Agreed.always(terms()), None, (judged,))
    async with open_store(database(tmp_path), write=True) as store, recording(store, watched) as recorder:
        for second in (0, 5, 10, 15):
            await recorder.submit(seen("dashboard", second, DOWN))
        made = await committed(recorder, 4)

        assert [(event.kind, event.outage) for event in made.events][1:] == [(EventKind.OVERRAN, "w1")]
        assert made.events[1].at == window.ends
        assert await store.events() == made.events
        assert [outage.id for outage in await store.open_outages()] == [made.events[0].outage]
