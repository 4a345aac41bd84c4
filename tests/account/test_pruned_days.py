"""What follows from the ledger is the same when its old rows are pruned; and only what is sure is pruned."""

import asyncio
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from small_slawatch import KINDS, PARK, ZONE, at, terms
from structlog.testing import capture_logs
from test_month_evidence import by_hand
from test_sealed_days import LASTS, STARTS, STORM, a_steady_month, agree, agreements, sealed, streams

from slawatch import recorded
from slawatch.account import Pruning, Sealing, ledger, report
from slawatch.model import HOUR, Observation
from slawatch.replay import replay, span
from slawatch.rules.agreed import Agreed
from slawatch.store import Batch, SealedDay, Store, open_store, pruning

AGREED = Agreed.always(terms())
LATER = STARTS + 2 * LASTS
#: When all of the steady month's sealed days are older than 13 months.
OLD = at("2027-06-01T12:00:00Z")
MONDAY = at("2026-03-29T22:00:00Z")


async def days_of(store: Store, check: str = "dashboard") -> tuple[SealedDay, ...]:
    return await store.sealed_days(PARK, check, 0, OLD)


async def told(store: Store, agreed: Agreed) -> list[Any]:
    """All that is told of the months: statements from days and from rows, an export, and what replay makes of it."""
    found: list[Any] = []
    for month in ("2026-03", "2026-04"):
        which = span(month, ZONE, None)
        found += [await report(store, agreed, which, [STORM], sealed=trusted) for trusted in (True, False)]
        seen = await ledger.observations(store, agreed, which.period.starts, which.as_of)
        found.append([recorded.line(one) for one in seen])
        lines = (line.encode() for line in found[-1])
        rows = recorded.observations(lines, "export", PARK, {PARK: agreed.latest})
        found.append(replay(Agreed.always(agreed.latest), which, rows, [STORM]))
        found.append(await ledger.context(store, agreed, which.period.starts))
        found.append(await ledger.horizon(store, agreed, which.period.ends, LATER))
    return found


@settings(max_examples=12, deadline=None)
@given(streams, agreements, st.lists(st.booleans(), min_size=30, max_size=30))
def test_pruned_days_change_nothing_that_is_told(stream: Sequence[Observation], agreed: Agreed, which: list[bool]):
    async def run() -> None:
        with tempfile.TemporaryDirectory() as folder:
            async with open_store(f"sqlite:///{folder}/slawatch.db", write=True) as store:
                await store.record(Batch(tuple(stream)))
                await sealed(store, agreed, LATER)
                before = await told(store, agreed)
                found = [day for name in agreed.checks for day in await days_of(store, name)]
                for day, pruned in zip(found, which, strict=False):
                    assert not pruned or await store.prune(day)
                assert await told(store, agreed) == before

    asyncio.run(run())


async def test_the_day_after_a_pruned_one_is_sealed_as_if_nothing_were_pruned(tmp_path: Path):
    sealed_so: list[tuple[SealedDay, ...]] = []
    for pruned in (False, True):
        async with open_store(f"sqlite:///{tmp_path}/{pruned}.db", write=True) as store:
            await a_steady_month(store)
            midnight = at("2026-03-31T22:00:00Z")
            await Sealing(store, lambda when=midnight + HOUR: when).seal(AGREED, "http")
            for day in await days_of(store, "http") if pruned else ():
                assert await store.prune(day)
            await Sealing(store, lambda: LATER).seal(AGREED, "http")
            sealed_so.append(tuple(day for day in await days_of(store, "http") if day.ends > midnight))

    assert len(sealed_so[0]) == 3
    assert [one.digest for one in sealed_so[0]] == [one.digest for one in sealed_so[1]]
    assert [one.spans for one in sealed_so[0]] == [one.spans for one in sealed_so[1]]


class Ledger:
    """A steady month in a store, its days sealed, and a pruning of which the test sets the clock."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.now = OLD
        self.pruning = Pruning(store, lambda: self.now, lambda: 13)

    async def prune(self) -> list[Any]:
        """What was logged of a round."""
        with capture_logs() as logged:
            await self.pruning.settle([PARK])
        return logged

    async def pruned(self) -> dict[str, list[bool]]:
        """Of each check's sealed days, in order."""
        return {name: [day.pruned for day in await days_of(self.store, name)] for name in KINDS}

    async def rows(self) -> int:
        return sum(
            [len((await self.store.day_with_rows(day))[1]) for name in KINDS for day in await days_of(self.store, name)]
        )


async def filled(store: Store, folder: Path) -> Ledger:
    """Seven sealed days of three checks, of a look each hour, and later looks."""
    await agree(store, folder)
    await a_steady_month(store)
    await Sealing(store, lambda: LATER).settle([PARK])
    return Ledger(store)


async def test_a_day_is_pruned_when_its_end_is_older_than_looks_are_kept(tmp_path: Path):
    async with open_store(f"sqlite:///{tmp_path}/slawatch.db", write=True) as store:
        ledgered = await filled(store, tmp_path)
        ledgered.now = at("2027-04-29T22:00:00Z") - 1  # the 30th in Amsterdam: 13 months after the 30th of March
        assert await ledgered.prune() == [
            {"event": "pruning.done", "log_level": "info", "days": 3, "looks": 72, "months": 13}
        ]
        assert await ledgered.pruned() == dict.fromkeys(KINDS, [True] + [False] * 6)
        ledgered.now += 1
        await ledgered.prune()
        assert await ledgered.pruned() == dict.fromkeys(KINDS, [True, True] + [False] * 5)
        assert await ledgered.prune() == []


async def test_what_is_not_sealed_stays(tmp_path: Path):
    async with open_store(f"sqlite:///{tmp_path}/slawatch.db", write=True) as store:
        ledgered = await filled(store, tmp_path)
        await ledgered.prune()
        assert await ledgered.pruned() == dict.fromkeys(KINDS, [True] * 7)
        assert await ledgered.rows() == 0
        left = await store._read(lambda c: c.exec_driver_sql("SELECT count(*), min(at) FROM observations").one())
        assert tuple(left) == (3, at("2026-04-03T22:00:00Z"))


async def test_a_day_that_is_not_what_was_recorded_keeps_its_rows_and_is_told_once(tmp_path: Path):
    async with open_store(f"sqlite:///{tmp_path}/slawatch.db", write=True) as store:
        ledgered = await filled(store, tmp_path)
        by_hand(tmp_path, f"UPDATE days SET digest = 'no' WHERE check_name = 'http' AND starts = {MONDAY}")
        assert await ledgered.prune() == [
            {
                "event": "pruning.kept", "log_level": "error", "customer": PARK,
                "fault": "http: the day from 2026-03-29T22:00:00Z on was sealed with other looks than the ledger has",
            },
            {"event": "pruning.done", "log_level": "info", "days": 20, "looks": 477, "months": 13},
        ]  # fmt: skip
        assert await ledgered.pruned() == {
            **dict.fromkeys(KINDS, [True] * 7),
            "http": [True] * 2 + [False] + [True] * 4,
        }
        assert await ledgered.rows() == 24
        assert await ledgered.prune() == []


async def test_days_whose_chain_is_broken_keep_their_rows(tmp_path: Path):
    async with open_store(f"sqlite:///{tmp_path}/slawatch.db", write=True) as store:
        ledgered = await filled(store, tmp_path)
        by_hand(
            tmp_path, f"UPDATE observations SET facts = '{{}}' WHERE check_name = 'http' AND at = {MONDAY + 4 * HOUR}"
        )
        faults = [one["fault"] for one in await ledgered.prune() if one["event"] == "pruning.kept"]
        assert len(faults) == 1
        assert faults[0].endswith("(http at 2026-03-30T02:00:00Z) is not what was recorded")
        kept = [True] * 2 + [False] * 2 + [True] * 3  # the chain's UTC day meets two days of Amsterdam
        assert await ledgered.pruned() == dict.fromkeys(KINDS, kept)


async def test_a_day_that_was_begun_is_finished_in_the_next_round(tmp_path: Path):
    async with open_store(f"sqlite:///{tmp_path}/slawatch.db", write=True) as store:
        ledgered = await filled(store, tmp_path)
        day = (await days_of(store))[2]
        assert store._writer is not None
        assert await store._writer.run(lambda c: pruning.begin(c, day, 5))
        assert len((await store.day_with_rows(day))[1]) == 19
        await ledgered.prune()
        assert await ledgered.pruned() == dict.fromkeys(KINDS, [True] * 7)
        assert await ledgered.rows() == 0
