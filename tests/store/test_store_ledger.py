"""The contract of the ledger, on each engine."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from store_rows import SetClock, event, look, message
from structlog.testing import capture_logs

from slawatch.model import Cause, EventKind, MessageKind
from slawatch.store import Batch, StoreError, open_store


async def test_what_is_recorded_is_read_back_as_it_was(url: str) -> None:
    seen = (
        look(
            10,
            phases={"ttfb": 120.25, "ready": 839.5},
            facts={"status": 200, "url": "https://a/\x00é\ud800", "warm": True},
        ),
        look(20, Cause.HTTP_5XX, recheck=True, holds=7),
        look(30, Cause.MONITOR_NETWORK, check="http", node="delft"),
    )
    happened = (event(EventKind.OPENED, 20, checks=("dashboard", "http")),)
    owed = (message(MessageKind.OUTAGE),)
    async with open_store(url, write=True) as store:
        await store.record(Batch(seen, happened, owed))
    async with open_store(url, write=False) as store:
        assert await store.observations("duinzicht", 0, 100) == seen
        assert await store.events() == happened
        assert await store.messages() == owed


async def test_observations_come_by_check_and_time_from_since_up_to_until(url: str) -> None:
    async with open_store(url, write=True) as store:
        await store.record(
            Batch(
                (
                    look(30),
                    look(20, check="http"),
                    look(10),
                    look(20),
                    look(20, node="delft"),
                    look(15, customer="bosrand"),
                )
            )
        )
        found = await store.observations("duinzicht", 10, 30)
        assert [(o.check.name, o.at, o.node) for o in found] == [
            ("dashboard", 10, "main"),
            ("dashboard", 20, "delft"),
            ("dashboard", 20, "main"),
            ("http", 20, "main"),
        ]
        assert await store.observations("duinzicht", 10, 30, check="http") == found[3:]
        assert await store.observations("duinzicht", 10, 30, node="delft") == (found[1],)
        assert await store.observations("nobody", 0, 100) == ()


async def test_names_sort_by_their_bytes_whatever_the_engine(url: str) -> None:
    names = ("a-b", "Zee", "ab", "a b", "é")
    async with open_store(url, write=True) as store:
        await store.record(Batch(tuple(look(10, check=name) for name in names)))
        assert [o.check.name for o in await store.observations("duinzicht", 0, 100)] == sorted(names)


async def test_light_rows_say_the_same_as_observations(url: str) -> None:
    async with open_store(url, write=True) as store:
        await store.record(Batch((look(10), look(20, Cause.TLS, recheck=True, holds=9), look(10, check="http"))))
        rows = await store.observation_rows("duinzicht", 0, 100)
        assert rows == [
            (o.check.name, o.node, o.at, o.look.verdict, o.look.cause, o.look.milliseconds, o.recheck, o.holds)
            for o in await store.observations("duinzicht", 0, 100)
        ]
        assert [type(value) for value in rows[1]] == [str, str, int, str, str, int, bool, int]


async def test_a_batch_may_be_recorded_again(url: str) -> None:
    batch = Batch((look(10), look(20, Cause.DNS)), (event(EventKind.OPENED, 20),), (message(MessageKind.OUTAGE),))
    async with open_store(url, write=True) as store:
        await store.record(batch)
        with capture_logs() as logged:
            await store.record(batch)
        assert logged == []
        assert await store.observations("duinzicht", 0, 100) == batch.observations
        assert await store.events() == batch.events
        assert await store.messages() == batch.messages


async def test_the_first_look_at_a_slot_stands_and_the_log_names_the_other(url: str) -> None:
    async with open_store(url, write=True) as store:
        await store.record(Batch((look(10),)))
        with capture_logs() as logged:
            await store.record(Batch((look(10, Cause.DNS), look(20))))
        assert await store.observations("duinzicht", 0, 100) == (look(10), look(20))
        assert logged == [
            {
                "event": "store.observation_differs", "log_level": "warning", "customer": "duinzicht",
                "check": "dashboard", "node": "main", "at": 10, "kept": "up", "dropped": "down",
            }
        ]  # fmt: skip


async def test_a_batch_with_one_bad_row_leaves_nothing(url: str) -> None:
    async with open_store(url, write=True) as store:
        with pytest.raises(ValueError, match="Out of range float"):
            await store.record(Batch((look(10), look(20, phases={"ttfb": float("nan")}))))
        broken = message(MessageKind.OUTAGE, contact=None)  # type: ignore[arg-type]
        with pytest.raises(Exception, match=r"(?i)not.null"):
            await store.record(Batch((look(10),), (event(EventKind.OPENED, 10),), (broken,)))
        assert await store.observations("duinzicht", 0, 100) == ()
        assert await store.events() == ()
        await store.record(Batch((look(10),)))
        assert await store.observations("duinzicht", 0, 100) == (look(10),)


async def test_the_last_up_is_strictly_before_and_of_any_node(url: str) -> None:
    async with open_store(url, write=True) as store:
        await store.record(
            Batch((look(10), look(20, node="delft"), look(30, Cause.DNS), look(40), look(35, check="http")))
        )
        assert await store.last_up("duinzicht", "dashboard", 40) == 20
        assert await store.last_up("duinzicht", "dashboard", 41) == 40
        assert await store.last_up("duinzicht", "dashboard", 10) is None
        assert await store.last_up("bosrand", "dashboard", 40) is None


async def test_the_first_and_the_latest_of_a_customer(url: str) -> None:
    async with open_store(url, write=True) as store:
        assert await store.first_at("duinzicht") is None
        assert await store.latest("duinzicht") == ()
        await store.record(
            Batch((look(30), look(20, check="http"), look(25, check="http"), look(5, customer="bosrand")))
        )
        assert await store.first_at("duinzicht") == 20
        assert await store.latest("duinzicht") == (look(30), look(25, check="http"))


async def test_events_are_found_by_customer_outage_and_their_own_time(url: str) -> None:
    opened, closed = event(EventKind.OPENED, 10), event(EventKind.CLOSED, 20)
    other = event(EventKind.OPENED, 15, outage="o2", customer="bosrand")
    async with open_store(url, write=True) as store:
        await store.record(Batch(events=(closed, other, opened)))  # the order in which they were judged is kept
        assert await store.events() == (closed, other, opened)
        assert await store.events("duinzicht") == (closed, opened)
        assert await store.events(since=10, until=20) == (other, opened)
        assert await store.events(outage="o2") == (other,)


async def test_an_outage_is_open_until_its_last_opening_is_closed(url: str) -> None:
    opened = event(EventKind.OPENED, 20, checks=("dashboard",), cause=Cause.HTTP_5XX)
    joined = event(EventKind.JOINED, 15, checks=("http", "dashboard"), cause=Cause.CONNECT)
    closed = event(EventKind.CLOSED, 40, checks=("dashboard", "http"), cause=None)
    reopened = event(EventKind.REOPENED, 30, checks=("reservations",), cause=Cause.TLS)
    elsewhere = event(EventKind.OPENED, 50, outage="o2", customer="bosrand")
    async with open_store(url, write=True) as store:
        await store.record(Batch(events=(opened,)))
        (found,) = await store.open_outages()
        assert (found.id, found.customer, found.starts, found.checks) == ("o1", "duinzicht", 20, ("dashboard",))
        await store.record(Batch(events=(joined, closed)))
        assert await store.open_outages() == ()
        await store.record(Batch(events=(elsewhere, reopened)))
        found, other = await store.open_outages()
        assert found.events == (opened, joined, closed, reopened)
        assert (found.starts, found.cause) == (15, Cause.CONNECT)
        assert found.checks == ("dashboard", "http", "reservations")
        assert (other.id, other.events) == ("o2", (elsewhere,))
        assert await store.open_outages("bosrand") == (other,)


async def test_terms_are_those_in_force_at_an_instant(url: str, clock: SetClock) -> None:
    async with open_store(url, write=True, clock=clock) as store:
        assert await store.terms("duinzicht", 100) is None
        assert await store.save_terms("duinzicht", "d1", '{"objective":"0.999"}', 100)
        clock.now += 1
        assert await store.save_terms("duinzicht", "d2", "{}", 200)
        assert await store.terms("duinzicht", 99) is None
        first = await store.terms("duinzicht", 199)
        assert first is not None
        assert (first.digest, first.document, first.valid_from) == ("d1", '{"objective":"0.999"}', 100)
        assert first.recorded == clock.now - 1
        latest = await store.terms("duinzicht")
        assert await store.terms_history("duinzicht") == (first, latest)
        assert await store.terms_history("bosrand") == ()


async def test_terms_that_are_in_force_anyhow_are_not_written_again(url: str, clock: SetClock) -> None:
    async with open_store(url, write=True, clock=clock) as store:
        assert await store.save_terms("duinzicht", "d1", "{}", 100)
        assert not await store.save_terms("duinzicht", "d1", "{}", 300)
        clock.now += 1
        assert await store.save_terms("duinzicht", "d2", "{}", 100)  # a correction: the later recorded one counts
        in_force = await store.terms("duinzicht", 100)
        assert in_force is not None
        assert in_force.digest == "d2"
        assert len(await store.terms_history("duinzicht")) == 2


async def test_a_store_opened_for_reading_refuses_to_write(url: str) -> None:
    async with open_store(url, write=True):
        pass
    async with open_store(url, write=False) as store:
        with pytest.raises(StoreError, match=r"^store: opened for reading only$"):
            await store.record(Batch((look(10),)))


async def test_a_cancelled_record_is_recorded_all_the_same(url: str) -> None:
    async with open_store(url, write=True) as store:
        task = asyncio.create_task(store.record(Batch((look(10),))))
        await asyncio.sleep(0)  # let it hand in its batch
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    async with open_store(url, write=False) as store:
        assert await store.observations("duinzicht", 0, 100) == (look(10),)


async def test_leaving_waits_for_what_was_handed_in(url: str) -> None:
    async with open_store(url, write=True) as store:
        waiting = [asyncio.create_task(store.record(Batch((look(at),)))) for at in range(1, 51)]
        await asyncio.sleep(0)
    await asyncio.gather(*waiting)
    async with open_store(url, write=False) as store:
        assert len(await store.observations("duinzicht", 0, 100)) == 50


async def test_a_reader_sees_what_another_opening_has_just_written(url: str) -> None:
    async with open_store(url, write=True) as writer, open_store(url, write=False) as reader:
        await writer.record(Batch((look(10),)))
        assert await reader.observations("duinzicht", 0, 100) == (look(10),)
        await writer.record(Batch((look(20),)))
        assert await reader.observations("duinzicht", 0, 100) == (look(10), look(20))


looks = st.builds(
    look,
    st.integers(0, 2**53),
    st.sampled_from([None, *Cause]),
    check=st.sampled_from(["dashboard", "http"]),
    phases=st.dictionaries(st.text(max_size=5), st.floats(allow_nan=False, allow_infinity=False), max_size=3),
    facts=st.dictionaries(st.text(max_size=5), st.text(max_size=9) | st.integers() | st.booleans(), max_size=3),
    recheck=st.booleans(),
    holds=st.integers(0, 2**53),
)


@given(st.lists(looks, max_size=12, unique_by=lambda o: (o.check.name, o.at)), st.integers(0, 12))
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_splitting_a_batch_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory, seen: list[object], cut: int
) -> None:
    async def recorded(*batches: Batch) -> object:
        async with open_store(f"sqlite:///{tmp_path_factory.mktemp('split')}/a.db", write=True) as store:
            for batch in batches:
                await store.record(batch)
            return await store.observations("duinzicht", 0, 2**60)

    whole = asyncio.run(recorded(Batch(tuple(seen))))  # type: ignore[arg-type]
    assert asyncio.run(recorded(Batch(tuple(seen[cut:])), Batch(tuple(seen[:cut])))) == whole  # type: ignore[arg-type]
    assert whole == tuple(sorted(seen, key=lambda o: (o.check.name, o.at)))  # type: ignore[attr-defined]
