"""The contract of what others report, on each engine: incidents by their versions, heartbeats by their sources."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from store_rows import SetClock

from slawatch.model import SECOND, BeatKind, Heartbeat, Incident, IncidentKind, Instant, Outcome, Priority
from slawatch.store import back_up, open_store

OPENED: Instant = 1_780_000_000 * SECOND
PRINTER = Incident(
    "duinzicht", "1042", Priority.TWO, OPENED, kind=IncidentKind.FAULT, subject="Printer", source="week 21"
)
WISH = Incident("duinzicht", "1043", Priority.NONE, OPENED + 1)
OTHERS = Incident("bosrand", "1042", Priority.ONE, OPENED + 2, OPENED + 3, OPENED + 4)
HOURLY = Heartbeat("db1", BeatKind.HOURLY, OPENED, duration=90 * SECOND, who="backup host")
REPLICA = Heartbeat("db1", BeatKind.REPLICA, OPENED, lag=SECOND // 2)


async def test_an_incident_stands_as_it_was_said_last(url: str, clock: SetClock) -> None:
    solved = replace(PRINTER, solved=OPENED + 60 * SECOND, source="week 22")
    async with open_store(url, write=True, clock=clock) as store:
        kept = store.reported
        assert await kept.last_incident() is None
        clock.now = 10
        assert await kept.add_incidents([PRINTER, WISH, OTHERS]) == (3, 0)
        clock.now = 20
        assert await kept.add_incidents([solved, WISH]) == (0, 1)
        assert await kept.incidents("duinzicht") == (replace(solved, recorded=20), replace(WISH, recorded=10))
        assert await kept.incidents() == (replace(OTHERS, recorded=10), *await kept.incidents("duinzicht"))
        assert await kept.incidents(unsolved=True) == (replace(WISH, recorded=10),)
        assert await kept.last_incident() == 20


async def test_what_was_known_of_incidents_is_known_for_ever(url: str, clock: SetClock) -> None:
    async with open_store(url, write=True, clock=clock) as store:
        kept = store.reported
        clock.now = 10
        await kept.add_incidents([PRINTER])
        clock.now = 20
        await kept.add_incidents([replace(PRINTER, solved=OPENED + 1)])
        await kept.add_incidents([PRINTER])  # opened again
        assert await kept.incidents(as_of=9) == ()
        assert await kept.incidents(as_of=10) == (replace(PRINTER, recorded=10),)
        assert await kept.incidents() == (replace(PRINTER, recorded=20),)
        assert (await kept.last_incident(9), await kept.last_incident(19)) == (None, 10)


async def test_the_same_said_again_from_elsewhere_adds_nothing(url: str, clock: SetClock) -> None:
    async with open_store(url, write=True, clock=clock) as store:
        kept = store.reported
        clock.now = 10
        await kept.add_incidents([PRINTER])
        clock.now = 20
        assert await kept.add_incidents([replace(PRINTER, source="week 22")]) == (0, 0)
        assert await kept.incidents() == (replace(PRINTER, recorded=10),)


async def test_heartbeats_are_found_with_what_came_last_before_them(url: str, clock: SetClock) -> None:
    clock.now = 10
    later = [replace(HOURLY, at=OPENED + hours * 3600 * SECOND) for hours in (1, 2, 3)]
    async with open_store(url, write=True, clock=clock) as store:
        kept = store.reported
        for one in (HOURLY, *later, REPLICA):
            assert await kept.add_heartbeat(one)
        assert not await kept.add_heartbeat(replace(HOURLY, outcome=Outcome.FAILED))
        found = await kept.heartbeats(OPENED + 7200 * SECOND, OPENED + 10_800 * SECOND)
        assert found == tuple(replace(one, recorded=10) for one in (later[0], later[1], REPLICA))
        assert await kept.heartbeats(0, OPENED) == ()
        assert await kept.heartbeats(OPENED, OPENED + 1, as_of=9) == ()


async def test_each_sources_last_heartbeat_is_found_and_its_last_good_one(url: str, clock: SetClock) -> None:
    clock.now = 10
    failed = replace(HOURLY, at=OPENED + 1, outcome=Outcome.FAILED)
    async with open_store(url, write=True, clock=clock) as store:
        kept = store.reported
        assert await kept.latest_heartbeats() == ()
        for one in (replace(HOURLY, at=OPENED - 1), HOURLY, failed, REPLICA):
            await kept.add_heartbeat(one)
        assert await kept.latest_heartbeats() == tuple(replace(one, recorded=10) for one in (HOURLY, failed, REPLICA))


async def test_a_backup_has_what_was_reported(sqlite_url: str, tmp_path: Path) -> None:
    async with open_store(sqlite_url, write=True) as store:
        await store.reported.add_incidents([PRINTER])
        await store.reported.add_heartbeat(HOURLY)
        back_up(sqlite_url, tmp_path / "copy.db")
    async with open_store(f"sqlite:///{tmp_path / 'copy.db'}", write=False) as copy:
        assert [one.id for one in await copy.reported.incidents()] == ["1042"]
        assert [one.source for one in await copy.reported.latest_heartbeats()] == ["db1"]
