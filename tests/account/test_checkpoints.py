"""An account that goes on from checkpoints has the figures of one that is read from the ledger, whatever happened."""

import asyncio
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from asked_store import Asked, WithoutCheckpoints
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_slawatch import DOWN, GONE, KINDS, PARK, SLOW, UNKNOWN, UP, Small, at, figures, living, terms

from slawatch.account import Account, restored
from slawatch.model import HOUR, MINUTE, SECOND, Exclusion, ExclusionKind, Look, Observation
from slawatch.reporters.metrics import Metrics
from slawatch.reporters.metrics.series import Numbers
from slawatch.rules.document import document

TERMS = (
    terms(),
    terms(),
    terms(failures=3),
    terms(failures=1),
    terms(blips_down=True),
    terms(without="reservations"),
    terms(without="http"),
    terms(counting=("dashboard",)),
)
MIDNIGHT = at("2026-03-31T22:00:00Z")


def majeure(starts: int, ends: int) -> Exclusion:
    """So many minutes from midnight on."""
    return Exclusion(
        ExclusionKind.FORCE_MAJEURE,
        MIDNIGHT + starts * MINUTE,
        MIDNIGHT + ends * MINUTE,
        reason="storm",
        approved_by="J. de Vries",
        id=f"fm{starts}",
    )


def maintenance(starts: int, ends: int) -> Exclusion:
    return Exclusion(
        ExclusionKind.MAINTENANCE,
        MIDNIGHT + starts * MINUTE,
        MIDNIGHT + ends * MINUTE,
        announced=at("2026-03-01T00:00:00Z"),
        announced_by="servicedesk",
        id=f"w{starts}",
    )


DECLARED = (majeure(-80, -50), majeure(-10, 10), maintenance(5, 65), maintenance(200, 260), maintenance(9000, 9060))

names = st.sampled_from(list(KINDS))
looks = st.sampled_from([UP, UP, SLOW, DOWN, DOWN, GONE, UNKNOWN])
handed_in = st.tuples(
    st.just("look"),
    st.lists(st.tuples(names, looks, st.sampled_from([0, 0, 1, 20]), st.booleans()), min_size=1, max_size=3),
)
all_seen = st.tuples(st.just("all"), st.sampled_from([UP, UP, UP, DOWN]))
passing = st.tuples(
    st.just("pass"), st.sampled_from([SECOND, 30 * SECOND, MINUTE, 2 * MINUTE, 4 * MINUTE, 11 * MINUTE, HOUR])
)
publishing = st.tuples(st.just("publish"), st.none())
keeping = st.tuples(st.sampled_from(["keep", "all up and keep", "all up and keep"]), st.none())
stopping = st.tuples(st.sampled_from(["kill", "stop"]), st.none())
going_on = st.one_of(handed_in, handed_in, all_seen, passing, passing, publishing, keeping, keeping, stopping)
chosen = st.lists(st.sampled_from(DECLARED), unique=True, max_size=2)
changing = st.one_of(
    st.tuples(st.sampled_from(["reload", "other terms"]), st.integers(0, len(TERMS) - 1)),
    st.tuples(st.sampled_from(["declare", "others declared"]), chosen),
    st.tuples(st.just("set back"), st.sampled_from([SECOND, 5 * MINUTE, 2 * HOUR])),
)
lives = st.tuples(
    st.sampled_from([MIDNIGHT - 90 * MINUTE, MIDNIGHT + 50 * MINUTE, MIDNIGHT + 70 * MINUTE]),
    st.lists(st.one_of(going_on, going_on, going_on, going_on, changing), min_size=12, max_size=40),
)


def series(metrics: Metrics) -> dict[tuple[str, str], float]:
    return {
        (family.family.name, sample.labels): sample.value
        for family in metrics.snapshot()
        if isinstance(family, Numbers)
        for sample in family.samples
    }


async def told(store: Asked, small: Small) -> tuple[dict[str, Any], str]:
    """All that anyone hears of an account that is opened on this store, and what of it had to be read in full."""
    metrics = Metrics()
    account = Account(store, small.clock, metrics)  # type: ignore[arg-type]
    books = await account.open({PARK: (small.agreed, small.declared)})
    read = "this month" * bool(store.rows)
    account.configure({PARK: (small.agreed, small.declared)})
    metrics.configure([small.terms])
    stood = await restored(small.store, books, small.now)
    await account.publish(everyone=True)
    after = account._pages[PARK].to_date.books
    return {
        "statement": figures(document(account.statement(PARK, small.now + 1), inputs_sha256="")),
        "series": series(metrics),
        "state": stood,
        "tracks": {name: [lane.track for lane in book.lanes] for name, book in after.items()},
        "latest": account.latest,
    }, read or "last month" * bool(store.rows) or "neither"


async def start(small: Small, met: Counter[str]) -> None:
    """The daemon starts; before anything is seen, an account with checkpoints and one without are the same."""
    await small.stop()
    resumed, read = await told(Asked(small.store), small)
    met[read] += 1
    from_ledger, _ = await told(WithoutCheckpoints(small.store), small)
    assert resumed == from_ledger
    await small.start()


def in_order(small: Small) -> bool:
    """On a clock that was set back nothing new is agreed before what was agreed last."""
    return small.now > small.agreed.versions[-1][0]


async def look(small: Small, how: Iterable[tuple[str, Look, int, bool]]) -> None:
    found: dict[str, Observation] = {}
    for name, seen, seconds, recheck in how:
        if name in small.terms.checks:
            found[name] = small.look(name, seen, ago=seconds * SECOND, recheck=recheck)
    await small.see(*found.values())


async def step(small: Small, what: str, how: Any, met: Counter[str]) -> None:
    if what == "look":
        await look(small, how)
    elif what == "all":
        await small.seen_by_all(how)
    elif what == "pass":
        small.now += how
    elif what == "set back":
        small.now -= how
    elif what == "publish":
        await small.publish()
    elif what == "keep":
        await small.keep()
    elif what == "all up and keep":
        await small.seen_by_all(UP)
        await small.publish()
        await small.keep()
    elif what == "reload":
        await small.reload(TERMS[how] if in_order(small) else small.terms, small.declared)
    elif what == "declare":
        await small.declare(*how)
    else:
        await down(small, what, how)
        await start(small, met)


async def down(small: Small, what: str, how: Any) -> None:
    """What happens as the daemon stops, or until it starts again."""
    if what == "stop":
        await small.keep()
    elif what == "other terms" and in_order(small):
        small.agree(TERMS[how])
    elif what == "others declared":
        small.declared = tuple(how)


def lived(begin: int, steps: Iterable[tuple[str, Any]], met: Counter[str]) -> None:
    async def life() -> None:
        with tempfile.TemporaryDirectory() as folder:
            async with living(Path(folder), begin) as small:
                small.now += MINUTE
                for what, how in steps:
                    await step(small, what, how, met)
                    small.now += 1000
                await start(small, met)
                if not any(what == "set back" for what, _ in steps):
                    await small.publish()
                    assert small.live() == await small.replayed()

    asyncio.run(life())


def test_an_account_from_a_checkpoint_is_the_one_from_the_ledger():
    met: Counter[str] = Counter()

    @settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(lives)
    def at_every_start(life: tuple[int, Sequence[tuple[str, Any]]]) -> None:
        lived(*life, met)

    at_every_start()
    assert min(met["neither"], met["last month"], met["this month"]) > 5, met
