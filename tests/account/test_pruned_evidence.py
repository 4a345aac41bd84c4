"""A pruned month is verified down to the digests of its days, and what somebody does to such a day is named."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from click.testing import CliRunner
from small_slawatch import KINDS, PARK, UP, at
from test_month_evidence import by_hand
from test_pruned_days import AGREED, MONDAY, OLD, Ledger, days_of, filled, told
from test_sealed_days import agree, looked

from slawatch.account import Closing, Pruning, Sealing, verify
from slawatch.account.spans import Spans
from slawatch.cli.main import cli
from slawatch.clock import now
from slawatch.model import HOUR, Cause, Instant
from slawatch.replay import rows_digest
from slawatch.rules.calendar import text
from slawatch.store import Batch, ObservationRow, SealedDay, Store, open_store, pack, pruning, unpack
from slawatch.store.schema import days as table

#: What somebody makes a pruned day's row say.
Forgery: TypeAlias = Callable[[SealedDay], dict[str, Any]]


async def closed(store: Store, folder: Path, *, prune: bool = True) -> Ledger:
    """The same, with March and April closed."""
    ledgered = await filled(store, folder)
    await Closing(store, lambda: at("2026-05-02T00:00:00Z")).settle([PARK])
    if prune:
        await ledgered.prune()
    return ledgered


async def verdicts(store: Store, when: Instant = OLD) -> list[tuple[str | None, int, int]]:
    return [(one.fault, one.rows, one.pruned) async for one in verify(store, PARK, "2026-03", when)]


async def test_a_pruned_month_holds_down_to_its_digests_and_verify_says_so(tmp_path: Path):
    async with open_store(f"sqlite:///{tmp_path}/slawatch.db", write=True) as store:
        ledgered = await closed(store, tmp_path, prune=False)
        assert await verdicts(store) == [(None, 1 + 3 * 121, 0)]
        await ledgered.prune()
        # Four days of March and one of April of three checks; what is left are the terms.
        assert await verdicts(store) == [(None, 1, 15)]


def test_the_verb_says_what_holds_only_down_to_digests(tmp_path: Path):
    """On the real clock, by which 2024 is old enough."""

    async def life() -> None:
        async with open_store(f"sqlite:///{tmp_path}/slawatch.db", write=True) as store:
            await agree(store, tmp_path)
            hours = [at("2024-03-29T23:00:00Z") + hour * HOUR for hour in range(80)]
            await store.record(Batch(tuple(looked(name, hour, UP) for hour in hours for name in KINDS)))
            await Sealing(store, now).settle([PARK])
            await Closing(store, lambda: at("2024-04-02T12:00:00Z")).settle([PARK])
            await Pruning(store, now, lambda: 13).settle([PARK])

    asyncio.run(life())

    def verb(*options: str) -> list[str]:
        shown = CliRunner().invoke(cli, ["verify", PARK, *options, "--config", str(tmp_path / "slawatch.yaml")])
        assert shown.exit_code == 0
        return shown.stdout.splitlines()

    assert verb("2024-03") == [
        "duinzicht 2024-03 revision 1: holds (1 rows; 9 days of checks down to their digests, as their rows are pruned)"
    ]
    assert json.loads(verb("2024-03", "--json")[0]) == {
        "customer": PARK, "month": "2024-03", "revision": 1, "fault": None, "rows": 1, "unchained": 0, "pruned_days": 9
    }  # fmt: skip


def monday(**values: Any) -> Callable[[SealedDay], dict[str, Any]]:
    return lambda _: values


def otherwise(change: Callable[[list[ObservationRow]], list[ObservationRow]], *, sealed_anew: bool) -> Forgery:
    """Other packed looks; `sealed_anew`: with all that the day says of them."""

    def forge(day: SealedDay) -> dict[str, Any]:
        rows = change(unpack(day.check, day.packed))
        return {"packed": pack(rows)} | ({"digest": rows_digest(rows)} if sealed_anew else {})

    return forge


def without_outage(rows: list[ObservationRow]) -> list[ObservationRow]:
    """The failed looks of the evening with the cause of another failure."""
    return [(*row[:4], row[4] and Cause.CONNECT.value, *row[5:]) for row in rows]


def a_millisecond_less(rows: list[ObservationRow]) -> list[ObservationRow]:
    """Loads that took a millisecond less, and are none the faster for it."""
    return [(*row[:5], row[5] and row[5] - 1, *row[6:]) for row in rows]


def settled(day: SealedDay) -> dict[str, Any]:
    """As if nothing had been seen."""
    spans = Spans.read(day.spans)
    return {"spans": replace(spans, own=spans.own._replace(stretches=())).written()}


def begun(day: SealedDay) -> dict[str, Any]:
    """As if the check had stood elsewhere before."""
    spans = Spans.read(day.spans)
    before = spans.own.before._replace(solid=spans.own.before.solid + 1)
    return {"spans": replace(spans, own=spans.own._replace(before=before)).written()}


DAY_FROM = "the day from 2026-03-29T22:00:00Z on"


@pytest.mark.parametrize(
    ("forge", "fault"),
    [
        (
            otherwise(without_outage, sealed_anew=False),
            f"dashboard: {DAY_FROM} has packed looks that are not those that it was sealed with",
        ),
        (
            otherwise(without_outage, sealed_anew=True),
            f"dashboard: what {DAY_FROM} settled is not what its looks come to",
        ),
        (otherwise(a_millisecond_less, sealed_anew=True), "inputs_sha256: told "),
        (
            otherwise(lambda rows: rows[:-1], sealed_anew=True),
            "duinzicht/main 2026-03-30: its rows are pruned, and 71 looks are kept of it, recorded were 72",
        ),
        (
            monday(packed=b"no looks"),
            "duinzicht: dashboard: the packed looks of the day from 2026-03-29T22:00:00Z on cannot be read; restore a backup",
        ),
        (monday(looks=23), f"dashboard: {DAY_FROM} has packed looks that are not those that it was sealed with"),
        (monday(last_up=None), f"dashboard: {DAY_FROM} has packed looks that are not those that it was sealed with"),
        (
            monday(pruned=0),
            "duinzicht/main 2026-03-29: its rows are pruned, and 70 looks are kept of it, recorded were 72",
        ),
        (settled, f"dashboard: what {DAY_FROM} settled is not what its looks come to"),
        (begun, f"dashboard: what {DAY_FROM} settled does not begin where the day before ended"),
        (monday(spans=b"no spans"), f"dashboard: what {DAY_FROM} settled cannot be read"),
    ],
    ids=[
        "other looks",
        "other looks, sealed anew",
        "other loads, sealed anew",
        "one less",
        "no looks",
        "count",
        "last up",
        "not marked",
        "settled",
        "begun",
        "no spans",
    ],
)
async def test_a_pruned_day_that_was_tampered_with_is_named(tmp_path: Path, forge: Forgery, fault: str):
    async with open_store(f"sqlite:///{tmp_path}/slawatch.db", write=True) as store:
        await closed(store, tmp_path)
        day = (await days_of(store))[2]
        assert (text(day.starts), day.pruned) == ("2026-03-29T22:00:00Z", True)
        await change(store, **forge(day))
        ((found, _, _),) = await verdicts(store)
        assert found is not None
        assert found.startswith(fault)


async def change(store: Store, **values: Any) -> None:
    """What the store says of the dashboard's Monday."""
    which = (table.c.check_name == "dashboard") & (table.c.starts == MONDAY)
    assert store._writer is not None
    await store._writer.run(lambda c: c.execute(table.update().where(which).values(**values)))


async def test_a_day_that_is_marked_as_pruned_while_its_rows_are_there_is_named(tmp_path: Path):
    async with open_store(f"sqlite:///{tmp_path}/slawatch.db", write=True) as store:
        ledgered = await closed(store, tmp_path, prune=False)
        await change(store, pruned=1)
        named = f"dashboard: {DAY_FROM} is marked as pruned, but its rows are there"
        assert [fault for fault, *_ in await verdicts(store)] == [named]
        assert [one["fault"] for one in await ledgered.prune() if "fault" in one] == [named]
        assert await ledgered.rows() == 24


async def test_a_day_of_which_a_lot_is_pruned_holds(tmp_path: Path):
    async with open_store(f"sqlite:///{tmp_path}/slawatch.db", write=True) as store:
        await closed(store, tmp_path, prune=False)
        day = (await days_of(store))[2]
        assert store._writer is not None
        assert await store._writer.run(lambda c: pruning.begin(c, day, 5))
        assert [(fault, pruned) for fault, _, pruned in await verdicts(store)] == [(None, 1)]


async def test_a_row_that_was_slipped_into_a_pruned_day_is_named_and_counts_for_nothing(tmp_path: Path):
    async with open_store(f"sqlite:///{tmp_path}/slawatch.db", write=True) as store:
        await closed(store, tmp_path)
        before = await told(store, AGREED)
        by_hand(
            tmp_path,
            "INSERT INTO observations (customer, check_name, at, node, kind, verdict, recheck, holds, recorded) "
            f"VALUES ('{PARK}', 'dashboard', {MONDAY + 5}, 'main', 'page', 'up', 0, 1, 0)",
        )
        assert await told(store, AGREED) == before
        named = f"dashboard: {DAY_FROM} is pruned, but has rows that are not the last of its looks"
        assert [fault for fault, *_ in await verdicts(store)] == [named]


async def test_a_day_that_is_pruned_before_it_may_be_is_named(tmp_path: Path):
    async with open_store(f"sqlite:///{tmp_path}/slawatch.db", write=True) as store:
        await closed(store, tmp_path, prune=False)
        assert await store.prune((await days_of(store))[2])
        young = f"dashboard: {DAY_FROM} is pruned, and not 13 months old"
        assert [fault for fault, *_ in await verdicts(store, at("2027-04-29T00:00:00Z"))] == [young]
        assert [fault for fault, *_ in await verdicts(store, at("2027-04-30T22:00:00Z"))] == [None]
