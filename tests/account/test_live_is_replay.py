"""The figures kept up to date look by look are those that the whole ledger gives, whatever happened on the way."""

import asyncio
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_slawatch import (
    DOWN,
    GONE,
    KINDS,
    PARK,
    SLOW,
    UNKNOWN,
    UP,
    Small,
    at,
    living,
    outages_told,
    terms,
)

from slawatch.model import HOUR, MINUTE, SECOND, Look, Observation, Verdict
from slawatch.rules import outages, records
from slawatch.rules.calendar import Period
from slawatch.rules.statement import Span, settle

TERMS = (
    terms(),
    terms(failures=3),
    terms(failures=1),
    terms(blips_down=True),
    terms(within=MINUTE),
    terms(without="reservations"),
    terms(without="http"),
    terms(counting=("dashboard",)),
    terms(counting=("http", "reservations")),
)

names = st.sampled_from(list(KINDS))
looks = st.sampled_from([UP, SLOW, DOWN, DOWN, GONE, UNKNOWN])


def handed_in(*ago: int) -> st.SearchStrategy[tuple[str, object]]:
    """Looks that came in together, their slots so many seconds ago."""
    look = st.tuples(names, looks, st.sampled_from(ago), st.booleans())
    return st.tuples(st.just("look"), st.lists(look, min_size=1, max_size=3))


at_once, late = handed_in(0), handed_in(0, 0, 1, 20)
passing = st.tuples(
    st.just("pass"), st.sampled_from([SECOND, 5 * SECOND, 30 * SECOND, MINUTE, 4 * MINUTE, 11 * MINUTE, HOUR])
)
publishing = st.tuples(st.just("publish"), st.none())
restarting = st.tuples(st.just("restart"), st.none())
reloading = st.tuples(st.just("reload"), st.integers(0, len(TERMS) - 1))

#: All is up: so many looks of each check, so long apart, how late each comes in, what the loads take, and rechecks.
calm = st.tuples(
    st.just("calm"),
    st.tuples(
        st.integers(1, 30),
        st.sampled_from([SECOND, 10 * SECOND, 14 * SECOND, 40 * SECOND]),
        st.lists(st.sampled_from([0, 0, 1, SECOND, 9 * SECOND]), min_size=3, max_size=3),
        st.lists(st.sampled_from([1, 799, 800, 801, 2999, 3000, 3001]), min_size=1, max_size=5),
        st.sampled_from([1, 2, 3, 100]),
    ),
)

#: An hour and a half before March ends in Amsterdam, so that the month turns in many of the streams.
BEGIN = at("2026-03-31T20:30:00Z")


async def all_up(small: Small, number: int, apart: int, ago: list[int], milliseconds: list[int], each: int) -> None:
    """Looks and publishings. Each page is looked at every third time, http always; `each`: which are rechecks."""
    for turn in range(number):
        small.now += apart
        seen = [name for lane, name in enumerate(KINDS) if name == "http" or (turn + lane) % 3 == 0]
        look = Look(Verdict.UP, None, milliseconds[turn % len(milliseconds)])
        await small.see(
            *(
                small.look(name, look, ago=late, recheck=turn % each == each - 1)
                for name, late in zip(KINDS, ago, strict=True)
                if name in seen and name in small.terms.checks
            )
        )
        await small.publish()


async def step(small: Small, what: str, how: object) -> None:
    if what == "look":
        found: dict[str, Observation] = {}
        for name, look, seconds, recheck in how:  # type: ignore[attr-defined]
            if name in small.terms.checks:
                found[name] = small.look(name, look, ago=seconds * SECOND, recheck=recheck)
        await small.see(*found.values())
    elif what == "calm":
        await all_up(small, *how)  # type: ignore[misc]
    elif what == "pass":
        small.now += how  # type: ignore[operator]
    elif what == "publish":
        await small.publish()
    elif what == "restart":
        await small.restart()
    else:
        await small.reload(TERMS[how])  # type: ignore[index]


def lived(steps: list[tuple[str, object]], check, begin: int = BEGIN) -> None:
    async def life() -> None:
        with tempfile.TemporaryDirectory() as folder:
            async with living(Path(folder), begin) as small:
                small.now += MINUTE  # the looks are of this life
                for what, how in steps:
                    await step(small, what, how)
                    small.now += 1000  # outages are told apart by the millisecond
                await check(small)

    asyncio.run(life())


quick = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))


@quick
@given(st.lists(st.one_of(late, late, calm, passing, passing, publishing, restarting, reloading), max_size=40))
def test_the_live_statement_is_that_of_the_whole_ledger(steps: list[tuple[str, object]]):
    async def check(small: Small) -> None:
        await small.publish()
        live = small.live()
        await small.restart()

        assert live == await small.replayed()
        assert small.live() == live

    lived(steps, check)


@quick
@given(st.lists(st.one_of(at_once, at_once, at_once, passing, passing, publishing, restarting), max_size=40))
def test_the_outages_told_are_the_statements(steps: list[tuple[str, object]]):
    async def check(small: Small) -> None:
        books = await small.books()
        timelines = {name: books[name].record().timeline for name in small.terms.availability.checks}
        union = outages.union({name: one.outages for name, one in timelines.items()})
        told = outages_told(await small.store.events(PARK))

        assert told == [(one.starts, one.ends, one.checks) for one in union]
        state = small.recorder.state(PARK)
        assert (state.outage is not None) == (bool(told) and told[-1][1] is None)

    lived(steps, check)


@quick
@given(st.lists(st.one_of(late, late, calm, passing, passing, publishing), max_size=40))
def test_the_counters_come_to_what_the_statement_books(steps: list[tuple[str, object]]):
    async def check(small: Small) -> None:
        small.now += MINUTE
        await small.seen_by_all(UP, recheck=True)
        await small.publish()
        counted = (small.since, small.now)
        books = await small.books()
        span = Span("2026-03", Period(*counted), complete=False, as_of=small.now)
        seen = settle(small.agreed, span, records.records(books), ())

        for objective, booking in (("availability", seen.booking), ("network", seen.network)):
            assert booking is not None
            bad = small.metric("sla_bad_seconds_total", PARK, objective)
            eligible = small.metric("sla_eligible_seconds_total", PARK, objective)
            unknown = small.metric("sla_unknown_seconds_total", PARK, objective)
            assert (round(bad * SECOND), round(eligible * SECOND), round(unknown * SECOND)) == (
                booking.down,
                booking.measured,
                booking.unknown,
            )
        for page, figure in seen.speed.pages.items():
            assert small.metric("page_loads_total", PARK, page) == figure.loads
            assert small.metric("page_loads_slow_total", PARK, page) == figure.slow
        assert small.metric("blips_total", PARK) == seen.blips

    lived(steps, check)
