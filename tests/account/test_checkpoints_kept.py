"""Checkpoints: what is read with one, which ones do not serve, and when they are kept."""

import asyncio
import json
import zlib
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from asked_store import Asked
from small_slawatch import DOWN, PARK, UP, Small, at, living, terms
from structlog.testing import capture_logs

from slawatch.account import Account, Keeping
from slawatch.account.checkpoint import FORMAT
from slawatch.account.keeping import TURNS, due
from slawatch.model import HOUR, MINUTE, SECOND, Exclusion, ExclusionKind, Instant
from slawatch.reporters.metrics import Metrics
from slawatch.rules.calendar import text
from slawatch.store import StoreBusy, StoredCheckpoint

BEGIN = at("2026-03-10T12:00:00Z")
MIDNIGHT = at("2026-03-31T22:00:00Z")


async def some_minutes(small: Small, minutes: int = 5) -> None:
    for _ in range(minutes):
        await small.seen_by_all(UP)
        await small.publish()
        small.now += MINUTE


async def opened(small: Small) -> Asked:
    """The store, after an account was opened on it that agrees with the ledger."""
    asked = Asked(small.store)
    account = Account(asked, small.clock, Metrics())  # type: ignore[arg-type]
    await account.open({PARK: (small.agreed, small.declared)})
    small.account = account
    assert small.live() == await small.replayed()
    return asked


async def document_of(small: Small) -> dict[str, Any]:
    (kept,) = await small.store.checkpoints()
    said: dict[str, Any] = json.loads(zlib.decompress(kept.document))
    return said


async def put(small: Small, said: object) -> None:
    document = said if isinstance(said, bytes) else zlib.compress(json.dumps(said).encode())
    await small.store.save_checkpoints((StoredCheckpoint(PARK, small.now, document),))


async def test_a_restart_after_a_kill_reads_only_what_was_seen_since(tmp_path: Path):
    async with living(tmp_path, BEGIN) as small:
        await some_minutes(small)
        await small.keep()
        for _ in range(2):
            await small.see(small.look("dashboard", DOWN))
            small.now += 5 * SECOND
        asked = await opened(small)

        assert asked.rows == 0
        assert [one["ends"] for one in small.live()["outages"]] == [None]


async def test_an_outage_goes_on_over_a_checkpoint(tmp_path: Path):
    async with living(tmp_path, BEGIN) as small:
        await small.seen_by_all(UP)
        small.now += MINUTE
        await small.see(small.look("dashboard", DOWN))
        await small.keep()
        small.now += 5 * SECOND
        await small.restart()
        await small.see(small.look("dashboard", DOWN))
        await small.keep()
        await small.restart()
        small.now += MINUTE
        await small.see(small.look("dashboard", UP))

        (outage,) = small.live()["outages"]
        assert (outage["starts"], outage["ends"]) == (text(BEGIN + MINUTE), text(small.now))
        assert small.live() == await small.replayed()


async def test_a_check_that_came_after_the_checkpoint_is_read_too_and_its_outage_goes_on(tmp_path: Path):
    async with living(tmp_path, BEGIN, terms(without="reservations")) as small:
        await some_minutes(small)
        await small.keep()
        await small.reload(terms())
        for _ in range(2):
            small.now += SECOND
            await small.see(small.look("dashboard", UP), small.look("reservations", DOWN))
        (opened_once,) = await small.store.events(PARK)
        await small.restart()

        assert await small.store.events(PARK) == (opened_once,)
        assert small.live() == await small.replayed()
        assert (await opened(small)).rows == 0


async def test_a_check_that_came_after_the_checkpoint_and_left_is_read_too(tmp_path: Path):
    async with living(tmp_path, BEGIN, terms(without="reservations")) as small:
        await some_minutes(small)
        await small.keep()
        await small.reload(terms())
        await some_minutes(small)
        await small.reload(terms(without="reservations"))

        assert (await opened(small)).rows == 0
        assert small.live()["speed"]["pages"]["reservations"]["loads"] == 5


async def test_of_a_check_that_left_months_ago_no_look_from_before_is_read(tmp_path: Path):
    async with living(tmp_path, BEGIN) as small:
        await some_minutes(small)
        await small.reload(terms(without="reservations"))
        small.now = MIDNIGHT + HOUR
        await small.restart()
        await some_minutes(small)
        await small.keep()

        assert (await opened(small)).rows == 0


async def test_last_month_is_not_read_again(tmp_path: Path):
    async with living(tmp_path, MIDNIGHT + 65 * MINUTE) as small:
        await some_minutes(small)
        await small.keep()
        shown = small.metric("sla_attained_ratio", PARK, "availability", "previous_month")
        small.store = Asked(small.store)  # type: ignore[assignment]
        await small.restart()
        await small.publish()

        assert small.store.rows == 0
        assert small.metric("sla_attained_ratio", PARK, "availability", "previous_month") == shown


async def test_last_month_is_read_again_while_a_look_of_it_may_still_come(tmp_path: Path):
    async with living(tmp_path, MIDNIGHT - MINUTE) as small:
        await small.seen_by_all(UP)
        small.now = MIDNIGHT + HOUR
        await small.publish()
        await small.keep()

        assert (await document_of(small))["last_month"] is None


async def test_what_is_declared_of_another_time_has_nothing_read_again(tmp_path: Path):
    async with living(tmp_path, MIDNIGHT + 65 * MINUTE) as small:
        await some_minutes(small)
        await small.keep()
        small.store = Asked(small.store)  # type: ignore[assignment]
        await small.restart()
        await small.declare(majeure(small.now + HOUR, small.now + 2 * HOUR))
        await small.publish()
        await small.restart()
        await small.publish()
        assert small.store.rows == 0

        await small.declare(majeure(MIDNIGHT - HOUR, MIDNIGHT - MINUTE))
        await small.publish()
        assert small.store.rows > 0


def majeure(starts: Instant, ends: Instant) -> Exclusion:
    return Exclusion(ExclusionKind.FORCE_MAJEURE, starts, ends, reason="storm", approved_by="J. de Vries", id="fm")


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"no deflated JSON",
        zlib.compress(b"no JSON"),
        zlib.compress(b"[]"),
        zlib.compress(b'{"format":1}'),
        zlib.compress(b'{"format":1,"books":[]}'),
    ],
)
async def test_a_damaged_checkpoint_is_told_and_forgotten(tmp_path: Path, document: bytes):
    async with living(tmp_path, BEGIN) as small:
        await some_minutes(small)
        await put(small, document)
        with capture_logs() as logged:
            asked = await opened(small)

        (told,) = [one for one in logged if one["event"] == "checkpoint.damaged"]
        assert (told["customer"], told["log_level"]) == (PARK, "warning")
        assert asked.rows > 0
        assert await small.store.checkpoints() == ()


async def test_a_checkpoint_whose_sum_is_not_the_time_that_passed_is_damaged(tmp_path: Path):
    async with living(tmp_path, BEGIN) as small:
        await some_minutes(small)
        await small.keep()
        said = await document_of(small)
        said["parts"][0][3][0] += 1
        await put(small, said)

        assert (await opened(small)).rows > 0


async def test_a_checkpoint_of_another_format_does_not_serve(tmp_path: Path):
    async with living(tmp_path, BEGIN) as small:
        await some_minutes(small)
        await small.keep()
        await put(small, {**await document_of(small), "format": FORMAT + 1})

        assert (await opened(small)).rows > 0


async def test_a_checkpoint_of_looks_that_the_ledger_has_not_does_not_serve(tmp_path: Path):
    async with living(tmp_path, BEGIN) as small:
        await some_minutes(small)
        small.account.applied((replace(small.look("dashboard", DOWN), at=small.now - SECOND),))
        await small.keep()

        assert (await opened(small)).rows > 0


async def test_a_checkpoint_of_a_clock_that_was_ahead_is_forgotten_before_anything_is_seen(tmp_path: Path):
    async with living(tmp_path, BEGIN) as small:
        await some_minutes(small)
        await small.keep()
        small.now = BEGIN + MINUTE + SECOND
        await small.restart()
        assert await small.store.checkpoints() == ()
        await small.seen_by_all(DOWN)
        await small.keep()
        assert await small.store.checkpoints() == ()

        small.now = BEGIN + 10 * MINUTE
        await opened(small)


async def test_terms_of_another_time_leave_a_checkpoint_in_use_and_corrected_ones_do_not(tmp_path: Path):
    async with living(tmp_path, BEGIN) as small:
        await some_minutes(small)
        await small.keep()
        small.agree(terms(failures=3))
        assert (await opened(small)).rows == 0

        small.agreed = replace(small.agreed, versions=((0, terms(failures=1)), small.agreed.versions[-1]))
        assert (await opened(small)).rows > 0


def test_in_an_hour_each_customer_has_one_turn_and_no_turn_is_much_longer():
    customers = [f"park{number:04}" for number in range(1000)]
    turns = [due(customers, 29_000_000 + number) for number in range(TURNS)]

    assert Counter(one for turn in turns for one in turn) == Counter(customers)
    assert {len(turn) for turn in turns} == {16, 17}


async def test_at_a_clean_stop_all_are_kept_and_when_something_broke_none(tmp_path: Path):
    async with living(tmp_path, BEGIN) as small:
        await some_minutes(small)
        keeping = Keeping(small.store, small.account, small.clock)
        with pytest.raises(ZeroDivisionError):
            async with keeping.at_the_end():
                raise ZeroDivisionError
        assert await small.store.checkpoints() == ()

        async with keeping.at_the_end():
            pass
        assert [(one.customer, one.at) for one in await small.store.checkpoints()] == [(PARK, small.now)]


class Busy(Asked):
    """One that takes no checkpoint."""

    async def save_checkpoints(self, made: Any) -> None:
        raise StoreBusy("the disk is away")


async def test_while_the_store_is_busy_it_waits_and_says_so_once(tmp_path: Path):
    async with living(tmp_path, BEGIN) as small:
        await some_minutes(small)
        keeping = Keeping(Busy(small.store), small.account, small.clock)  # type: ignore[arg-type]
        with capture_logs() as logged:
            for _ in range(2):
                async with keeping.at_the_end():
                    pass

        assert [(one["event"], one["reason"]) for one in logged] == [("checkpoints.waiting", "the disk is away")]


async def test_the_loop_keeps_at_once_whose_turn_it_is(tmp_path: Path):
    turn_of_the_first = BEGIN - BEGIN % HOUR
    async with living(tmp_path, turn_of_the_first) as small:
        await small.seen_by_all(UP)
        kept = asyncio.Event()

        class Told(Asked):
            async def save_checkpoints(self, made: Any) -> None:
                await self._store.save_checkpoints(made)
                kept.set()

        loop = asyncio.create_task(Keeping(Told(small.store), small.account, small.clock).run())  # type: ignore[arg-type]
        async with asyncio.timeout(20):
            await kept.wait()
        loop.cancel()
        await asyncio.gather(loop, return_exceptions=True)

        assert [one.customer for one in await small.store.checkpoints()] == [PARK]
