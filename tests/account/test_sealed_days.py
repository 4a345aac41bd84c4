"""A month read from sealed days is the month read look by look, to the last digest."""

import asyncio
import json
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_slawatch import KINDS, PARK, UP, ZONE, at, terms
from structlog.testing import capture_logs
from test_month_close import CONFIG
from test_month_evidence import by_hand

from slawatch.account import Sealing, ledger, report
from slawatch.config import load
from slawatch.model import (
    DAY,
    HOUR,
    MINUTE,
    Cause,
    CheckId,
    Exclusion,
    ExclusionKind,
    Instant,
    Look,
    Observation,
    Terms,
    Verdict,
)
from slawatch.replay import span
from slawatch.rules.agreed import Agreed
from slawatch.rules.calendar import text
from slawatch.rules.rows import instant_of
from slawatch.store import Batch, Store, open_store

#: Four days before March ends in Amsterdam; the 29th has 23 hours.
STARTS = at("2026-03-27T21:00:00Z")
LASTS = 8 * DAY
LOOKS = [
    Look(Verdict.UP, None, 800),
    Look(Verdict.UP, None, 3001),
    Look(Verdict.UP, None, 0),
    Look(Verdict.DOWN, Cause.HTTP_5XX),
    Look(Verdict.DOWN, Cause.CONNECT, 5000),
    Look(Verdict.UNKNOWN, Cause.MONITOR_NETWORK),
    Look(Verdict.UNKNOWN, Cause.BLOCKED),
]


def looked(name: str, when: Instant, look: Look, *, recheck: bool = False, holds: int = 3 * MINUTE) -> Observation:
    return Observation(CheckId(PARK, KINDS[name], name), "main", when, look, recheck, holds)


#: Some looks of one check, a few minutes to hours apart, of which each may hold over the next.
bursts = st.builds(
    lambda name, begins, steps: [
        looked(
            name,
            STARTS + begins * MINUTE + sum(step for step, *_ in steps[: number + 1]) * MINUTE,
            look,
            recheck=recheck,
            holds=holds * MINUTE,
        )
        for number, (_, look, recheck, holds) in enumerate(steps)
    ],
    st.sampled_from([*KINDS]),
    st.one_of(st.integers(0, LASTS // MINUTE), st.integers(0, 8).map(lambda number: number * 24 * 60 + 50)),
    st.lists(
        st.tuples(
            st.sampled_from([1, 1, 2, 5, 15, 240]),
            st.sampled_from(LOOKS),
            st.booleans(),
            st.sampled_from([3, 30, 600, 3000]),
        ),
        min_size=1,
        max_size=8,
    ),
)
streams = st.lists(bursts, min_size=1, max_size=12).map(
    lambda found: [*{(one.check, one.at): one for burst in found for one in burst}.values()]
)
moments = st.integers(1, LASTS // HOUR).map(lambda hour: STARTS + hour * HOUR)
agreements = st.builds(
    lambda changes: Agreed(((0, terms()), *sorted(dict(changes).items()))),
    st.lists(
        st.tuples(
            moments,
            st.builds(
                lambda without, failures, blips: terms(without=without, failures=failures, blips_down=blips),
                st.sampled_from(["", "", "dashboard", "http"]),
                st.integers(1, 3),
                st.booleans(),
            ),
        ),
        max_size=3,
    ),
)
STORM = Exclusion(
    ExclusionKind.FORCE_MAJEURE,
    at("2026-03-31T20:30:00Z"),
    at("2026-03-31T23:30:00Z"),
    reason="storm",
    approved_by="J. de Vries",
)


async def agree(store: Store, folder: Path) -> None:
    (folder / "slawatch.yaml").write_text(CONFIG.format(folder=folder))
    await store.save_terms(PARK, "d", json.dumps(load(folder / "slawatch.yaml").document(PARK)), 0)


async def sealed(store: Store, agreed: Agreed, now: Instant) -> int:
    """How many days are sealed by `now`."""
    for name in agreed.checks:
        await Sealing(store, lambda: now).seal(agreed, name)
    return sum([len(await store.sealed_days(PARK, name, 0, now)) for name in agreed.checks])


async def both(store: Store, agreed: Agreed, month: str, until: Instant | None) -> None:
    """A statement comes out the same from sealed days and from rows."""
    which = span(month, ZONE, until)
    from_days, from_rows = [await report(store, agreed, which, [STORM], sealed=trusted) for trusted in (True, False)]
    assert from_days == from_rows


@settings(max_examples=30, deadline=None)
@given(streams, agreements, agreements, moments, moments, st.booleans())
def test_days_that_were_sealed_change_no_figure(
    stream: Sequence[Observation],
    agreed: Agreed,
    otherwise: Agreed,
    first: Instant,
    until: Instant,
    later: bool,
):
    async def run() -> None:
        with tempfile.TemporaryDirectory() as folder:
            async with open_store(f"sqlite:///{folder}/slawatch.db", write=True) as store:
                early = [one for one in stream if one.at < first]
                await store.record(Batch(tuple(early)))
                await sealed(store, agreed, first)
                await store.record(Batch(tuple(one for one in stream if one.at >= first)))
                await sealed(store, otherwise if later else agreed, STARTS + 2 * LASTS)
                for month in ("2026-03", "2026-04"):
                    await both(store, agreed, month, None)
                await both(store, agreed, "2026-03", min(until, at("2026-03-31T22:00:00Z")))
                await both(store, agreed, "2026-04", at("2026-03-31T22:00:00Z") + until - STARTS)

    asyncio.run(run())


async def a_steady_month(store: Store, minutes: int = 60) -> None:
    """Looks at all checks every so many minutes from the 28th to 4 April, an outage over each midnight."""
    made = []
    for minute in range(0, 7 * 24 * 60, minutes):
        when = at("2026-03-27T23:00:00Z") + minute * MINUTE
        hour = minute // 60 % 24
        look = (
            Look(Verdict.DOWN, Cause.HTTP_5XX) if hour in {21, 22, 23} else Look(Verdict.UP, None, 800 + minute % 900)
        )
        made += [looked(name, when, look, holds=2 * HOUR) for name in KINDS]
    await store.record(Batch(tuple(made)))


async def test_a_day_is_sealed_an_hour_after_its_end_once_a_later_look_is_there(tmp_path: Path):
    agreed, midnight = Agreed.always(terms()), at("2026-03-28T23:00:00Z")
    async with open_store(f"sqlite:///{tmp_path}/slawatch.db", write=True) as store:
        await store.record(Batch((looked("http", midnight - HOUR, UP), looked("http", midnight - 1, UP))))
        assert await sealed(store, agreed, midnight + DAY) == 0
        await store.record(Batch((looked("http", midnight, UP),)))
        assert await sealed(store, agreed, midnight + HOUR - 1) == 0
        assert await sealed(store, agreed, midnight + HOUR) == 1
        assert await sealed(store, agreed, midnight + 9 * DAY) == 1

        (day,) = await store.sealed_days(PARK, "http", 0, midnight)
        assert (day.starts, day.ends, day.looks) == (midnight - DAY, midnight, 2)
        assert (day.last_up, day.recorded) == (midnight - 1, midnight + HOUR)


async def test_nothing_is_sealed_while_looks_wait_to_be_recorded(tmp_path: Path):
    agreed = Agreed.always(terms())
    async with open_store(f"sqlite:///{tmp_path}/slawatch.db", write=True) as store:
        await a_steady_month(store)
        await Sealing(store, lambda: STARTS + 30 * DAY, lambda: False).seal(agreed, "http")

        assert await store.last_sealed(PARK, "http") is None


async def test_a_day_that_a_clock_ahead_had_sealed_is_sealed_anew_with_the_looks_that_came_after_a_restart(
    tmp_path: Path,
):
    agreed, midnight = Agreed.always(terms()), at("2026-03-28T23:00:00Z")
    async with open_store(f"sqlite:///{tmp_path}/slawatch.db", write=True) as store:
        await store.record(Batch((looked("http", midnight - 9 * HOUR, UP), looked("http", midnight + 5 * HOUR, UP))))
        assert await sealed(store, agreed, midnight + 5 * HOUR) == 1
        await store.record(Batch((looked("http", midnight - 8 * HOUR, LOOKS[3]),)))  # set right, and started again
        await sealed(store, agreed, midnight - 8 * HOUR)
        assert await store.last_sealed(PARK, "http") is None

        assert await sealed(store, agreed, midnight + HOUR) == 1
        last = await store.last_sealed(PARK, "http")
        assert last is not None
        assert last.looks == 2
        await both(store, agreed, "2026-03", None)


async def test_days_without_looks_are_passed_over_and_the_day_of_23_hours_is_one(tmp_path: Path):
    agreed = Agreed.always(terms())
    async with open_store(f"sqlite:///{tmp_path}/slawatch.db", write=True) as store:
        for written in ("2026-03-28T12:00:00Z", "2026-03-29T12:00:00Z", "2026-04-01T12:00:00Z", "2026-04-02T12:00:00Z"):
            await store.record(Batch((looked("dashboard", at(written), UP),)))
        await sealed(store, agreed, STARTS + LASTS)
        days = await store.sealed_days(PARK, "dashboard", 0, STARTS + LASTS)

        assert [text(day.starts) for day in days] == [
            "2026-03-27T23:00:00Z", "2026-03-28T23:00:00Z", "2026-03-31T22:00:00Z"
        ]  # fmt: skip
        assert [(day.ends - day.starts) // HOUR for day in days] == [24, 23, 24]


async def test_a_part_is_read_from_days_and_only_what_is_not_sealed_from_rows(tmp_path: Path):
    agreed = Agreed.always(terms())
    async with open_store(f"sqlite:///{tmp_path}/slawatch.db", write=True) as store:
        await a_steady_month(store)
        await sealed(store, agreed, at("2026-04-01T12:00:00Z"))
        parts = await ledger.parts(store, agreed, at("2026-03-31T22:00:00Z"), STARTS + 30 * DAY)

        # From the last `up` before the month on, which is on the 31st.
        part = parts["dashboard"]
        assert [(text(one.starts), one.looks) for one, _ in part.days] == [("2026-03-30T22:00:00Z", 24)]
        assert text(instant_of(part.rows[0])) == "2026-03-31T22:00:00Z"
        assert len(part.rows) == 73


@pytest.mark.parametrize(
    "otherwise",
    [
        terms(failures=3),
        terms(blips_down=True),
        replace(terms(), timezone="Europe/London"),
    ],
)
async def test_days_that_were_sealed_under_other_terms_do_not_serve(tmp_path: Path, otherwise: Terms):
    async with open_store(f"sqlite:///{tmp_path}/slawatch.db", write=True) as store:
        await a_steady_month(store)
        assert await sealed(store, Agreed.always(terms()), STARTS + LASTS) == 21
        agreed = Agreed.always(otherwise)
        parts = await ledger.parts(store, agreed, at("2026-03-31T22:00:00Z"), STARTS + 30 * DAY)

        assert {name: len(part.days) for name, part in parts.items()} == dict.fromkeys(KINDS, 0)


async def test_a_damaged_day_is_told_and_its_check_read_look_by_look(tmp_path: Path):
    agreed = Agreed.always(terms())
    async with open_store(f"sqlite:///{tmp_path}/slawatch.db", write=True) as store:
        await a_steady_month(store)
        await sealed(store, agreed, at("2026-04-02T12:00:00Z"))
    by_hand(tmp_path, "UPDATE days SET spans = x'00' WHERE check_name = 'http'")
    async with open_store(f"sqlite:///{tmp_path}/slawatch.db", write=True) as store:
        with capture_logs() as logged:
            parts = await ledger.parts(store, agreed, at("2026-03-01T00:00:00Z"), STARTS + 30 * DAY)

        assert {name: len(part.days) for name, part in parts.items()} == {"dashboard": 5, "reservations": 5, "http": 0}
        (told,) = logged
        assert (told["event"], told["check"], told["log_level"]) == ("day.damaged", "http", "warning")


async def test_after_a_damaged_day_no_other_is_sealed_and_that_is_told_once(tmp_path: Path):
    async with open_store(f"sqlite:///{tmp_path}/slawatch.db", write=True) as store:
        await agree(store, tmp_path)
        await a_steady_month(store)
        await Sealing(store, lambda: at("2026-04-02T12:00:00Z")).settle([PARK])
    by_hand(tmp_path, "UPDATE days SET spans = x'00' WHERE check_name = 'http'")
    async with open_store(f"sqlite:///{tmp_path}/slawatch.db", write=True) as store:
        sealing = Sealing(store, lambda: STARTS + LASTS)
        with capture_logs() as logged:
            for _ in range(2):
                await sealing.settle([PARK])

        assert [(one["event"], one["check"]) for one in logged] == [("sealing.stopped", "http")]
        days = {name: len(await store.sealed_days(PARK, name, 0, STARTS + LASTS)) for name in KINDS}
        assert days == {"dashboard": 7, "reservations": 7, "http": 5}


async def test_terms_that_judge_no_look_otherwise_leave_the_days_in_use(tmp_path: Path):
    async with open_store(f"sqlite:///{tmp_path}/slawatch.db", write=True) as store:
        await a_steady_month(store)
        await sealed(store, Agreed.always(terms()), STARTS + LASTS)
        later = Agreed(((0, terms()), (STARTS + 20 * DAY, terms(failures=3))))
        parts = await ledger.parts(store, later, at("2026-03-01T00:00:00Z"), STARTS + 30 * DAY)

        assert {name: len(part.days) for name, part in parts.items()} == dict.fromkeys(KINDS, 7)
