"""A restart, a reload, a store that does not answer: outages go on as they were, and what counts now is said now."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from small_slawatch import DOWN, PARK, RECIPIENTS, UNKNOWN, UP, at, living, terms

from slawatch.account import Account
from slawatch.model import MINUTE, SECOND, EventKind, Exclusion, ExclusionKind, MessageKind
from slawatch.reporters.metrics import Metrics
from slawatch.rules.owed import Cadence
from slawatch.store import Store, StoreBusy

BEGIN = at("2026-03-10T12:00:00Z")
OPENED, JOINED, CLOSED, REOPENED = EventKind.OPENED, EventKind.JOINED, EventKind.CLOSED, EventKind.REOPENED


async def test_a_restart_between_the_first_failure_and_its_confirmation_delays_nothing(tmp_path: Path):
    async with living(tmp_path, BEGIN) as small:
        await small.see(small.look("dashboard", DOWN))
        await small.restart()
        small.now += 5 * SECOND
        await small.see(small.look("dashboard", DOWN))

        (event,) = await small.store.events(PARK)
        assert (event.kind, event.at, event.recorded) == (OPENED, BEGIN, BEGIN + 5 * SECOND)
        assert [one.contact for one in await small.store.messages()] == [one.address for one in RECIPIENTS.contacts]


async def test_after_a_restart_an_outage_still_ends_with_the_latest_of_its_checks(tmp_path: Path):
    async with living(tmp_path, BEGIN) as small:
        for _ in range(2):
            small.now += 5 * SECOND
            await small.see(small.look("dashboard", DOWN), small.look("reservations", DOWN))
        small.now += MINUTE
        await small.see(small.look("dashboard", UP))
        await small.restart()
        await small.see(small.look("reservations", UP, ago=10 * SECOND))  # its slot lies before the other's

        assert (await small.store.events(PARK))[-1].at == small.now
        (outage,) = (await small.replayed())["outages"]
        assert at(outage["ends"]) == small.now


async def test_an_outage_soon_after_another_goes_on_in_its_thread_also_over_restarts(tmp_path: Path):
    async with living(tmp_path, BEGIN) as small:
        small.to = replace(RECIPIENTS, cadence=Cadence(reopens_within=15 * MINUTE))
        await small.restart()
        for look in (DOWN, DOWN, UP, DOWN, DOWN, UP):
            small.now += MINUTE
            await small.see(small.look("dashboard", look))
            await small.restart()

        messages = await small.store.messages()
        assert [(one.kind, one.due - one.created) for one in messages] == [
            (MessageKind.OUTAGE, 0),
            (MessageKind.RECOVERY, 0),
            (MessageKind.OUTAGE, 0),
            (MessageKind.RECOVERY, 15 * MINUTE),
        ]
        assert {one.thread for one in messages} == {messages[0].message_id}


async def test_an_outage_that_a_reload_ends_is_told_to_be_over(tmp_path: Path):
    async with living(tmp_path, BEGIN) as small:
        for _ in range(2):
            small.now += 5 * SECOND
            await small.see(small.look("reservations", DOWN))
        small.now += MINUTE
        await small.reload(terms(counting=("dashboard",)))

        assert [one.kind for one in await small.store.messages()] == [MessageKind.OUTAGE, MessageKind.RECOVERY]


async def test_a_check_that_joins_an_outage_a_second_time_is_in_the_ledger_twice(tmp_path: Path):
    async with living(tmp_path, BEGIN) as small:
        for look in (DOWN, DOWN, UP, DOWN, DOWN):
            small.now += 5 * SECOND
            await small.see(small.look("dashboard", DOWN), small.look("reservations", look))

        assert [event.kind for event in await small.store.events(PARK)] == [OPENED, JOINED, JOINED]
        assert (await small.store.open_outages())[0].checks == ("dashboard", "reservations")


async def test_an_outage_ends_when_its_check_does_not_count_any_more(tmp_path: Path):
    async with living(tmp_path, BEGIN) as small:
        for _ in range(2):
            small.now += 5 * SECOND
            await small.see(small.look("reservations", DOWN))
        small.now += MINUTE
        await small.reload(terms(counting=("dashboard",)))
        await small.see(small.look("reservations", UP), small.look("dashboard", UP))

        assert [event.kind for event in await small.store.events(PARK)] == [OPENED, CLOSED]
        assert await small.store.open_outages() == ()


async def test_a_check_that_is_down_opens_an_outage_when_it_comes_to_count(tmp_path: Path):
    async with living(tmp_path, BEGIN, terms(counting=("dashboard",))) as small:
        for _ in range(2):
            small.now += 5 * SECOND
            await small.see(small.look("reservations", DOWN))
        assert await small.store.events(PARK) == ()
        await small.reload(terms())
        small.now += MINUTE
        await small.see(small.look("reservations", DOWN))
        await small.publish()

        assert [(event.kind, event.at) for event in await small.store.events(PARK)] == [(OPENED, BEGIN + 10 * SECOND)]
        assert [one.kind for one in await small.store.messages()] == [MessageKind.OUTAGE]
        assert small.metric("customer_up", PARK) == 0


async def test_terms_that_come_later_confirm_no_failure_of_the_past(tmp_path: Path):
    async with living(tmp_path, BEGIN, terms(failures=3)) as small:
        for _ in range(2):
            small.now += 5 * SECOND
            await small.see(small.look("dashboard", DOWN))
        small.now += SECOND
        small.agree(terms(failures=2))
        await small.restart()
        assert await small.store.open_outages() == ()

        small.now += 5 * SECOND
        await small.see(small.look("dashboard", DOWN))
        (outage,) = await small.store.open_outages()
        assert outage.starts == BEGIN + 5 * SECOND
        assert len((await small.replayed())["outages"]) == 1


async def test_a_look_that_was_under_way_when_its_check_left_is_kept_and_judges_nothing(tmp_path: Path):
    async with living(tmp_path, BEGIN) as small:
        under_way = small.look("reservations", DOWN)
        await small.reload(terms(without="reservations"))
        await small.see(under_way, replace(under_way, at=BEGIN + SECOND))

        assert len(await small.store.observations(PARK, 0, 2**62, "reservations")) == 2
        assert small.recorder.state(PARK).runs == {}
        assert await small.store.events(PARK) == ()


async def test_a_check_that_is_back_has_its_earlier_looks(tmp_path: Path):
    async with living(tmp_path, BEGIN) as small:
        await small.seen_by_all(UP)
        small.now += MINUTE
        await small.reload(terms(without="reservations"))
        await small.publish()
        await small.reload(terms())
        await small.seen_by_all(UP)
        await small.publish()

        assert small.live()["speed"]["pages"]["reservations"]["loads"] == 2
        assert small.live() == await small.replayed()


class Held:
    """A store whose reads of rows wait, or fail, as the test wishes."""

    def __init__(self, store: Store, on_rows: Callable[[], Awaitable[None]]) -> None:
        self._store = store
        self._on_rows = on_rows

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def observation_rows(self, *which: Any, **more: Any) -> Any:
        rows = await self._store.observation_rows(*which, **more)
        await self._on_rows()
        return rows


async def test_looks_that_come_while_the_books_are_read_again_stand_there_once(tmp_path: Path):
    async with living(tmp_path, BEGIN) as small:
        await small.seen_by_all(UP)
        reading, go_on = asyncio.Event(), asyncio.Event()

        async def wait() -> None:
            reading.set()
            await go_on.wait()

        small.account._store = Held(small.store, wait)  # type: ignore[assignment]
        await small.correct(terms(failures=3))
        publishing = asyncio.create_task(small.publish())
        await reading.wait()
        small.now += MINUTE
        await small.see(*(small.look(name, look) for name, look in (("dashboard", DOWN), ("reservations", UNKNOWN))))
        go_on.set()
        await publishing

        assert small.live() == await small.replayed()
        assert small.live()["speed"]["loads"] == 3


async def test_a_store_that_does_not_answer_stops_no_figure_of_this_month(tmp_path: Path):
    async with living(tmp_path, BEGIN) as small:
        await small.seen_by_all(UP)
        broken = True

        async def maybe() -> None:
            if broken:
                raise StoreBusy("the disk is away")

        small.account._store = Held(small.store, maybe)  # type: ignore[assignment]
        small.now = at("2026-03-31T22:00:01Z")
        await small.seen_by_all(UP)
        small.now += SECOND
        await small.publish()
        assert small.metric("customer_up", PARK) == 1
        assert small.metric("sla_attained_ratio", PARK, "availability", "previous_month") is None

        broken = False
        await small.seen_by_all(UNKNOWN)
        await small.publish()
        assert small.metric("sla_attained_ratio", PARK, "availability", "previous_month") == 1


async def test_what_is_declared_and_withdrawn_while_last_month_is_read_leaves_the_right_one(tmp_path: Path):
    midnight = at("2026-03-31T22:00:00Z")
    storm = Exclusion(
        ExclusionKind.FORCE_MAJEURE,
        midnight - 20 * MINUTE,
        midnight - 10 * MINUTE,
        reason="storm",
        approved_by="J. de Vries",
    )
    async with living(tmp_path, midnight - 20 * MINUTE) as small:
        for look in (DOWN, DOWN, UP):
            await small.seen_by_all(look)
            small.now += MINUTE
        small.now = midnight + 70 * MINUTE
        await small.seen_by_all(UP)
        await small.publish()
        shown = small.metric("sla_attained_ratio", PARK, "availability", "previous_month")
        reading, go_on = asyncio.Event(), asyncio.Event()

        async def wait() -> None:
            reading.set()
            await go_on.wait()

        small.account._store = Held(small.store, wait)  # type: ignore[assignment]
        await small.declare(storm)
        publishing = asyncio.create_task(small.publish())
        await reading.wait()
        await small.declare()
        go_on.set()
        await publishing
        await small.publish()

        assert shown == 0.6
        assert small.metric("sla_attained_ratio", PARK, "availability", "previous_month") == shown


async def test_a_new_customer_misses_no_look_that_is_written_while_it_is_taken_in(tmp_path: Path):
    async with living(tmp_path, BEGIN) as small:
        reading, go_on = asyncio.Event(), asyncio.Event()

        async def wait() -> None:
            reading.set()
            await go_on.wait()

        other = Account(Held(small.store, wait), small.clock, Metrics())  # type: ignore[arg-type]
        opening = asyncio.create_task(other.open({PARK: (small.agreed, ())}))
        await reading.wait()
        look = small.look("dashboard", UP)
        await small.see(look)
        other.applied((look,))
        go_on.set()
        await opening

        assert other.statement(PARK, BEGIN + MINUTE).booking.up == MINUTE
