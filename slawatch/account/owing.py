"""The loop of what comes to be owed as time passes: updates of an outage that lasts, reminders of maintenance."""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import structlog

from slawatch.clock import Clock
from slawatch.model import MINUTE, ExclusionKind, Instant, Message, MessageKind
from slawatch.rules.announced import reminders
from slawatch.rules.declared import standing
from slawatch.rules.exclusions import JudgedExclusion
from slawatch.rules.judging import OpenOutage
from slawatch.rules.owed import Recipients, next_update, update_due, update_messages
from slawatch.rules.stands import Words
from slawatch.store import Batch, Store, StoreBusy

log = structlog.get_logger()

LOOK_SECONDS = 5.0
#: Later than anything.
_NEVER: Instant = 2**62


@dataclass(frozen=True, slots=True)
class Attended:
    """A customer of whom somebody is mailed. `windows`: what may be left out of its figures, by start.

    `outage`: the one that lasts and that its contacts were told of, as long as no maintenance keeps it quiet.
    """

    customer: str
    recipients: Recipients
    outage: OpenOutage | None
    windows: Sequence[JudgedExclusion]


class Near(NamedTuple):
    """A version of a window that starts soon."""

    customer: str
    window: str
    number: int
    starts: Instant


class Owing:
    """Owes what is due. `customers`: as they stand at the moment of asking."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        customers: Callable[[], Iterable[Attended]],
        turn: asyncio.Lock,
        owed: asyncio.Event,
    ) -> None:
        """`turn`: held meanwhile: nobody declares an update of the same number. `owed`: set when something is."""
        self._store = store
        self._clock = clock
        self._customers = customers
        self._turn = turn
        self._owed = owed
        self._not_before: dict[str, Instant] = {}  # by outage
        self._reminded: set[Near] = set()
        self._failing = False

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                await self.look()
                self._failing = False
            except StoreBusy as busy:
                if not self._failing:
                    log.error("owing.waiting", reason=str(busy))
                self._failing = True
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """Owe what is due now, once. Raises StoreBusy."""
        now, customers = self._clock(), tuple(self._customers())
        lasting = {one.outage.id for one in customers if one.outage is not None}
        self._not_before = {id_: at for id_, at in self._not_before.items() if id_ in lasting}
        near = {which for one in customers for which in _near(one, now)}
        if not self._may_be_due(customers, near, now):
            return
        async with self._turn:
            messages: list[Message] = []
            for one in customers:
                messages += await self._updates(one, now)
                messages += await self._reminders(one, now)
            if messages:
                await self._store.record(Batch(messages=tuple(messages)))
                self._owed.set()
        self._reminded = near

    def _may_be_due(self, customers: Iterable[Attended], near: set[Near], now: Instant) -> bool:
        self._reminded &= near
        return near != self._reminded or any(self._may_be_updated(one, now) for one in customers)

    def _may_be_updated(self, one: Attended, now: Instant) -> bool:
        if one.outage is None or one.recipients.cadence.update_every is None:
            return False
        return self._not_before.get(one.outage.id, 0) <= now

    async def _updates(self, one: Attended, now: Instant) -> tuple[Message, ...]:
        outage, every = one.outage, one.recipients.cadence.update_every
        if outage is None or every is None or not self._may_be_updated(one, now):
            return ()
        owed = await self._store.messages(outage=outage.id)
        due = update_due(owed, outage.times, every)
        if due is None or now < due:
            self._not_before[outage.id] = now + MINUTE if due is None else due
            return ()
        said = await self._store.declarations(one.customer, subject=outage.id)
        words = standing(said, one.customer).outages.get(outage.id, Words())
        if words.acknowledged is not None:
            self._not_before[outage.id] = _NEVER
            return ()
        number = next_update(owed, words.updates)
        return update_messages(one.customer, outage.id, number, outage.threads, one.recipients, now)

    async def _reminders(self, one: Attended, now: Instant) -> list[Message]:
        found: list[Message] = []
        for which in _near(one, now):
            if which in self._reminded:
                continue
            announced: list[Message] = []
            for about in dict.fromkeys((which.window, which.window.partition(".")[0])):
                announced += await self._store.messages(one.customer, outage=about, kind=MessageKind.MAINTENANCE)
            found += reminders(*which, announced, one.recipients, now)
        return found


def _near(one: Attended, now: Instant) -> Iterator[Near]:
    """What the customer's contacts are to be reminded of by now."""
    ahead = one.recipients.cadence.reminder
    if ahead is None:
        return
    for judged in one.windows[bisect_right(one.windows, now, key=_starts) :]:
        if judged.starts - ahead > now:
            return
        window = judged.exclusion
        if window.kind is ExclusionKind.MAINTENANCE and window.id is not None and window.ended is None:
            yield Near(one.customer, window.id, len(window.earlier) + 1, judged.starts)


def _starts(judged: JudgedExclusion) -> Instant:
    return judged.starts
