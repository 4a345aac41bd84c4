"""After a commit: whoever wants to know is told. And the pulse of the event loop."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from slawatch.account import Account
from slawatch.app.mailing import CHANNEL
from slawatch.model import MONITOR_CAUSES, EventKind, Lane, MessageState
from slawatch.observers import Observer
from slawatch.reporters.metrics import Metrics
from slawatch.store import Store, StoreBusy
from slawatch.watch import Committed, Recorder
from slawatch.web import Health

PULSE_SECONDS = 0.25
OUTBOX_SECONDS = 5.0
#: What waits in each lane is told apart: a summary may wait long for its PDF, and that is nothing to wake somebody for.
CHANNELS = {Lane.NEWS: CHANNEL, Lane.SUMMARIES: "summaries"}
#: Without a turn for so long the event loop counts as stuck.
STUCK_SECONDS = 15.0
#: Without a step for so long a loop does: a disk may take its time, and a daemon that is ended for that helps nobody.
LOOP_SECONDS = 120.0


async def publish(
    recorder: Recorder, account: Account, metrics: Metrics, observer: Observer, owed: asyncio.Event
) -> None:
    """Pass on what each transaction made true, until cancelled. `owed` is set when messages are."""
    while True:
        tell(await recorder.committed.get(), account, metrics, observer, owed)


def tell(committed: Committed, account: Account, metrics: Metrics, observer: Observer, owed: asyncio.Event) -> None:
    """One transaction: figures, metrics, observers, and the delivery loop."""
    if committed.messages:
        owed.set()
    account.applied(committed.observations)
    for one in committed.observations:
        metrics.observed(one)
        if one.look.cause in MONITOR_CAUSES:
            metrics.suspect(one.look.cause)
        observer.on_look(one)
    for customer in committed.blips:
        metrics.blip(customer)
    for event in committed.events:
        if event.kind is EventKind.OPENED:
            metrics.outage_opened(event.customer)
        observer.on_event(event)


async def pulse(metrics: Metrics, health: Health) -> None:
    """Measure how late the event loop is, and give its sign of life."""
    health.expect("event loop", STUCK_SECONDS)
    loop = asyncio.get_running_loop()
    while True:
        expected = loop.time() + PULSE_SECONDS
        await asyncio.sleep(PULSE_SECONDS)
        metrics.loop_lag(max(0.0, loop.time() - expected))
        health.beat("event loop")


class Outbox:
    """How many messages are in each state, and since when they wait: looked at now and then."""

    def __init__(self, store: Store, metrics: Metrics) -> None:
        self._store = store
        self._metrics = metrics
        self.counts: dict[str, int] = {}

    async def run(self) -> None:
        """Count until cancelled; what cannot be counted now is counted next time."""
        while True:
            with suppress(StoreBusy):
                every = [(channel, await self._store.message_counts(lane)) for lane, channel in CHANNELS.items()]
                for channel, counts in every:
                    pending = counts[MessageState.QUEUED] + counts[MessageState.SENDING]
                    self._metrics.outbox(channel, pending, failed=counts[MessageState.FAILED])
                self.counts = {str(state): sum(counts[state] for _, counts in every) for state in MessageState}
                self._metrics.owed_since(CHANNEL, await self._store.owed_since())
            await asyncio.sleep(OUTBOX_SECONDS)
