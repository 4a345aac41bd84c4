"""The figures of the month so far are those of the whole ledger at every publishing, whatever was declared, and when."""

import asyncio
import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_slawatch import DOWN, PARK, SLOW, UP, ZONE, Small, at, living
from test_live_is_replay import BEGIN, TERMS, calm, late, passing, publishing, reloading, restarting, step

from slawatch.model import HOUR, MINUTE, SECOND, Exclusion, ExclusionKind, Version
from slawatch.rules.calendar import month_of

#: Where something declared starts, from now: long ago, just now, or to come.
offsets = st.sampled_from([-26 * HOUR, -2 * HOUR, -70 * SECOND, -SECOND, 0, MINUTE, HOUR])
lengths = st.sampled_from([SECOND, MINUTE, 40 * MINUTE, 3 * HOUR])
seen_by_all = st.tuples(st.just("all"), st.sampled_from([UP, UP, UP, SLOW, DOWN]))
declaring = st.tuples(st.sampled_from(["window", "majeure"]), st.tuples(offsets, lengths, st.booleans()))
changing = st.tuples(st.sampled_from(["end", "move", "withdraw"]), st.tuples(st.integers(0, 3), offsets))
living_on = st.one_of(late, seen_by_all, calm, passing)


def window(starts: int, ends: int, *, told: bool) -> Exclusion:
    """Maintenance that somebody told of in time, or just before."""
    ahead = 10 * 24 * HOUR if told else MINUTE
    return Exclusion(ExclusionKind.MAINTENANCE, starts, ends, announced=starts - ahead, announced_by="servicedesk")


def majeure(starts: int, ends: int) -> Exclusion:
    return Exclusion(ExclusionKind.FORCE_MAJEURE, starts, ends, approved_by="directie", reason="overstroming")


def moved(one: Exclusion, offset: int) -> Exclusion:
    """Longer or later: the time told of before stays in an earlier version."""
    earlier = Version(one.starts, one.ends, one.announced, one.announced_by, one.entered)
    starts = max(0, one.starts + offset)
    return replace(one, starts=starts, ends=starts + (one.ends - one.starts), earlier=(*one.earlier, earlier))


def declared(small: Small, what: str, how: tuple[int, ...]) -> tuple[Exclusion, ...]:
    """What is in force after one more declaration."""
    if what in ("window", "majeure"):
        starts, ends = small.now + how[0], small.now + how[0] + how[1]
        return (*small.declared, window(starts, ends, told=bool(how[2])) if what == "window" else majeure(starts, ends))
    chosen, offset = how
    if chosen >= len(small.declared):
        return small.declared
    one, others = small.declared[chosen], small.declared[:chosen] + small.declared[chosen + 1 :]
    if what == "withdraw" or one.kind is not ExclusionKind.MAINTENANCE:
        return others
    return (*others, replace(one, ended=small.now) if what == "end" else moved(one, offset))


async def live(small: Small, what: str, how: object) -> None:
    if what == "all":
        await small.seen_by_all(how)  # type: ignore[arg-type]
    elif what == "reload":
        await small.reload(TERMS[how], small.declared)  # type: ignore[index]
    elif what in ("window", "majeure", "end", "move", "withdraw"):
        await small.declare(*declared(small, what, how))  # type: ignore[arg-type]
    else:
        await step(small, what, how)


async def agrees(small: Small) -> None:
    """What was published just now is what the whole ledger gives."""
    assert small.live() == await small.replayed()
    whole = await small.replayed(month_of(small.now - 1, ZONE), small.now)
    ratios = {"availability": whole["availability"]["ratio"], "speed": whole["speed"]["share"]}
    if "http" in small.terms.checks:
        ratios["network"] = whole["network"]["ratio"]
    for objective, ratio in ratios.items():
        assert small.metric("sla_attained_ratio", PARK, objective, "month_to_date") == ratio
    for page in small.terms.speed.pages:
        p95 = whole["speed"]["pages"][page]["p95_seconds"]
        assert small.metric("page_load_duration_p95_seconds", PARK, page, "month_to_date") == p95


async def lived(steps: list[tuple[str, object]]) -> Counter[bool]:
    """Live so; gives how many of the publishings that were held against the ledger were steady, and how many not."""
    held: Counter[bool] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        async with living(Path(folder), BEGIN) as small:
            small.now += MINUTE
            for what, how in [*steps, ("publish", None)]:
                small.now += 1000
                await live(small, what, how)
                if what in ("publish", "calm"):
                    await agrees(small)
                    held[small.is_steady] += 1
    return held


def test_at_every_publishing_the_figures_are_those_of_the_whole_ledger():
    held: Counter[bool] = Counter()

    @settings(max_examples=30, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        st.lists(
            st.one_of(
                living_on, living_on, living_on, publishing, publishing, restarting, reloading, declaring, changing
            ),
            max_size=50,
        )
    )
    def live_through(steps: list[tuple[str, object]]) -> None:
        held.update(asyncio.run(lived(steps)))

    live_through()
    assert held[True] > 0


async def minutes(small: Small, number: int) -> None:
    for _ in range(number):
        small.now += MINUTE
        await small.seen_by_all(UP)
        await small.publish()


async def test_what_is_added_up_is_let_go_of(tmp_path: Path):
    async with living(tmp_path, at("2026-03-10T12:00:00Z")) as small:
        await minutes(small, 20)
        books = small.account._pages[PARK].to_date.books

        assert small.live()["speed"]["loads"] == 2 * 20
        assert max(len(book.loads.at) for book in books.values()) <= 3
        assert small.live() == await small.replayed()


async def test_an_exclusion_in_the_past_has_the_month_read_again_and_one_to_come_does_not(tmp_path: Path):
    async with living(tmp_path, at("2026-03-10T12:00:00Z")) as small:
        await minutes(small, 20)
        to_come = window(small.now + HOUR, small.now + 2 * HOUR, told=True)
        await small.declare(to_come)
        assert not small.account._pages[PARK].to_date.outdated

        await small.declare(to_come, majeure(small.now - 15 * MINUTE, small.now - 5 * MINUTE))
        await small.publish()
        assert small.live()["availability"]["seconds"]["excluded"] == 600
        await small.declare(to_come)
        await small.publish()
        assert small.live()["availability"]["seconds"]["excluded"] == 0
        assert small.live() == await small.replayed()
