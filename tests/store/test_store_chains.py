"""Whatever way the ledger's rows come in, their chains hold, on each engine."""

from __future__ import annotations

import asyncio
import json
from hashlib import sha256

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from store_rows import SetClock, event, look
from structlog.testing import capture_logs

from slawatch.model import DAY, MINUTE, Cause, EventKind, Observation
from slawatch.store import Batch, ChainCheck, Store, chains, open_store, schema

TODAY = 20_001 * DAY
YESTERDAY = TODAY - DAY


async def sound(store: Store, customer: str = "duinzicht") -> int:
    """How many rows of a customer are chained, after all of them were found to be what was recorded."""
    found = await store.chain_check(customer, 0, 30_000 * DAY)
    assert (found.fault, found.unchained) == (None, 0)
    return found.links


async def chain_rows(store: Store) -> dict[tuple[str, str, int], tuple[str, int, str]]:
    """(seed, links, head) by customer, node and day."""
    rows = await store._read(lambda c: c.execute(select(schema.chains)).all())
    return {(customer, node, day): (seed, links, head) for customer, node, day, seed, links, head in rows}


async def links(store: Store) -> list[tuple[str, int, int]]:
    """(check, at, link) of the customer's looks, by link and time."""
    table = schema.observations
    query = select(table.c.check_name, table.c.at, table.c.link).order_by(table.c.link, table.c.at)
    return [tuple(row) for row in await store._read(lambda c: c.execute(query).all())]


async def test_a_chain_is_the_digests_of_its_seed_and_rows_as_documented(url: str, clock: SetClock) -> None:
    clock.now = TODAY + 7
    async with open_store(url, write=True, clock=clock) as store:
        await store.record(Batch((look(TODAY), look(TODAY + 1, Cause.DNS, recheck=True, facts={"a": "\ud800"}))))
        seed = '{"after":null,"customer":"duinzicht","day":20001,"node":"main","unchained":0}'
        rows = (
            f'["duinzicht","dashboard",{TODAY},"main","page","up",null,840,false,180000000,null,null,{TODAY + 7}]',
            f'["duinzicht","dashboard",{TODAY + 1},"main","page","down","dns",840,true,180000000,null,'
            f'"{{\\"a\\":\\"\\\\ud800\\"}}",{TODAY + 7}]',
        )
        digest = sha256(seed.encode()).digest()
        for row in rows:
            digest = sha256(digest + row.encode()).digest()
        assert await chain_rows(store) == {("duinzicht", "main", 20001): (seed, 2, digest.hex())}
        mark = await store._read(lambda c: c.execute(select(schema.observations.c.mark)).scalars().all())
        assert mark[-1] == int.from_bytes(digest[:8], "big", signed=True)


async def test_a_chain_begins_with_how_the_latest_earlier_one_stood(url: str, clock: SetClock) -> None:
    async with open_store(url, write=True, clock=clock) as store:
        await store.record(Batch((look(YESTERDAY), look(YESTERDAY + 1))))
        (_, _, head) = (await chain_rows(store))["duinzicht", "main", 20000]
        await store.record(Batch((look(TODAY), look(TODAY + 2 * DAY), look(TODAY + 1))))
        found = await chain_rows(store)
        after = {day: json.loads(found["duinzicht", "main", day][0])["after"] for day in (20000, 20001, 20003)}
        assert after[20000] is None
        assert after[20001] == {"day": 20000, "links": 2, "head": head}
        assert (after[20003]["day"], after[20003]["links"]) == (20001, 1)  # it went on after that
        assert await sound(store) == 5


async def test_customers_nodes_and_kinds_have_chains_of_their_own(url: str, clock: SetClock) -> None:
    clock.now = TODAY
    seen = [look(TODAY + at, customer=customer, node=node, check=check)
            for at in range(3) for customer in ("duinzicht", "bosrand") for node in ("main", "delft")
            for check in ("dashboard", "http")]  # fmt: skip
    async with open_store(url, write=True, clock=clock) as store:
        happened = (event(EventKind.OPENED, TODAY), event(EventKind.OPENED, TODAY, outage="o2", customer="bosrand"))
        await store.record(Batch(tuple(seen), happened))
        await store.save_terms("duinzicht", "d1", "{}", 0)
        assert {(customer, node): count for (customer, node, _), (_, count, _) in (await chain_rows(store)).items()} == {
            ("bosrand", "@events"): 1, ("bosrand", "delft"): 6, ("bosrand", "main"): 6, ("duinzicht", "@events"): 1,
            ("duinzicht", "@terms"): 1, ("duinzicht", "delft"): 6, ("duinzicht", "main"): 6,
        }  # fmt: skip
        assert (await sound(store), await sound(store, "bosrand"), await sound(store, "nobody")) == (14, 13, 0)


async def test_what_is_recorded_again_is_chained_once(url: str) -> None:
    batch = Batch((look(TODAY), look(TODAY + 1, Cause.DNS)), (event(EventKind.OPENED, TODAY),))
    async with open_store(url, write=True) as store:
        await store.record(batch)
        before = await chain_rows(store)
        await store.record(batch)
        assert await chain_rows(store) == before
        assert await sound(store) == 3


async def test_of_a_batch_that_is_known_in_part_the_new_rows_are_chained(url: str) -> None:
    async with open_store(url, write=True) as store:
        await store.record(Batch((look(TODAY),)))
        with capture_logs() as logged:
            await store.record(
                Batch((look(TODAY + 1), look(TODAY, Cause.DNS), look(TODAY + DAY), look(TODAY + 2), look(TODAY + 1)))
            )
        assert [one["event"] for one in logged] == ["store.observation_differs"]
        assert await links(store) == [
            ("dashboard", TODAY, 1), ("dashboard", TODAY + DAY, 1), ("dashboard", TODAY + 1, 2), ("dashboard", TODAY + 2, 3)
        ]  # fmt: skip
        assert await sound(store) == 4


async def test_nothing_new_begins_no_chain(url: str) -> None:
    async with open_store(url, write=True) as store:
        await store.record(Batch((look(TODAY),)))
        assert store._writer is not None
        await store._writer.run(lambda c: c.exec_driver_sql("DELETE FROM chains"))
        await store._writer.run(lambda c: c.exec_driver_sql("UPDATE observations SET link = NULL, mark = NULL"))
        await store.record(Batch((look(TODAY),)))
        assert await chain_rows(store) == {}


async def test_rows_from_before_the_chains_are_counted_and_no_fault(url: str) -> None:
    async with open_store(url, write=True) as store:
        await store.record(Batch((look(YESTERDAY), look(TODAY), look(TODAY + MINUTE))))
        assert store._writer is not None
        await store._writer.run(lambda c: c.exec_driver_sql("DELETE FROM chains"))
        await store._writer.run(lambda c: c.exec_driver_sql("UPDATE observations SET link = NULL, mark = NULL"))
        assert await store.chain_check("duinzicht", 0, TODAY + DAY) == ChainCheck(fault=None, links=0, unchained=3)
        await store.record(Batch((look(TODAY + 2 * MINUTE), look(TODAY + 3 * MINUTE))))
        assert await store.chain_check("duinzicht", 0, TODAY + DAY) == ChainCheck(fault=None, links=2, unchained=3)
        await store._writer.run(lambda c: c.exec_driver_sql(f"DELETE FROM observations WHERE at = {TODAY}"))
        assert await store.chain_fault("duinzicht", 0, TODAY + DAY) == (
            "duinzicht/main 2024-10-05: 1 rows are from before the chain, at its beginning were 2"
        )


async def test_looks_that_come_late_for_yesterday_go_on_with_its_chain(url: str) -> None:
    async with open_store(url, write=True) as store:
        await store.record(Batch((look(YESTERDAY),)))
        await store.record(Batch((look(TODAY), look(YESTERDAY + 5))))
        await store.record(Batch((look(YESTERDAY + 4), look(YESTERDAY - DAY))))
        assert await links(store) == [
            ("dashboard", YESTERDAY - DAY, 1), ("dashboard", YESTERDAY, 1), ("dashboard", TODAY, 1),
            ("dashboard", YESTERDAY + 5, 2), ("dashboard", YESTERDAY + 4, 3),
        ]  # fmt: skip
        assert await sound(store) == 5


async def test_a_batch_that_was_rolled_back_leaves_no_link(url: str) -> None:
    async with open_store(url, write=True) as store:
        await store.record(Batch((look(TODAY),)))
        before = await chain_rows(store)
        broken = event(EventKind.OPENED, TODAY, outage=None)  # type: ignore[arg-type]
        with pytest.raises(Exception, match=r"(?i)not.null"):
            await store.record(Batch((look(TODAY + 1), look(TODAY + DAY)), (broken,)))
        assert await chain_rows(store) == before
        await store.record(Batch((look(TODAY + 2),)))
        assert await sound(store) == 2


async def test_another_writer_goes_on_where_the_one_before_it_ended(url: str) -> None:
    for at in range(3):
        async with open_store(url, write=True) as store:
            await store.record(Batch((look(TODAY + at),), (event(EventKind.OPENED, TODAY + at, outage=f"o{at}"),)))
    async with open_store(url, write=False) as store:
        assert [link for _, _, link in await links(store)] == [1, 2, 3]
        assert await sound(store) == 6


async def test_only_the_days_that_are_asked_for_are_checked(url: str) -> None:
    async with open_store(url, write=True) as store:
        await store.record(Batch((look(YESTERDAY), look(TODAY), look(TODAY + DAY))))
        assert (await store.chain_check("duinzicht", TODAY, TODAY + DAY)).links == 1
        assert (await store.chain_check("duinzicht", TODAY - 1, TODAY + DAY + 1)).links == 3
        assert (await store.chain_check("duinzicht", TODAY, TODAY)).links == 0


async def test_more_chains_than_one_question_asks_for_are_all_read(url: str) -> None:
    customers = [f"park{number}" for number in range(chains._KEYS_AT_ONCE + 1)]
    async with open_store(url, write=True) as store:
        for at in (TODAY, TODAY + 1):
            await store.record(Batch(tuple(look(at, customer=customer) for customer in customers)))
        found = await chain_rows(store)
        assert {count for _, count, _ in found.values()} == {2}
        assert len(found) == len(customers)


looks = st.builds(
    look,
    st.integers(0, 3 * DAY),
    st.sampled_from([None, *Cause]),
    check=st.sampled_from(["dashboard", "http"]),
    customer=st.sampled_from(["duinzicht", "bosrand"]),
    node=st.sampled_from(["main", "delft"]),
    facts=st.dictionaries(st.text(max_size=5), st.text(max_size=9) | st.integers() | st.booleans(), max_size=3),
    recheck=st.booleans(),
)
some = st.lists(looks, max_size=8)


@given(some, st.lists(some, max_size=4), st.lists(st.integers(0, 4), max_size=3))
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_batches_in_any_order_and_again_leave_chains_that_hold(
    tmp_path_factory: pytest.TempPathFactory, first: list[Observation], more: list[list[Observation]], again: list[int]
) -> None:
    batches = [first, *more]
    batches += [batches[number] for number in again if number < len(batches)]

    async def record() -> None:
        async with open_store(f"sqlite:///{tmp_path_factory.mktemp('chains')}/a.db", write=True) as store:
            for batch in batches:
                await store.record(Batch(tuple(batch)))
            kept = {(one.check, one.node, one.at) for batch in batches for one in batch}
            kept_rows = {(check.customer, check.name, node, at) for check, node, at in kept}
            assert await sound(store) + await sound(store, "bosrand") == len(kept_rows)

    asyncio.run(record())
