"""The contract of checkpoints, and of what a restart asks for all customers at once, on each engine."""

from dataclasses import replace

from store_rows import SetClock, event, look

from slawatch.model import EventKind
from slawatch.store import Batch, StoredCheckpoint, open_store

STOOD = StoredCheckpoint("duinzicht", 100, b"\x00stood\xff")
OTHER = StoredCheckpoint("bosrand", 90, b"\x01")


async def test_checkpoints_come_back_as_they_were_saved_by_customer(url: str) -> None:
    async with open_store(url, write=True) as store:
        assert await store.checkpoints() == ()
        await store.save_checkpoints((STOOD, OTHER))
    async with open_store(url, write=False) as store:
        assert await store.checkpoints() == (OTHER, STOOD)


async def test_a_checkpoint_takes_the_place_of_the_one_before(url: str) -> None:
    later = replace(STOOD, at=200, document=b"later")
    async with open_store(url, write=True) as store:
        await store.save_checkpoints((STOOD, OTHER))
        await store.save_checkpoints((later,))
        await store.save_checkpoints(())
        assert await store.checkpoints() == (OTHER, later)


async def test_a_checkpoint_that_is_forgotten_is_gone(url: str) -> None:
    async with open_store(url, write=True) as store:
        await store.save_checkpoints((STOOD, OTHER))
        await store.forget_checkpoints(("duinzicht", "nobody"))
        assert await store.checkpoints() == (OTHER,)


async def test_rows_of_many_checks_are_read_each_from_an_instant_of_its_own(url: str, clock: SetClock) -> None:
    seen = [look(10), look(20), look(30), look(15, check="http"), look(25, check="http"), look(40, customer="bosrand")]
    ids = {str(one.check): one.check for one in seen}
    dashboard, http, other = ids["duinzicht/page/dashboard"], ids["duinzicht/http/http"], ids["bosrand/page/dashboard"]
    async with open_store(url, write=True, clock=clock) as store:
        await store.record(Batch(tuple(seen)))
        found = await store.rows_since({dashboard: 20, http: 26, other: 0}, 40)

        assert {check: [at for _, _, at, *_ in rows] for check, rows in found.items()} == {
            dashboard: [20, 30],
            http: [],
            other: [],
        }
        assert found[dashboard] == await store.observation_rows("duinzicht", 20, 40, check="dashboard")


async def test_the_terms_of_everyone_are_each_customers_history(url: str, clock: SetClock) -> None:
    async with open_store(url, write=True, clock=clock) as store:
        for customer, digest, valid_from in (("b", "d1", 200), ("a", "d2", 300), ("b", "d3", 100), ("a", "d4", 300)):
            clock.now += 1
            await store.save_terms(customer, digest, "{}", valid_from)
        found = await store.terms_histories()

        assert list(found) == ["a", "b"]
        assert found == {customer: await store.terms_history(customer) for customer in ("a", "b")}
        assert [one.digest for one in found["a"]] == ["d2", "d4"]


async def test_those_are_taken_over_of_whom_more_than_a_declaration_is_recorded(url: str, clock: SetClock) -> None:
    async with open_store(url, write=True, clock=clock) as store:
        await store.record(Batch((look(10),)))
        await store.save_terms("bosrand", "d1", "{}", 100)

        assert await store.taken_over(("duinzicht", "bosrand", "heidehof")) == {"duinzicht", "bosrand"}


async def test_the_last_two_outages_of_each_customer_come_with_all_their_events(url: str, clock: SetClock) -> None:
    opened, closed, reopened = EventKind.OPENED, EventKind.CLOSED, EventKind.REOPENED
    oldest = (event(opened, 5, "o0"), event(closed, 6, "o0"))
    first = (event(opened, 10, "o1"), event(closed, 20, "o1"))
    theirs = (event(opened, 15, "b1", "bosrand"),)
    last = (event(opened, 30, "o2"), event(closed, 40, "o2"), event(reopened, 38, "o2"))
    overran = event(EventKind.OVERRAN, 50, "w1")
    async with open_store(url, write=True, clock=clock) as store:
        await store.record(Batch(events=(*oldest, *first, *theirs)))
        await store.record(Batch(events=(*last, overran)))

        assert await store.last_outages() == (*first, *theirs, *last)
        assert await store.events(kind=EventKind.OVERRAN) == (overran,)
