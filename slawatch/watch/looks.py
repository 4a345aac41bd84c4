"""Tick and look: which check is looked at when, and when again. One look of a check at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import structlog

from slawatch.clock import Clock
from slawatch.model import SECOND, Cause, CheckId, CheckTerms, Instant, Look, Micros, Observation, Verdict
from slawatch.probes import Probe
from slawatch.rules.confirmation import Run
from slawatch.rules.grid import Due, Grid, Pace, due
from slawatch.schedule import Schedule
from slawatch.watch.recorder import Recorder

log = structlog.get_logger()

#: After confirmation a down page is looked at again at most so often.
DOWN_EVERY: Micros = 15 * SECOND


@dataclass(slots=True)
class _Post:
    """One check's place on the watch."""

    probe: Probe
    terms: CheckTerms
    recheck: Micros
    grid: Grid
    pace: Pace
    looking: bool = False
    verdict: Verdict = Verdict.UP  # of the latest look that was not unknown
    failed: Instant = 0  # when the latest look that was down was over
    chain: asyncio.Task[None] | None = None  # the looks after a failing one


class Watch:
    """Looks at each check on its slots, and again after a failure, until it is sure."""

    def __init__(
        self,
        recorder: Recorder,
        clock: Clock,
        tasks: asyncio.TaskGroup,
        *,
        node: str,
        pages_at_once: int,
        on_lag: Callable[[Micros], None],
        on_looked: Callable[[CheckId, float], None] = lambda _check, _seconds: None,
    ) -> None:
        self._recorder = recorder
        self._clock = clock
        self._tasks = tasks
        self._node = node
        self._on_lag = on_lag
        self._on_looked = on_looked
        self._places = asyncio.Semaphore(pages_at_once)
        self._posts: dict[str, _Post] = {}

    def configure(self, probes: Mapping[CheckId, tuple[Probe, CheckTerms, Micros]], schedule: Schedule) -> None:
        """Watch these checks, each with its probe, terms and `confirm.recheck`, and no others.

        A check that was watched before keeps its pace.
        """
        now = self._clock()
        wanted = {str(check): (check, *rest) for check, rest in probes.items()}
        for id_ in self._posts.keys() - wanted.keys():
            schedule.remove(id_)
            chain = self._posts.pop(id_).chain
            if chain is not None:
                chain.cancel()
        for id_, (check, probe, terms, recheck) in wanted.items():
            grid = Grid.of(check, terms.every)
            post = self._posts.get(id_)
            if post is None:
                self._posts[id_] = _Post(probe, terms, recheck, grid, Pace(now))
                schedule.set(id_, grid)
                continue
            if post.grid != grid:
                post.pace = replace(post.pace, latest=max(post.pace.latest, grid.latest(now)))
                schedule.set(id_, grid)
            post.probe, post.terms, post.recheck, post.grid = probe, terms, recheck, grid

    def tick(self, id_: str) -> None:
        """A slot of this check has come; called by the schedule, maybe late."""
        post = self._posts.get(id_)
        if post is None or post.looking:
            return
        now = self._clock()
        answer = due(post.grid, post.pace, now)
        if answer.skipped or answer.slot:
            post.pace = replace(post.pace, latest=post.grid.latest(now))
        if answer.skipped:
            log.warning("slots.skipped", check=id_, slots=len(answer.skipped))
        if answer.slot is not None:
            self._on_lag(now - answer.slot)
        if answer.skipped or answer.slot is not None:
            post.looking = True
            self._start(self._attend(post, answer), f"look {id_}")

    def _start(self, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        return self._tasks.create_task(work, name=name)

    async def _attend(self, post: _Post, answer: Due) -> None:
        """What a tick is owed: a row for each skipped slot, then the look. `post.looking` is already set."""
        run = None
        try:
            missed = Look(Verdict.UNKNOWN, Cause.MONITOR_MISSED)
            await asyncio.gather(*(self._hand_in(post, slot, missed) for slot in answer.skipped))
            if answer.slot is not None:
                async with self._place(post, post.terms.every // 2) as free:
                    look = await self._look(post) if free else Look(Verdict.UNKNOWN, Cause.MONITOR_OVERLOAD)
                run = await self._hand_in(post, answer.slot, look)
        finally:
            self._free(post)
        self._follow(post, run)

    def _free(self, post: _Post) -> None:
        post.looking = False
        post.pace = replace(post.pace, busy_until=self._clock())

    def _follow(self, post: _Post, run: Run | None) -> None:
        """While a check is down it is looked at again, beside its slots; one chain of looks at a time."""
        if run is not None and (post.chain is None or post.chain.done()):
            post.looking = not run.confirmed
            post.chain = self._start(self._again(post, run), f"again {post.terms.id}")

    async def _again(self, post: _Post, run: Run | None) -> None:
        while run is not None and self._posts.get(str(post.terms.id)) is post:
            if self._clock() - post.failed > post.terms.every:
                # For so long we could not see. Whatever keeps us out (it may count our logins), hurry does not help.
                return
            if not run.confirmed:
                # Waiting for the second look is part of looking: slots that come due meanwhile are no miss.
                post.looking = True
                await self._pause(post, post.recheck)
            elif post.terms.id.kind == "http":
                return
            else:
                await asyncio.sleep(min(DOWN_EVERY, post.terms.every) / SECOND)
            run = await self._look_again(post)

    async def _pause(self, post: _Post, length: Micros) -> None:
        try:
            await asyncio.sleep(length / SECOND)
        finally:
            self._free(post)

    async def _look_again(self, post: _Post) -> Run | None:
        """A look beside the grid. Where our own load leaves no place for it, nothing is written."""
        check = post.terms.id
        if post.looking:
            return self._recorder.run_of(check)
        post.looking = True
        try:
            at = self._clock()
            async with self._place(post, min(DOWN_EVERY, post.terms.every)) as free:
                if not free:
                    return self._recorder.run_of(check)
                at = self._clock()
                look = await self._look(post)
            if look.cause is Cause.MONITOR_OVERLOAD:
                return self._recorder.run_of(check)
            return await self._hand_in(post, at, look, recheck=True)
        finally:
            self._free(post)

    async def _hand_in(self, post: _Post, at: Instant, look: Look, *, recheck: bool = False) -> Run | None:
        check = post.terms.id
        run = await self._recorder.submit(
            Observation(check, self._node, at, look, recheck=recheck, holds=post.terms.stale_after)
        )
        if look.verdict is not Verdict.UNKNOWN:
            before, post.verdict = post.verdict, look.verdict
            if look.verdict is Verdict.DOWN:
                post.failed = self._clock()
            if check.kind == "http" and look.verdict is not before:
                self._look_at_pages(check.customer)
        return run

    def _look_at_pages(self, customer: str) -> None:
        """The http check fails or recovers: the customer's pages are looked at right away."""
        for id_, post in self._posts.items():
            if post.terms.id.customer == customer and post.terms.id.kind == "page" and not post.looking:
                self._start(self._at_once(post), f"at once {id_}")

    async def _at_once(self, post: _Post) -> None:
        self._follow(post, await self._look_again(post))

    async def _look(self, post: _Post) -> Look:
        """One look; a probe that breaks is our fault, and so unknown."""
        began = asyncio.get_running_loop().time()
        try:
            return await post.probe.look()
        except Exception:
            log.exception("look.broken", check=str(post.terms.id))
            return Look(Verdict.UNKNOWN, Cause.MONITOR_BROWSER)
        finally:
            self._on_looked(post.terms.id, asyncio.get_running_loop().time() - began)

    @asynccontextmanager
    async def _place(self, post: _Post, patience: Micros) -> AsyncIterator[bool]:
        """A place in the browser, for a page; False when none came free in time."""
        if post.terms.id.kind != "page":
            yield True
            return
        try:
            async with asyncio.timeout(patience / SECOND):
                await self._places.acquire()
        except TimeoutError:
            yield False
            return
        try:
            yield True
        finally:
            self._places.release()
