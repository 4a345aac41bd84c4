"""Where the ledger ends: the account and the recorder go on from there, for all customers at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from slawatch.account import Account, all_agreed, all_in_force, latest_at, restored, standings
from slawatch.clock import Clock
from slawatch.config import Config
from slawatch.model import EventKind
from slawatch.reporters.metrics import Metrics
from slawatch.rules.stands import Standing
from slawatch.store import Batch, Store
from slawatch.watch import Recorder


class Restarted(NamedTuple):
    """The recorder, and how it stands with what was declared to each customer."""

    recorder: Recorder
    standings: Mapping[str, Standing]


async def restart(config: Config, store: Store, account: Account, metrics: Metrics, clock: Clock) -> Restarted:
    """Take the configured customers into the account, and go on recording where the ledger ends."""
    agreed = await all_agreed(store, {one.id: one.terms() for one in config.customers})
    known = await standings(store, agreed)
    declared = await all_in_force(store, known)
    books = await account.open({customer: (terms, declared[customer]) for customer, terms in agreed.items()})
    stood = await restored(store, books, clock())
    if stood.events:
        await store.record(Batch(events=stood.events))
    recorder = Recorder(
        store,
        clock,
        states=stood.states,
        latest=latest_at(books),
        on_write_failure=metrics.ledger_write_failed,
        overran=[event.id for event in await store.events(kind=EventKind.OVERRAN)],
    )
    return Restarted(recorder, known)
