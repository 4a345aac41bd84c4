"""What somebody changes, removes or slips in behind slawatch's back is found and named, on each engine."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from sqlalchemy import Connection
from store_rows import SetClock, event, look, sealed

from slawatch.model import DAY, HOUR, MINUTE, Cause, EventKind, Observation
from slawatch.store import Batch, ChainCheck, Store, chains, open_store, pack
from slawatch.store.chain_check import check_chains
from slawatch.store.schema import days

#: 2024-10-04, and the two days after it.
FIRST, MIDDLE, LAST = 20_000 * DAY, 20_001 * DAY, 20_002 * DAY
MAIN = "duinzicht/main 2024-10-05:"


def looks(day: int, count: int = 4) -> tuple[Observation, ...]:
    """Links 1, 2, ... of the chain of `day`: one each minute."""
    return tuple(look(day + minute * MINUTE, facts={"status": 200}) for minute in range(count))


async def fill(store: Store, clock: SetClock) -> None:
    """Three days of looks with a chain each; two events, two terms and two declarations, each of one day."""
    for day in (FIRST, MIDDLE, LAST):
        clock.now = day + HOUR
        await store.record(Batch((*looks(day), look(day, customer="bosrand"))))
    await store.save_terms("duinzicht", "d1", "{}", 100)
    await store.save_terms("duinzicht", "d2", '{"objective":"0.999"}', 200)
    await store.record(Batch(events=(event(EventKind.OPENED, LAST), event(EventKind.CLOSED, LAST + MINUTE))))
    assert store._writer is not None
    await store._writer.run(lambda c: chains.append(c, chains.DECLARATIONS, [declared(1), declared(2)]))


def declared(number: int) -> dict[str, object]:
    return {
        "id": f"n{number}", "customer": "duinzicht", "kind": "outage_noted", "subject": "o1",
        "recorded": LAST + number, "who": "servicedesk", "facts": '{"text":"stroom"}',
    }  # fmt: skip


async def faults(url: str, clock: SetClock, wanted: Mapping[str, str]) -> dict[str, str | None]:
    """What is found after each of the changes, each made to the same sound ledger."""

    def try_each(connection: Connection) -> dict[str, str | None]:
        found = {}
        for change in wanted:
            savepoint = connection.begin_nested()
            for statement in change.split("; "):
                assert connection.exec_driver_sql(statement).rowcount > 0
            found[change] = check_chains(connection, "duinzicht", 0, 30_000).fault
            savepoint.rollback()
        return found

    async with open_store(url, write=True, clock=clock) as store:
        await fill(store, clock)
        assert await store.chain_fault("duinzicht", 0, LAST + DAY) is None
        assert store._writer is not None
        found = await store._writer.run(try_each)
        assert await store.chain_fault("duinzicht", 0, LAST + DAY) is None
    return found


SECOND = f"WHERE customer = 'duinzicht' AND at = {MIDDLE + MINUTE}"
CHANGED = f"{MAIN} link 2 (dashboard at 2024-10-05T00:01:00Z) is not what was recorded"

COLUMNS = {
    f"UPDATE observations SET kind = 'http' {SECOND}": CHANGED,
    f"UPDATE observations SET verdict = 'down' {SECOND}": CHANGED,
    f"UPDATE observations SET cause = 'dns' {SECOND}": CHANGED,
    f"UPDATE observations SET milliseconds = 839 {SECOND}": CHANGED,
    f"UPDATE observations SET milliseconds = NULL {SECOND}": CHANGED,
    f"UPDATE observations SET recheck = NOT recheck {SECOND}": CHANGED,
    f"UPDATE observations SET holds = holds + 1 {SECOND}": CHANGED,
    f"UPDATE observations SET phases = '{{}}' {SECOND}": CHANGED,
    f"UPDATE observations SET facts = NULL {SECOND}": CHANGED,
    f"UPDATE observations SET recorded = recorded - 1 {SECOND}": CHANGED,
    f"UPDATE observations SET mark = mark + 1 {SECOND}": CHANGED,
    f"UPDATE observations SET mark = NULL {SECOND}": CHANGED,
    f"UPDATE observations SET check_name = 'http' {SECOND}": (
        f"{MAIN} link 2 (http at 2024-10-05T00:01:00Z) is not what was recorded"
    ),
    f"UPDATE observations SET at = at + 1000000 {SECOND}": (
        f"{MAIN} link 2 (dashboard at 2024-10-05T00:01:01Z) is not what was recorded"
    ),
    f"UPDATE observations SET at = {LAST - 1} {SECOND}": (
        f"{MAIN} link 2 (dashboard at 2024-10-05T23:59:59.999999Z) is not what was recorded"
    ),
    f"UPDATE observations SET at = {10**18} {SECOND}": f"{MAIN} link 2 is missing",
    f"UPDATE observations SET customer = 'bosrand' {SECOND}": f"{MAIN} link 2 is missing",
    f"UPDATE observations SET node = 'delft' {SECOND}": (
        "duinzicht/delft 2024-10-05: the day's chain is gone, but dashboard at 2024-10-05T00:01:00Z was link 2 of it"
    ),
    f"UPDATE observations SET link = NULL {SECOND}": (
        f"{MAIN} a row without a place in the chain (dashboard at 2024-10-05T00:01:00Z)"
    ),
    f"UPDATE observations SET link = 9 {SECOND}": f"{MAIN} link 2 is missing",
    f"UPDATE observations SET link = 1 {SECOND}": f"{MAIN} link 1 is there twice (dashboard at 2024-10-05T00:01:00Z)",
}

OF_THE_DAY = f"WHERE customer = 'duinzicht' AND at >= {MIDDLE} AND at < {LAST}"
ROW = "customer, check_name, node, kind, verdict, recheck, holds, recorded"

ROWS = {
    f"DELETE FROM observations {OF_THE_DAY} AND link = 1": f"{MAIN} link 1 is missing",
    f"DELETE FROM observations {OF_THE_DAY} AND link = 3": f"{MAIN} link 3 is missing",
    f"DELETE FROM observations {OF_THE_DAY} AND link = 4": f"{MAIN} ends at link 3, recorded were 4",
    f"DELETE FROM observations {OF_THE_DAY}": f"{MAIN} ends at link 0, recorded were 4",
    f"INSERT INTO observations ({ROW}, at) SELECT {ROW}, at + 30000000 FROM observations {SECOND}": (
        f"{MAIN} a row without a place in the chain (dashboard at 2024-10-05T00:01:30Z)"
    ),
    f"INSERT INTO observations ({ROW}, at, link, mark) SELECT {ROW}, at + 30000000, 2, mark FROM observations {SECOND}": (
        f"{MAIN} link 2 is there twice (dashboard at 2024-10-05T00:01:30Z)"
    ),
    f"INSERT INTO observations ({ROW}, at, link, mark) SELECT {ROW}, at + 30000000, 5, mark FROM observations {SECOND}": (
        f"{MAIN} link 5 (dashboard at 2024-10-05T00:01:30Z) is not what was recorded"
    ),
    f"INSERT INTO observations ({ROW}, at) SELECT {ROW}, at + {3 * DAY} FROM observations {SECOND}": (
        "duinzicht/main 2024-10-08: a row without a place in the chain (dashboard at 2024-10-08T00:01:00Z)"
    ),
    f"UPDATE observations SET at = at + 1 {OF_THE_DAY} AND link = 2; "
    f"UPDATE observations SET at = at - {MINUTE} {OF_THE_DAY} AND link = 3; "
    f"UPDATE observations SET at = at + {MINUTE} - 1 {OF_THE_DAY} AND link = 2": (
        f"{MAIN} link 2 (dashboard at 2024-10-05T00:02:00Z) is not what was recorded"
    ),
}

CHAIN = "WHERE customer = 'duinzicht' AND node = 'main' AND day = 20001"
GONE = f"{MAIN} the day's chain is gone, but 2024-10-06 was begun after it"

CHAIN_ROWS = {
    f"DELETE FROM chains {CHAIN}": GONE,
    f"DELETE FROM chains {CHAIN}; DELETE FROM observations {OF_THE_DAY}": GONE,
    f"DELETE FROM chains {CHAIN}; UPDATE observations SET link = NULL {OF_THE_DAY}": GONE,
    "DELETE FROM chains WHERE customer = 'duinzicht' AND node = 'main' AND day = 20002": (
        "duinzicht/main 2024-10-06: the day's chain is gone, but dashboard at 2024-10-06T00:00:00Z was link 1 of it"
    ),
    f"UPDATE chains SET links = 3 {CHAIN}": f"{MAIN} ends at link 4, recorded were 3",
    f"UPDATE chains SET links = 5 {CHAIN}": f"{MAIN} ends at link 4, recorded were 5",
    f"UPDATE chains SET links = 3 {CHAIN}; DELETE FROM observations {OF_THE_DAY} AND link = 4": (
        f"{MAIN} its head is not that of link 3"
    ),
    f"UPDATE chains SET head = 'no digest' {CHAIN}": f"{MAIN} its head is not that of link 4",
    f"UPDATE chains SET seed = 'no JSON' {CHAIN}": f"{MAIN} the chain's seed is not of this day",
    f"UPDATE chains SET seed = '[]' {CHAIN}": f"{MAIN} the chain's seed is not of this day",
    f"UPDATE chains SET seed = replace(seed, '20000', '19999') {CHAIN}": (
        "duinzicht/main 2024-10-03: the day's chain is gone, but 2024-10-05 was begun after it"
    ),
    f"UPDATE chains SET seed = replace(seed, 'unchained\":0', 'unchained\":1') {CHAIN}": (
        f"{MAIN} link 1 (dashboard at 2024-10-05T00:00:00Z) is not what was recorded"
    ),
    f"UPDATE chains SET node = 'delft' {CHAIN}": "duinzicht/delft 2024-10-05: the chain's seed is not of this day",
    f"UPDATE chains SET day = 20003 {CHAIN}": GONE,
}

EVENT = "duinzicht/@events 2024-10-06: link 1 (o1-outage_opened-1728172800000000 at 2024-10-06T00:00:00.000005Z)"
TERM = "duinzicht/@terms 2024-10-06: link 1 ("
DECLARATION = "duinzicht/@declarations 2024-10-06: link 1 (n1 at 2024-10-06T00:00:00.000001Z)"
NOT_IT = "is not what was recorded"

OTHER_TABLES = {
    "UPDATE events SET id = 'x' WHERE link = 1": (
        f"duinzicht/@events 2024-10-06: link 1 (x at 2024-10-06T00:00:00.000005Z) {NOT_IT}"
    ),
    "UPDATE events SET customer = 'bosrand' WHERE link = 1": "duinzicht/@events 2024-10-06: link 1 is missing",
    "UPDATE events SET kind = 'outage_joined' WHERE link = 1": f"{EVENT} {NOT_IT}",
    "UPDATE events SET outage = 'o2' WHERE link = 1": f"{EVENT} {NOT_IT}",
    "UPDATE events SET at = at + 1 WHERE link = 1": f"{EVENT} {NOT_IT}",
    "UPDATE events SET recorded = recorded + 1 WHERE link = 1": f"{EVENT.replace('05Z', '06Z')} {NOT_IT}",
    "UPDATE events SET checks = '[]' WHERE link = 1": f"{EVENT} {NOT_IT}",
    "UPDATE events SET cause = NULL WHERE link = 1": f"{EVENT} {NOT_IT}",
    "DELETE FROM events WHERE link = 2": "duinzicht/@events 2024-10-06: ends at link 1, recorded were 2",
    "UPDATE terms SET valid_from = 99 WHERE link = 1": f"{TERM}d1 at 2024-10-06T01:00:00Z) {NOT_IT}",
    "UPDATE terms SET digest = 'd3' WHERE link = 1": f"{TERM}d3 at 2024-10-06T01:00:00Z) {NOT_IT}",
    "UPDATE terms SET document = '{\"objective\":0}' WHERE link = 1": f"{TERM}d1 at 2024-10-06T01:00:00Z) {NOT_IT}",
    "UPDATE terms SET recorded = recorded + 1 WHERE link = 1": f"{TERM}d1 at 2024-10-06T01:00:00.000001Z) {NOT_IT}",
    "DELETE FROM terms WHERE link = 1": "duinzicht/@terms 2024-10-06: link 1 is missing",
    "UPDATE declarations SET kind = 'notice_voided' WHERE link = 1": f"{DECLARATION} {NOT_IT}",
    "UPDATE declarations SET subject = 'o2' WHERE link = 1": f"{DECLARATION} {NOT_IT}",
    "UPDATE declarations SET who = 'nobody' WHERE link = 1": f"{DECLARATION} {NOT_IT}",
    "UPDATE declarations SET facts = '{}' WHERE link = 1": f"{DECLARATION} {NOT_IT}",
    "UPDATE declarations SET link = NULL WHERE link = 2": (
        "duinzicht/@declarations 2024-10-06: a row without a place in the chain (n2 at 2024-10-06T00:00:00.000002Z)"
    ),
}


@pytest.mark.parametrize(
    "wanted", [COLUMNS, ROWS, CHAIN_ROWS, OTHER_TABLES], ids=["columns", "rows", "chains", "other tables"]
)
async def test_each_change_is_found_and_named(url: str, clock: SetClock, wanted: Mapping[str, str]) -> None:
    assert await faults(url, clock, wanted) == wanted


@pytest.mark.parametrize(
    ("again", "fault"),
    [
        ((*looks(MIDDLE, 3), look(MIDDLE + HOUR, Cause.DNS)), f"{MAIN} link 4 is not the one that 2024-10-06 was begun after"),
        (looks(MIDDLE, 3), f"{MAIN} ends at link 3, but 2024-10-06 was begun after link 4"),
    ],
    ids=["changed", "shortened"],
)  # fmt: skip
async def test_a_day_that_is_chained_anew_does_not_fit_the_one_after_it(
    url: str, clock: SetClock, again: tuple[Observation, ...], fault: str
) -> None:
    async with open_store(url, write=True, clock=clock) as store:
        await fill(store, clock)
        clock.now = MIDDLE + HOUR
        assert store._writer is not None
        for table in (f"observations {OF_THE_DAY}", f"chains {CHAIN}"):
            await store._writer.run(lambda c, table=table: c.exec_driver_sql(f"DELETE FROM {table}"))
        await store.record(Batch(again))
        assert await store.chain_fault("duinzicht", 0, LAST + DAY) == fault
        assert await store.chain_fault("duinzicht", 0, MIDDLE) is None


async def test_pruned_days_are_held_against_the_days_after_them(url: str, clock: SetClock) -> None:
    async with open_store(url, write=True, clock=clock) as store:
        await fill(store, clock)
        await prune(store)
        assert await store.chain_check("duinzicht", 0, LAST + DAY) == ChainCheck(fault=None, links=14, unchained=0)
        assert store._writer is not None
        await store._writer.run(lambda c: c.exec_driver_sql(f"UPDATE chains SET head = 'aa' {CHAIN}"))
        assert await store.chain_fault("duinzicht", 0, LAST + DAY) == (
            f"{MAIN} link 4 is not the one that 2024-10-06 was begun after"
        )
        await store._writer.run(lambda c: c.exec_driver_sql(f"DELETE FROM chains {CHAIN}"))
        assert await store.chain_fault("duinzicht", 0, LAST + DAY) == GONE


async def test_of_a_pruned_day_as_many_looks_are_kept_as_its_chain_has_links(url: str, clock: SetClock) -> None:
    async with open_store(url, write=True, clock=clock) as store:
        await fill(store, clock)
        fewer = (await store.observation_rows("duinzicht", MIDDLE, LAST))[:3]
        await prune(store)
        assert store._writer is not None
        forged = days.update().where(days.c.starts == MIDDLE).values(packed=pack(fewer))
        await store._writer.run(lambda c: c.execute(forged))
        assert await store.chain_fault("duinzicht", 0, LAST + DAY) == (
            f"{MAIN} its rows are pruned, and 3 looks are kept of it, recorded were 4"
        )


async def prune(store: Store) -> None:
    """The day in the middle."""
    day = sealed(await store.observation_rows("duinzicht", MIDDLE, LAST), MIDDLE, LAST)
    await store.seal_day(day)
    assert await store.prune(day)


async def test_a_changed_chain_stops_nobody_from_recording(url: str, clock: SetClock) -> None:
    async with open_store(url, write=True, clock=clock) as store:
        await fill(store, clock)
        assert store._writer is not None
        await store._writer.run(lambda c: c.exec_driver_sql("UPDATE chains SET seed = 'x', head = 'no digest'"))
        await store.record(Batch((look(MIDDLE + HOUR),)))
        assert len(await store.observations("duinzicht", MIDDLE, LAST)) == 5
        assert await store.chain_fault("duinzicht", MIDDLE, LAST) == f"{MAIN} the chain's seed is not of this day"
