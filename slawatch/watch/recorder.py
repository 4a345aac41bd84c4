"""Judge and record: one transaction holds the looks, the events and the messages they owe; then others may know.

Memory advances only after the commit. While the store cannot write, what was seen waits here, bounded, and is judged
again with what came since: the rules are pure, so that changes nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import structlog

from slawatch.clock import Clock
from slawatch.model import CheckId, Event, EventKind, Instant, Message, Observation, Terms, Verdict
from slawatch.rules.agreed import FOREVER, Agreed
from slawatch.rules.confirmation import Run
from slawatch.rules.exclusions import JudgedExclusion
from slawatch.rules.judging import CustomerState, Judged, judge, reconfigure
from slawatch.rules.overrun import overruns
from slawatch.rules.owed import Recipients, owe
from slawatch.store import Batch, Store, StoreBusy

log = structlog.get_logger()

#: Looks are gathered for so long before they are written together; what is not plain `up` is written at once.
GATHER_SECONDS = 0.25
RETRY_SECONDS = 1.0
#: So often it is looked whether an outage is to be told now, also when no look comes in: at the end of maintenance.
UNSAID_SECONDS = 1.0
#: A hundred customers for about an hour and a half without a store.
MOST_WAITING = 100_000


@dataclass(frozen=True, slots=True)
class Watched:
    """What judging needs to know of a customer. `windows`: the exclusions declared for it, judged for notice."""

    agreed: Agreed
    recipients: Recipients | None = None
    windows: tuple[JudgedExclusion, ...] = ()

    @property
    def terms(self) -> Terms:
        return self.agreed.latest

    def since(self, now: Instant) -> Instant:
        """When the terms in force came into force; of terms that always were, `now`."""
        return self.agreed.versions[-1][0] or now

    def counts_since(self, check: str) -> Instant:
        """Since when the check makes the figure."""
        return next((starts for starts, ends in self.agreed.counting(check) if ends == FOREVER), 0)

    def in_counted_window(self, now: Instant) -> bool:
        return any(starts <= now < ends for one in self.windows for starts, ends in one.left_out)


@dataclass(frozen=True, slots=True)
class Committed:
    """What one transaction made true."""

    observations: tuple[Observation, ...]
    events: tuple[Event, ...]
    messages: tuple[Message, ...]
    blips: tuple[str, ...]  # the customer of each


@dataclass(frozen=True, slots=True)
class _Entry:
    """A look to judge; without one, that the customer's checks are others now, or that time has passed."""

    customer: str
    judged: asyncio.Future[Run | None]
    at: Instant  # when it came in: judged later, or again, it is judged as of then
    observation: Observation | None = None


class Recorder:
    """The only way into the ledger. `submit` from any task; `run` is the loop that judges and writes."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        *,
        states: Mapping[str, CustomerState],
        latest: Mapping[CheckId, Instant],
        on_write_failure: Callable[[], None],
        overran: Collection[str] = (),
    ) -> None:
        """`overran`: the ids of the overruns that the ledger knows."""
        self._store = store
        self._clock = clock
        self._on_write_failure = on_write_failure
        self._states = dict(states)
        self._ahead = dict(states)  # judged, maybe not yet stored
        self._latest = dict(latest)
        self._overran = frozenset(overran)
        self._watched: Mapping[str, Watched] = {}
        self._waiting: list[_Entry] = []
        self._arrived = asyncio.Event()
        self._pressing = asyncio.Event()
        self._failing = False
        self.committed: asyncio.Queue[Committed] = asyncio.Queue()

    @property
    def waiting(self) -> int:
        """How many looks are not in the ledger yet."""
        return len(self._waiting)

    @property
    def failing(self) -> bool:
        """Whether the store did not take what was seen."""
        return self._failing

    def state(self, customer: str) -> CustomerState:
        """The committed state of a customer."""
        return self._states.get(customer, CustomerState())

    def run_of(self, check: CheckId) -> Run | None:
        """The check's run as judged so far, stored or not; None while it is up."""
        return self._ahead.get(check.customer, CustomerState()).runs.get(check.name)

    def configure(self, watched: Mapping[str, Watched]) -> None:
        """Take new terms. What is not watched or does not count any more leaves its outage; what counts now joins."""
        before, self._watched = self._watched, watched
        for customer in before.keys() | watched.keys():
            state, now = self._ahead.get(customer, CustomerState()), self._clock()
            since = watched[customer].since(now) if customer in watched else now
            if self._reconfigure(state, customer, since) != Judged(state):
                self._enter(_Entry(customer, asyncio.get_running_loop().create_future(), since))

    def _reconfigure(self, state: CustomerState, customer: str, now: Instant) -> Judged:
        watched = self._watched.get(customer)
        checks = () if watched is None else tuple(watched.terms.checks)
        counting = () if watched is None else watched.terms.availability.checks
        return reconfigure(state, customer, checks, counting, now)

    async def submit(self, observation: Observation) -> Run | None:
        """Hand in a look; returns as soon as it is judged (not: stored) the check's run, None when it is up.

        Looks of one check must come in order of `at`; one that does not is refused, logged, and written nowhere.
        """
        if observation.at <= self._latest.get(observation.check, 0):
            log.warning("observation.out_of_order", check=str(observation.check), at=observation.at)
            return self.run_of(observation.check)
        if len(self._waiting) >= MOST_WAITING:
            log.error("observation.lost", check=str(observation.check), waiting=len(self._waiting))
            return None
        self._latest[observation.check] = observation.at
        entry = _Entry(
            observation.check.customer, asyncio.get_running_loop().create_future(), self._clock(), observation
        )
        self._enter(entry)
        return await entry.judged

    def _enter(self, entry: _Entry) -> None:
        self._waiting.append(entry)
        self._arrived.set()
        seen = entry.observation
        if seen is None or seen.verdict is not Verdict.UP or self.state(seen.check.customer).runs:
            self._pressing.set()

    async def run(self, alive: Callable[[], None] = lambda: None) -> None:
        """Judge and write until cancelled; then what waits is written once more, if the store lets it.

        `alive` is called in each round, also while nothing comes and while the store is busy.
        """
        try:
            while True:
                alive()
                self._enter_unsaid()
                if not await self._something_came():
                    continue
                await self._gather()
                if not await self._write():
                    await asyncio.sleep(RETRY_SECONDS)
        finally:
            if self._waiting:
                await self._write()

    def _enter_unsaid(self) -> None:
        """An outage that maintenance kept quiet is to be told when that is over, whether anyone looks or not."""
        now, loop = self._clock(), asyncio.get_running_loop()
        for customer, state in self._ahead.items():
            watched = self._watched.get(customer)
            if state.outage is None or state.outage.told or watched is None or watched.recipients is None:
                continue
            if not watched.in_counted_window(now):
                self._enter(_Entry(customer, loop.create_future(), now))

    async def _something_came(self) -> bool:
        try:
            async with asyncio.timeout(UNSAID_SECONDS):
                await self._arrived.wait()
        except TimeoutError:
            return False
        return True

    async def _gather(self) -> None:
        try:
            async with asyncio.timeout(GATHER_SECONDS):
                await self._pressing.wait()
        except TimeoutError:
            return

    async def _write(self) -> bool:
        entries = tuple(self._waiting)
        states, committed = self._judge(entries)
        self._ahead.update(states)
        try:
            await self._store.record(Batch(committed.observations, committed.events, committed.messages))
        except StoreBusy as busy:
            self._on_write_failure()
            if not self._failing:
                log.error("store.failing", reason=str(busy), waiting=len(self._waiting))
            self._failing = True
            return False
        if self._failing:
            log.info("store.recovered", written=len(entries))
        self._failing = False
        self._states.update(states)
        self._overran |= {event.id for event in committed.events if event.kind is EventKind.OVERRAN}
        del self._waiting[: len(entries)]
        if not self._waiting:
            self._arrived.clear()
            self._pressing.clear()
        self.committed.put_nowait(committed)
        return True

    def _judge(self, entries: Sequence[_Entry]) -> tuple[dict[str, CustomerState], Committed]:
        states: dict[str, CustomerState] = {}
        events: list[Event] = []
        messages: list[Message] = []
        blips: list[str] = []
        for entry in entries:
            customer, look, now = entry.customer, entry.observation, entry.at
            state = states.get(customer, self.state(customer))
            watched = self._watched.get(customer)
            if look is None:
                judged = self._reconfigure(state, customer, now)
            elif watched is None or look.check.name not in watched.terms.checks:
                judged = Judged(state)  # it was under way when its check left
            else:
                counts = look.check.name in watched.terms.availability.checks
                confirm = watched.agreed.policy(look.check.name).confirm(look.at)
                since = watched.counts_since(look.check.name)
                judged = judge(state, look, confirm, now, counts=counts, since=since)
            if watched is not None and watched.recipients is not None:
                judged, owed = owe(judged, watched.recipients, now, quiet=watched.in_counted_window(now))
                messages.extend(owed)
            states[customer] = judged.state
            events.extend(judged.events)
            if watched is not None:
                known = self._overran | {event.id for event in events}
                declared = (one.exclusion for one in watched.windows)
                events.extend(overruns(state, judged.state, declared, known, now))
            blips.extend([customer] * judged.blip)
            if not entry.judged.done():
                entry.judged.set_result(judged.state.runs.get(look.check.name) if look else None)
        seen = tuple(entry.observation for entry in entries if entry.observation is not None)
        return states, Committed(seen, tuple(events), tuple(messages), tuple(blips))
