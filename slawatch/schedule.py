"""When: the only file that knows APScheduler. Its jobs hand an id on and end; the work has another parent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from slawatch.clock import Clock
from slawatch.model import SECOND
from slawatch.rules.calendar import moment
from slawatch.rules.grid import Grid


class Schedule:
    """Calls `hand(id)` on the event loop at each slot of each id's grid.

    In UTC, since a scheduler in local time stands still when the clocks change; late rather than never, since the
    receiver works out which slots were skipped; without jitter, which adds up.
    """

    def __init__(self, scheduler: AsyncIOScheduler, hand: Callable[[str], None], clock: Clock) -> None:
        self._scheduler = scheduler
        self._hand = hand
        self._clock = clock
        self._open = True

    def set(self, id_: str, grid: Grid) -> None:
        """From its next slot on, call for `id_`; replaces an earlier grid of the same id."""
        self._scheduler.add_job(
            self._call,
            IntervalTrigger(
                seconds=grid.every / SECOND, start_date=moment(grid.after(self._clock())), timezone=UTC, jitter=None
            ),
            args=[id_],
            id=id_,
            replace_existing=True,
        )

    def remove(self, id_: str) -> None:
        self._scheduler.remove_job(id_)

    def close(self) -> None:
        """Make no further call, also not one that is on its way."""
        self._open = False
        self._scheduler.shutdown(wait=False)

    async def _call(self, id_: str) -> None:
        """A coroutine, since APScheduler calls a plain function in a thread of the loop's executor."""
        if self._open:
            self._hand(id_)


@asynccontextmanager
async def open_schedule(hand: Callable[[str], None], clock: Clock) -> AsyncIterator[Schedule]:
    """A running schedule; on leaving no further call is made. `hand` must not block."""
    scheduler = AsyncIOScheduler(
        timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
    )
    scheduler.start()
    schedule = Schedule(scheduler, hand, clock)
    try:
        yield schedule
    finally:
        schedule.close()
        await asyncio.sleep(0)  # the loop's turn in which APScheduler stops its timer
