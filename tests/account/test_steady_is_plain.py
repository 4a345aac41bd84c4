"""While all is up the figures are moved on, not worked out: they are those that the long way gives, at each publishing."""

import asyncio
import tempfile
from pathlib import Path

from beside_small import Beside
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_slawatch import Small, at, living
from test_live_declared import changing, live, majeure, window
from test_live_is_replay import KINDS, TERMS, calm, late, passing, restarting

from slawatch.model import HOUR, MINUTE, SECOND

#: Before March ends in Amsterdam; in the middle of it; before the clocks go forward; at the very start of a month.
BEGINNINGS = (
    at("2026-03-31T21:55:00Z"),
    at("2026-03-10T12:00:00Z"),
    at("2026-03-29T00:58:00Z"),
    at("2026-02-28T23:00:00Z"),
)

offsets = st.sampled_from([-2 * HOUR, -10 * MINUTE, -SECOND, 0, 1, 20 * SECOND, MINUTE])
lengths = st.sampled_from([1, SECOND, MINUTE, 12 * MINUTE])
declaring = st.tuples(st.sampled_from(["window", "majeure"]), st.tuples(offsets, lengths, st.booleans()))
reloading = st.tuples(st.just("reload"), st.integers(0, len(TERMS) - 1))
correcting = st.tuples(
    st.just("correct"), st.sampled_from([number for number, one in enumerate(TERMS) if len(one.checks) == len(KINDS)])
)
setting_back = st.tuples(st.just("back"), st.sampled_from([1, 3 * SECOND, 5 * MINUTE, 2 * HOUR]))
unrest = st.one_of(late, passing, declaring, changing, reloading, correcting, restarting, setting_back)
#: What is known when a life begins: windows and force majeure to come, from so long after on.
known = st.lists(
    st.tuples(st.sampled_from(["window", "majeure"]), st.integers(1, 12).map(MINUTE.__mul__), lengths, st.booleans()),
    max_size=2,
)


async def live_on(small: Small, what: str, how: object) -> None:
    if what == "correct":
        await small.correct(TERMS[how])  # type: ignore[index]
    elif what == "back":
        small.now -= how  # type: ignore[operator]
    else:
        await live(small, what, how)


async def lived(begin: int, ahead: list[tuple[str, int, int, bool]], steps: list[tuple[str, object]]) -> Beside:
    windows = tuple(
        majeure(begin + offset, begin + offset + length)
        if what == "majeure"
        else window(begin + offset, begin + offset + length, told=told)
        for what, offset, length, told in ahead
    )
    with tempfile.TemporaryDirectory() as folder:
        async with living(Path(folder), begin, declared=windows, life=Beside) as small:
            small.now += MINUTE
            for what, how in steps:
                small.now += 1000
                await live_on(small, what, how)
                await small.publish()
            return small


def test_every_publishing_shows_what_the_long_way_shows_whatever_happens_between():
    lives: list[Beside] = []

    @settings(max_examples=60, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.sampled_from(BEGINNINGS), known, st.lists(st.one_of(calm, calm, calm, unrest), max_size=12))
    def live_through(begin: int, ahead: list[tuple[str, int, int, bool]], steps: list[tuple[str, object]]) -> None:
        lives.append(asyncio.run(lived(begin, ahead, steps)))

    live_through()
    steady, others = sum(one.steady for one in lives), sum(one.others for one in lives)
    assert 10 * steady > steady + others
