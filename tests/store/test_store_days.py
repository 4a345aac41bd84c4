"""The contract of sealed days, on each engine, and of the looks packed in them."""

from dataclasses import replace

from store_rows import SetClock, look

from slawatch.model import MINUTE, Cause
from slawatch.store import Batch, ObservationRow, SealedDay, open_store, pack, unpack

DAY_1 = SealedDay("duinzicht", "dashboard", 100, 200, 2, 150, "d1", b"\x00looks\xff", b"\x01spans", 205)
DAY_2 = replace(DAY_1, starts=200, ends=300, last_up=None, digest="d2")


async def test_days_come_back_as_they_were_sealed_in_order(url: str) -> None:
    async with open_store(url, write=True) as store:
        assert await store.seal_day(DAY_2)
        assert await store.seal_day(DAY_1)
        assert await store.sealed_days("duinzicht", "dashboard", 0, 1000) == (DAY_1, DAY_2)
        assert await store.last_sealed("duinzicht", "dashboard") == DAY_2


async def test_a_sealed_day_stays_as_it_was(url: str) -> None:
    async with open_store(url, write=True) as store:
        await store.seal_day(DAY_1)
        assert not await store.seal_day(replace(DAY_1, digest="another"))
        assert await store.sealed_days("duinzicht", "dashboard", 0, 1000) == (DAY_1,)


async def test_days_are_found_by_when_they_end(url: str) -> None:
    async with open_store(url, write=True) as store:
        for day in (DAY_1, DAY_2, replace(DAY_1, check="http"), replace(DAY_1, customer="heidehof")):
            await store.seal_day(day)
        assert await store.sealed_days("duinzicht", "dashboard", 199, 299) == (DAY_1,)
        assert await store.sealed_days("duinzicht", "dashboard", 200, 300) == (DAY_2,)
        assert await store.sealed_days("duinzicht", "reservations", 0, 1000) == ()
        assert await store.last_sealed("duinzicht", "reservations") is None


async def test_days_that_end_after_a_time_are_forgotten_but_for_pruned_ones(url: str) -> None:
    pruned, other = replace(DAY_1, starts=300, ends=400, pruned=True), replace(DAY_2, check="http")
    async with open_store(url, write=True) as store:
        for day in (DAY_1, DAY_2, pruned, other):
            await store.seal_day(day)
        await store.unseal_days("duinzicht", "dashboard", 200)
        assert await store.sealed_days("duinzicht", "dashboard", 0, 1000) == (DAY_1, pruned)
        assert await store.sealed_days("duinzicht", "http", 0, 1000) == (other,)


async def test_the_first_look_from_a_time_on_is_of_that_check(url: str, clock: SetClock) -> None:
    async with open_store(url, write=True, clock=clock) as store:
        await store.record(Batch((look(10), look(20), look(15, check="http"))))
        assert await store.first_look("duinzicht", "dashboard", 10) == 10
        assert await store.first_look("duinzicht", "dashboard", 11) == 20
        assert await store.first_look("duinzicht", "dashboard", 21) is None


async def test_packed_rows_are_the_rows_that_were_recorded(url: str, clock: SetClock) -> None:
    seen = (
        look(MINUTE),
        look(2 * MINUTE, Cause.HTTP_5XX, node="backup", recheck=True),
        look(2 * MINUTE + 1, Cause.MONITOR_NETWORK, holds=1),
        look(9 * MINUTE, node="backup"),
    )
    async with open_store(url, write=True, clock=clock) as store:
        await store.record(Batch(seen))
        rows = await store.observation_rows("duinzicht", 0, 10 * MINUTE, check="dashboard")

    assert len(rows) == 4
    assert unpack("dashboard", pack(rows)) == rows


def test_a_look_without_milliseconds_stays_without_and_a_days_looks_take_little() -> None:
    look_at = look(0)
    rows: list[ObservationRow] = [
        ("http", "main", minute * MINUTE, look_at.verdict, None, None if minute % 2 else 0, False, 3 * MINUTE)
        for minute in range(1440)
    ]

    assert unpack("http", pack(rows)) == rows
    assert len(pack(rows)) < 1000
