"""Pruned days read as they did before, on each engine; and what may be pruned at all."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from itertools import count
from typing import Any

import killed_pruner
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from store_rows import SetClock, look, sealed

from slawatch.model import Cause, Observation
from slawatch.store import Batch, SealedDay, Store, StoreTorn, open_store, pruning
from slawatch.store.schema import days as table

#: A day in these tests; looks lie on the first twenty of them.
DAY = 100
LASTS = 20 * DAY
CHECKS = ("dashboard", "http")
PARKS = count()


async def seal(store: Store, customer: str, check: str, starts: int, ends: int) -> SealedDay:
    day = sealed(await store.observation_rows(customer, starts, ends, check=check), starts, ends, customer)
    assert await store.seal_day(day)
    return day


async def prune(store: Store, day: SealedDay, lots: int) -> None:
    """So many lots of three rows, or all of them."""
    assert store._writer is not None
    assert await store._writer.run(lambda c: pruning.begin(c, day, 3))
    for _ in range(lots):
        await store._writer.run(lambda c: pruning.delete(c, day, 3))


async def reads(store: Store, customer: str, at: Sequence[int]) -> list[Any]:
    """All that can be read of a customer's looks, from and up to these times."""
    found: list[Any] = [await store.first_at(customer), await store.latest(customer)]
    for since, until in zip(at[::2], at[1::2], strict=True):
        found.append(await store.observation_rows(customer, since, until))
        found.append(await store.observations(customer, since, until))
        found.append(await store.observations(customer, since, until, node="delft"))
        for check in CHECKS:
            found.append(await store.observation_rows(customer, since, until, check=check))
            found.append(await store.observations(customer, since, until, check=check))
            found.append(await store.first_up(customer, check, since, until))
            found.append(await store.first_look(customer, check, since))
            found.append(await store.last_up(customer, check, until))
    return found


looks = st.builds(
    look,
    st.integers(0, LASTS - 1) | st.integers(0, 19).map(lambda day: day * DAY),
    st.sampled_from([None, None, Cause.HTTP_5XX, Cause.MONITOR_NETWORK]),
    check=st.sampled_from(CHECKS),
    node=st.sampled_from(["main", "delft"]),
    recheck=st.booleans(),
    holds=st.integers(1, 3 * DAY),
)
streams = st.lists(looks, max_size=60, unique_by=lambda one: (one.check.name, one.at, one.node))
times = st.lists(st.integers(0, LASTS + DAY), min_size=6, max_size=6)
fates = st.lists(st.sampled_from([None, None, 0, 1, 9]), min_size=40, max_size=40)


@pytest.mark.parametrize("engine", ["sqlite_url", "postgres_url"])
@given(seen=streams, at=times, fate=fates, unsealed=st.integers(0, 20))
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_read_gives_the_same_whichever_days_are_pruned_in_whole_or_in_part(
    request: pytest.FixtureRequest,
    engine: str,
    seen: list[Observation],
    at: list[int],
    fate: list[int | None],
    unsealed: int,
) -> None:
    """`fate`: how many lots of a check's day are deleted after the first; None: it is not pruned."""
    park = f"park{next(PARKS)}"
    stream = [replace(one, check=replace(one.check, customer=park)) for one in seen]
    stream += [look(LASTS, check=check, customer=park) for check in CHECKS]

    async def run() -> None:
        async with open_store(request.getfixturevalue(engine), write=True) as store:
            await store.record(Batch(tuple(stream)))
            before = await reads(store, park, at)
            for number, day in enumerate(await sealed_days(store, park, stream, unsealed)):
                lots = fate[number]
                if lots is not None:
                    await prune(store, day, lots)
            assert await reads(store, park, at) == before
            assert await store.chain_fault(park, 0, LASTS + DAY) is None

    asyncio.run(run())


async def sealed_days(store: Store, park: str, stream: list[Observation], unsealed: int) -> list[SealedDay]:
    """Every day of every check that has looks but one number, which is left out."""
    which = sorted({(one.check.name, one.at // DAY) for one in stream if one.at < LASTS and one.at // DAY != unsealed})
    return [await seal(store, park, check, day * DAY, (day + 1) * DAY) for check, day in which]


async def test_of_a_pruned_day_all_but_phases_and_facts_is_read(url: str) -> None:
    seen = (look(10, phases={"ttfb": 120.25}, facts={"status": 200}), look(20, Cause.TLS, recheck=True), look(150))
    async with open_store(url, write=True) as store:
        await store.record(Batch(seen))
        day = await seal(store, "duinzicht", "dashboard", 0, 100)
        assert await store.prune(day)
        assert await store.observations("duinzicht", 0, 200) == (look(10), *seen[1:])
        assert await store.day_with_rows(day) == (replace(day, pruned=True), [])


async def test_the_kind_of_a_pruned_look_is_that_of_its_check(url: str) -> None:
    seen = (look(10, check="http"), look(150, check="http"))
    async with open_store(url, write=True) as store:
        await store.record(Batch(seen))
        assert await store.prune(await seal(store, "duinzicht", "http", 0, 100))
        assert await store.observations("duinzicht", 0, 200) == seen


async def test_the_last_look_of_a_check_is_never_pruned(url: str) -> None:
    async with open_store(url, write=True) as store:
        await store.record(Batch((look(10), look(150, check="http"))))
        day = await seal(store, "duinzicht", "dashboard", 0, 100)
        assert not await store.prune(day)
        assert await store.sealed_days("duinzicht", "dashboard", 0, 100) == (day,)
        await store.record(Batch((look(150),)))
        assert await store.prune(day)
        assert await store.sealed_days("duinzicht", "dashboard", 0, 100) == (replace(day, pruned=True),)


@pytest.mark.parametrize("looks", [1, 3])
async def test_a_day_with_more_or_fewer_rows_than_looks_is_not_pruned(url: str, looks: int) -> None:
    async with open_store(url, write=True) as store:
        await store.record(Batch((look(10), look(20), look(150))))
        rows = await store.observation_rows("duinzicht", 0, 100)
        day = replace(sealed(rows, 0, 100), looks=looks)
        await store.seal_day(day)
        assert not await store.prune(day)
        assert await store.day_with_rows(day) == (day, rows)


async def test_a_day_that_was_never_sealed_is_not_pruned(url: str) -> None:
    async with open_store(url, write=True) as store:
        await store.record(Batch((look(10), look(150))))
        rows = await store.observation_rows("duinzicht", 0, 100)
        assert not await store.prune(sealed(rows, 0, 100))
        assert await store.observation_rows("duinzicht", 0, 100) == rows


async def test_the_day_to_prune_is_the_first_sealed_one_that_has_rows_and_is_over(url: str) -> None:
    async with open_store(url, write=True) as store:
        await store.record(Batch(tuple(look(at) for at in (50, 250, 310, 320, 450, 950))))
        first, _, third, fourth = [
            await seal(store, "duinzicht", "dashboard", starts, starts + 100) for starts in (0, 200, 300, 400)
        ]
        assert await store.prune((await store.sealed_days("duinzicht", "dashboard", 200, 300))[0])

        async def due(since: int, until: int) -> SealedDay | None:
            return await store.day_to_prune("duinzicht", "dashboard", since, until)

        assert await due(0, 99) is None
        assert await due(0, 100) == first
        assert await due(100, 399) is None
        assert await due(100, 400) == third
        await prune_in_part(store, third)
        assert await due(100, 400) == replace(third, pruned=True)
        assert await store.prune(replace(third, pruned=True))
        assert await due(100, 1000) == fourth
        assert await due(500, 1000) is None  # what is there is not sealed


async def prune_in_part(store: Store, day: SealedDay) -> None:
    assert store._writer is not None
    assert await store._writer.run(lambda c: pruning.begin(c, day, 1))


async def test_a_look_is_recorded_between_two_lots(url: str) -> None:
    many = tuple(look(at) for at in range(2 * pruning.LOT + 1))
    async with open_store(url, write=True) as store:
        await store.record(Batch((*many, look(10_000))))
        day = await seal(store, "duinzicht", "dashboard", 0, 10_000)
        order: list[str] = []

        async def told(what: str, doing: Any) -> None:
            await doing
            order.append(what)

        await asyncio.gather(told("pruned", store.prune(day)), told("recorded", store.record(Batch((look(10_001),)))))
        assert order == ["recorded", "pruned"]
        assert len(await store.observation_rows("duinzicht", 0, 20_000)) == len(many) + 2
        assert await store.day_with_rows(day) == (replace(day, pruned=True), [])


async def test_a_kill_in_any_lot_shows_no_look_twice_and_none_missing(url: str) -> None:
    at = [0, 10_000, 0, 200, 150, 10_000]
    seen = tuple(look(number, Cause.DNS if number % 7 == 0 else None) for number in range(100, 145))
    async with open_store(url, write=True) as store:
        await store.record(Batch((*seen, look(5000))))
        before = await reads(store, "duinzicht", at)
        day = await seal(store, "duinzicht", "dashboard", 100, 200)
    pruner = await asyncio.create_subprocess_exec(
        sys.executable, killed_pruner.__file__, url, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    with ExitStack() as stack:
        assert pruner.stdin is not None
        assert pruner.stdout is not None
        stack.callback(pruner.stdin.close)
        rows = len(seen)
        for lots in (0, 1, 2, 0, 1):
            pruner.stdin.write(f"{lots}\n".encode())
            assert await asyncio.wait_for(pruner.stdout.readline(), 30) == b"ended by 9\n"
            rows -= lots * killed_pruner.LOT
            async with open_store(url, write=False) as store:
                day, left = await store.day_with_rows(day)
                assert (len(left), day.pruned) == (rows, rows < len(seen))
                assert await reads(store, "duinzicht", at) == before
    assert await asyncio.wait_for(pruner.wait(), 30) == 0
    async with open_store(url, write=True) as store:
        found = await store.day_to_prune("duinzicht", "dashboard", 0, 1000)
        assert found == day
        assert await store.prune(found)
        assert await store.day_to_prune("duinzicht", "dashboard", 0, 1000) is None
        assert await reads(store, "duinzicht", at) == before


async def test_packed_looks_that_cannot_be_read_are_named(url: str, clock: SetClock) -> None:
    async with open_store(url, write=True, clock=clock) as store:
        await store.record(Batch((look(10), look(150))))
        assert await store.prune(await seal(store, "duinzicht", "dashboard", 0, 100))
        assert store._writer is not None
        await store._writer.run(lambda c: c.execute(table.update().values(packed=b"no looks")))
        told = (
            "duinzicht: dashboard: the packed looks of the day from 1970-01-01T00:00:00Z on cannot be read; "
            "restore a backup"
        )
        for read in (
            store.observations("duinzicht", 0, 100),
            store.observation_rows("duinzicht", 0, 100),
            store.first_look("duinzicht", "dashboard", 0),
            store.first_up("duinzicht", "dashboard", 0, 100),
            store.last_up("duinzicht", "dashboard", 100),
            store.chain_check("duinzicht", 0, 100),
        ):
            with pytest.raises(StoreTorn) as raised:
                await read
            assert str(raised.value) == told
