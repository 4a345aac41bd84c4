"""When the watch hurries: after a failure and at the network's fall; and when it stops hurrying."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from small_slawatch import DOWN, GONE, KINDS, PARK, UNKNOWN, UP, Small, at, living

from slawatch import clock
from slawatch.model import SECOND, Cause, CheckId, Look, Verdict
from slawatch.rules.grid import Grid
from slawatch.schedule import open_schedule
from slawatch.watch import Watch

REJECTED = Look(Verdict.UNKNOWN, Cause.LOGIN_REJECTED)


def check(name: str) -> CheckId:
    return CheckId(PARK, KINDS[name], name)


class Sees:
    """A probe that sees one thing after another, and the last one for ever. Tells when it has looked."""

    def __init__(self, id_: CheckId, *looks: Look, then: Callable[[int], None] = lambda _: None) -> None:
        self.id = id_
        self._looks = looks
        self._then = then
        self.looked = 0

    async def look(self) -> Look:
        self.looked += 1
        self._then(self.looked)
        return self._looks[min(self.looked, len(self._looks)) - 1]


class _Over(Exception):
    pass


@asynccontextmanager
async def watching(folder: Path, **sees: Sees) -> AsyncIterator[tuple[Small, Watch]]:
    """A watch on these probes and on the test's clock; rechecks follow after a millisecond."""
    async with living(folder, at("2026-03-10T12:00:00Z")) as small:
        try:
            async with asyncio.TaskGroup() as tasks:
                watch = Watch(small.recorder, small.clock, tasks, node="main", pages_at_once=2, on_lag=lambda _: None)
                async with open_schedule(lambda _: None, clock.now) as schedule:
                    probes = {one.id: (one, small.terms.checks[name], 1000) for name, one in sees.items()}
                    watch.configure(probes, schedule)
                    yield small, watch
                    raise _Over
        except* _Over:
            pass


def tick(small: Small, watch: Watch, probe: Sees) -> None:
    """The clock comes to the check's next slot."""
    small.now = Grid.of(probe.id, small.terms.checks[probe.id.name].every).after(small.now)
    watch.tick(str(probe.id))


async def until(what: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not what():
            await asyncio.sleep(0.001)


async def test_a_network_that_falls_after_a_look_that_saw_nothing_has_the_pages_looked_at(tmp_path: Path):
    http, dashboard = Sees(check("http"), UP, UNKNOWN, GONE), Sees(check("dashboard"), UP)
    async with watching(tmp_path, http=http, dashboard=dashboard) as (small, watch):
        for number in (1, 2, 3):
            await until(lambda: not watch._posts[str(http.id)].looking)
            tick(small, watch, http)
            await until(lambda number=number: http.looked >= number)

        await until(lambda: dashboard.looked == 1)


async def test_when_something_keeps_us_out_after_a_failure_the_hurry_ends_with_the_interval(tmp_path: Path):
    async with AsyncExitStack() as stack:

        def passes(_: int) -> None:
            small.now += 20 * SECOND

        dashboard = Sees(check("dashboard"), DOWN, REJECTED, then=passes)
        small, watch = await stack.enter_async_context(watching(tmp_path, dashboard=dashboard))
        tick(small, watch, dashboard)
        post = watch._posts[str(dashboard.id)]
        await until(lambda: post.chain is not None and post.chain.done())

        assert dashboard.looked == 1 + 4  # until more than the page's minute has gone by
        assert not post.looking
