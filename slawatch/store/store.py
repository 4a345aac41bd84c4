"""The store as everyone else sees it: opening, and what can be written and read.

Every method leaves the event loop free. Writing raises StoreBusy (nothing is half-written; call again later) or
StoreTorn; reading too, where the database or its server is gone. A cancelled call still runs to its end.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection

from slawatch.clock import Clock, now
from slawatch.model import (
    DAY,
    MINUTE,
    CheckId,
    Declaration,
    DeclarationKind,
    Event,
    EventKind,
    Holidays,
    Instant,
    Lane,
    Message,
    MessageKind,
    MessageState,
    Micros,
    Observation,
)
from slawatch.rules.rows import ObservationRow
from slawatch.store import (
    chains,
    checkpoints,
    claiming,
    days,
    declarations,
    holidays,
    keys,
    looks,
    observations,
    outages,
    outbox,
    pruning,
    statements,
    terms,
)
from slawatch.store.address import read_address
from slawatch.store.backend import READERS, Backend
from slawatch.store.chain_check import ChainCheck, check_chains
from slawatch.store.errors import StoreError
from slawatch.store.observations import Stretch
from slawatch.store.people import People
from slawatch.store.postgres import PostgresBackend
from slawatch.store.reported import Reported
from slawatch.store.sqlite import SqliteBackend
from slawatch.store.threads import Readers, Writer
from slawatch.store.values import (
    Batch,
    OpenOutage,
    SealedDay,
    StoredCheckpoint,
    StoredStatement,
    StoredTerms,
)

T = TypeVar("T")


@asynccontextmanager
async def open_store(
    url: str, *, write: bool, clock: Clock = now, patience: timedelta = timedelta(seconds=2)
) -> AsyncIterator[Store]:
    """The store at `url`: `sqlite:///FILE` (relative to the working directory; four slashes: absolute) or `postgresql://...`.

    With `write` it is made or migrated when needed, and no other process can open it for writing; without, nothing
    is changed or made. `clock` says when rows were recorded. `patience`: how long a lock is waited for.
    Raises the StoreErrors of `store.errors`. Leaving waits for what was handed in.
    """
    address = read_address(url)
    backend: Backend = (
        SqliteBackend(address, patience) if isinstance(address, Path) else PostgresBackend(address, patience)
    )
    async with AsyncExitStack() as stack:
        writer = None
        if write:
            writer = Writer(backend)
            stack.push_async_callback(writer.close)
            await writer.open()
        readers = Readers(backend, READERS)
        stack.push_async_callback(readers.close)  # before the writer, which tidies up what the last one leaves
        await readers.open()
        yield Store(writer, readers, clock)


class Store:
    """An open store. Instants and lengths are microseconds; stretches are half-open, [since, until)."""

    def __init__(self, writer: Writer | None, readers: Readers, clock: Clock) -> None:
        self._writer = writer
        self._readers = readers
        self._clock = clock
        self.people = People(self._write, self._read)
        self.reported = Reported(self._write, self._read, clock)

    # --- the ledger -------------------------------------------------------------------------------------------------

    async def record(self, batch: Batch) -> None:
        """All of `batch` or nothing, on the disk on return. Rows that are there stay: a batch may be repeated."""
        recorded = self._clock()

        def write(connection: Connection) -> None:
            observations.add(connection, batch.observations, recorded)
            outages.add(connection, batch.events)
            outbox.add(connection, batch.messages)

        await self._write(write)

    async def observations(
        self, customer: str, since: Instant, until: Instant, check: str | None = None, node: str | None = None
    ) -> tuple[Observation, ...]:
        """Ordered by (check, at, node). Those of pruned days have no phases and no facts."""
        stretch = Stretch(customer, since, until, check, node)
        return await self._read(lambda c: looks.between(c, stretch))

    async def observation_rows(
        self, customer: str, since: Instant, until: Instant, check: str | None = None
    ) -> list[ObservationRow]:
        """As `observations`, for a month at once: plain values, without kind, phases and facts."""
        stretch = Stretch(customer, since, until, check)
        return await self._read(lambda c: looks.rows_between(c, stretch))

    async def rows_since(self, since: Mapping[CheckId, Instant], until: Instant) -> dict[CheckId, list[ObservationRow]]:
        """As `observation_rows`, of many checks at once, each from an instant of its own."""
        return await self._read(lambda c: observations.rows_since(c, since, until))

    async def last_up(self, customer: str, check: str, before: Instant) -> Instant | None:
        """The `at` of the last `up` look before `before`."""
        return await self._read(lambda c: looks.last_up(c, customer, check, before))

    async def first_up(self, customer: str, check: str, since: Instant, until: Instant) -> Instant | None:
        """The `at` of the first `up` look in [since, until)."""
        return await self._read(lambda c: looks.first_up(c, customer, check, since, until))

    async def first_look(self, customer: str, check: str, since: Instant) -> Instant | None:
        """The `at` of the first look from `since` on."""
        return await self._read(lambda c: looks.first_look(c, customer, check, since))

    async def first_at(self, customer: str) -> Instant | None:
        """The `at` of the customer's first observation."""
        return await self._read(lambda c: looks.first_at(c, customer))

    async def latest(self, customer: str) -> tuple[Observation, ...]:
        """The last observation of each of the customer's checks, by check, also of checks that are no more."""
        return await self._read(lambda c: observations.latest(c, customer))

    async def events(
        self,
        customer: str | None = None,
        since: Instant | None = None,
        until: Instant | None = None,
        outage: str | None = None,
        kind: EventKind | None = None,
    ) -> tuple[Event, ...]:
        """Those whose `at` lies in [since, until), in the order in which they were judged."""
        return await self._read(lambda c: outages.find(c, customer, since, until, outage, kind))

    async def latest_outages(self, asked: outages.OutagesAsked) -> tuple[Event, ...]:
        """All events of the outages that are asked for, in the order in which they were judged."""
        return await self._read(lambda c: outages.latest(c, asked))

    async def last_outages(self) -> tuple[Event, ...]:
        """All events of each customer's latest outage, in the order in which they were judged."""
        return await self._read(outages.last)

    async def open_outages(self, customer: str | None = None) -> tuple[OpenOutage, ...]:
        """Those not closed since they were opened or reopened, by their start."""
        return await self._read(lambda c: outages.still_open(c, customer))

    # --- sealed days ------------------------------------------------------------------------------------------------

    async def seal_day(self, sealed: SealedDay) -> bool:
        """Whether it was new: a day that is sealed stays as it was."""
        return await self._write(lambda c: days.save(c, sealed))

    async def sealed_days(self, customer: str, check: str, since: Instant, until: Instant) -> tuple[SealedDay, ...]:
        """In order: those that end in (since, until]."""
        return await self._read(lambda c: days.between(c, customer, check, since, until))

    async def last_sealed(self, customer: str, check: str) -> SealedDay | None:
        """The check's latest sealed day."""
        return await self._read(lambda c: days.last(c, customer, check))

    async def unseal_days(self, customer: str, check: str, after: Instant) -> None:
        """Forget the check's days that end after `after`, but for those whose rows are pruned."""
        await self._write(lambda c: days.forget(c, customer, check, after))

    # --- pruned days ------------------------------------------------------------------------------------------------

    async def day_to_prune(self, customer: str, check: str, since: Instant, until: Instant) -> SealedDay | None:
        """The check's first sealed day with rows from `since` on, if it ended by `until`; it may be pruned in part."""
        return await self._read(lambda c: pruning.due(c, customer, check, since, until))

    async def day_with_rows(self, day: SealedDay) -> tuple[SealedDay, list[ObservationRow]]:
        """A sealed day as it stands now, and which of its rows are there, also when it is pruned."""
        return await self._read(lambda c: pruning.with_rows(c, day))

    async def prune(self, day: SealedDay) -> bool:
        """Delete the rows of a sealed day, or what is left of them; from the first one on its packed looks are read.

        In short transactions. False, with nothing changed, unless all rows are there that `day` counts, or it was
        begun before, and a later row of the check is there.
        """
        if not day.pruned and not await self._write(lambda c: pruning.begin(c, day)):
            return False
        while await self._write(lambda c: pruning.delete(c, day)):
            pass
        return True

    # --- checkpoints ------------------------------------------------------------------------------------------------

    async def save_checkpoints(self, made: Sequence[StoredCheckpoint]) -> None:
        """All of them or none, each in place of its customer's one before."""
        await self._write(lambda c: checkpoints.save(c, made))

    async def forget_checkpoints(self, customers: Sequence[str]) -> None:
        """These customers have none any more."""
        await self._write(lambda c: checkpoints.forget(c, customers))

    async def checkpoints(self) -> tuple[StoredCheckpoint, ...]:
        """Each customer's latest, by customer."""
        return await self._read(checkpoints.find)

    # --- evidence ---------------------------------------------------------------------------------------------------

    async def chain_check(self, customer: str, since: Instant, until: Instant) -> ChainCheck:
        """Whether the ledger's rows of the UTC days that meet [since, until) are what was recorded.

        Of days that meet a pruned day only how many looks there were. Raises StoreTorn where its looks cannot be read.
        """
        since_day, until_day = since // DAY, -(-until // DAY)
        return await self._read(lambda c: check_chains(c, customer, since_day, until_day))

    async def chain_fault(self, customer: str, since: Instant, until: Instant) -> str | None:
        """The first fault that `chain_check` finds, in words."""
        return (await self.chain_check(customer, since, until)).fault

    # --- what was agreed --------------------------------------------------------------------------------------------

    async def save_terms(self, customer: str, digest: str, document: str, valid_from: Instant) -> bool:
        """Whether they were new; those in force at `valid_from` anyhow are not written again."""
        recorded = self._clock()

        def write(connection: Connection) -> bool:
            return terms.save(
                connection,
                customer=customer,
                digest=digest,
                document=document,
                valid_from=valid_from,
                recorded=recorded,
            )

        return await self._write(write)

    async def terms(self, customer: str, as_of: Instant | None = None) -> StoredTerms | None:
        """Those in force at `as_of`; without it, the latest."""
        return await self._read(lambda c: terms.at(c, customer, as_of))

    async def terms_history(self, customer: str) -> tuple[StoredTerms, ...]:
        """All, in the order in which they came into force."""
        return await self._read(lambda c: terms.history(c, customer))

    async def terms_histories(self) -> dict[str, tuple[StoredTerms, ...]]:
        """The same of everyone with whom something was ever agreed."""
        return await self._read(terms.histories)

    async def taken_over(self, customers: Collection[str]) -> frozenset[str]:
        """Those of whom a version that keeps evidence has recorded anything, but for declarations."""
        return await self._read(lambda c: frozenset(one for one in customers if chains.begun(c, one)))

    async def customers_with_terms(self) -> tuple[str, ...]:
        """Everyone with whom something was ever agreed, by id."""
        return await self._read(terms.customers)

    async def holidays(
        self, calendar: str, years: Collection[int], propose: Callable[[int], Holidays]
    ) -> dict[int, Holidays]:
        """The holidays of each year, as they were when `calendar` was first asked for that year.

        A year that is not frozen yet is frozen as `propose` has it, all in one transaction; in a store that is opened
        for reading only the proposal is used, and nothing is frozen.
        """
        kept = await self._read(lambda c: holidays.frozen(c, calendar, years))
        if self._writer is None or kept.keys() >= set(years):
            return holidays.complete(kept, years, propose)
        recorded = self._clock()
        return await self._write(lambda c: holidays.freeze(c, calendar, years, propose, recorded))

    # --- what people declared ---------------------------------------------------------------------------------------

    async def declare(self, declared: Sequence[Declaration], owed: Sequence[Message] = ()) -> int:
        """All of them, with what is owed because of them, or nothing; how many were new.

        A declaration whose id is known, and a message that is owed already, stay as they are.
        """

        def write(connection: Connection) -> int:
            outbox.add(connection, owed)
            return declarations.add(connection, declared)

        return await self._write(write)

    async def declarations(
        self,
        customer: str | None = None,
        as_of: Instant | None = None,
        subject: str | None = None,
        kind: DeclarationKind | None = None,
    ) -> tuple[Declaration, ...]:
        """In the order of the ledger; those recorded up to `as_of`, about one `subject`, of one `kind`."""
        return await self._read(lambda c: declarations.find(c, customer, as_of, subject, kind))

    async def declared_customers(self, kinds: Collection[DeclarationKind], since: str = "") -> tuple[str, ...]:
        """In order: about whom something of these kinds was declared, from this customer on."""
        return await self._read(lambda c: declarations.customers(c, kinds, since))

    async def declarations_of(
        self, customers: Collection[str], kinds: Collection[DeclarationKind]
    ) -> tuple[Declaration, ...]:
        """In the order of the ledger; those of these customers and kinds."""
        return await self._read(lambda c: declarations.of(c, customers, kinds))

    async def declarations_about(self, subjects: Collection[str]) -> tuple[Declaration, ...]:
        """In the order of the ledger; those about any of these subjects."""
        return await self._read(lambda c: declarations.about(c, subjects))

    async def key(self, name: str) -> bytes:
        """The key of this name: 32 random bytes, made when it is first asked for, and always the same."""
        kept = await self._read(lambda c: keys.find(c, name))
        return await self._write(lambda c: keys.make(c, name)) if kept is None else kept

    # --- closed months ----------------------------------------------------------------------------------------------

    async def keep_statement(self, statement: StoredStatement, owed: Sequence[Message] = ()) -> bool:
        """With what is `owed` for it. Whether it was new: a revision that is there stays, and owes nothing."""

        def write(connection: Connection) -> bool:
            new = statements.save(connection, statement)
            if new:
                outbox.add(connection, owed)
            return new

        return await self._write(write)

    async def statements(self, customer: str | None = None, month: str | None = None) -> tuple[StoredStatement, ...]:
        """By customer, month and revision."""
        return await self._read(lambda c: statements.find(c, customer, month))

    async def latest_statements(
        self, customer: str, after: tuple[str, int] | None, limit: int
    ) -> tuple[StoredStatement, ...]:
        """Without their documents, the latest month and revision first; those after this month and revision."""
        return await self._read(lambda c: statements.latest(c, customer, after, limit))

    # --- the outbox -------------------------------------------------------------------------------------------------

    async def claim(
        self,
        now: Instant,
        limit: int,
        lease: Micros = 5 * MINUTE,
        *,
        most_per_hour: int | None = None,
        urgent_only: bool = False,
        ours: Collection[str] = (),
        lane: Lane = Lane.NEWS,
    ) -> tuple[Message, ...]:
        """Up to `limit` messages of the `lane` to send now, each with what it says.

        They are `sending` until settled or until `now` + `lease`. What is told of outages comes before anything else,
        then by `due`; with `urgent_only` nothing else. Of a thread a contact hears in order (`rules.telling`), and of
        `most_per_hour` mails the last says the rest (`rules.capping`).
        `ours`: the ids of those that the caller is still sending, however long that takes by the clock.
        """

        def write(connection: Connection) -> tuple[Message, ...]:
            return claiming.claim(
                connection,
                now,
                limit,
                lease,
                most_per_hour=most_per_hour,
                urgent_only=urgent_only,
                ours=ours,
                lane=lane,
            )

        return await self._write(write)

    async def next_claim(self, lane: Lane = Lane.NEWS) -> Instant | None:
        """The earliest instant at which `claim` may find something; None when nothing is owed."""
        return await self._read(lambda c: claiming.next_claim(c, lane))

    async def settle_accepted(self, id_: str, at: Instant, relay: str, reply: str) -> bool:
        """A relay took it, at `at`. False when it was accepted before: the first acceptance stands.

        After StoreBusy call again: else the lease runs out and the mail goes out twice, with one Message-ID.
        """
        return await self._settle(lambda c: outbox.settle_accepted(c, id_, at, relay, reply))

    async def settle_retry(self, id_: str, due: Instant, error: str, *, lost: str | None = None) -> bool:
        """Not yet: queued again, not before `due`. False when it was not being sent.

        `lost`: the relay (`host:port`) that was handed the mail and gave no answer; only it gets the mail again.
        """
        return await self._settle(lambda c: outbox.settle_retry(c, id_, due, error, lost))

    async def settle_failed(self, id_: str, error: str) -> bool:
        """Refused for good, now. False when it was not being sent."""
        at = self._clock()
        return await self._settle(lambda c: outbox.settle_failed(c, id_, at, error))

    async def give_back(self, ids: Collection[str]) -> int:
        """What was claimed but never begun is queued again, as if it had not been claimed. How many those were."""
        return await self._write(lambda c: outbox.give_back(c, ids))

    async def release_claims(self, lane: Lane = Lane.NEWS) -> int:
        """At start: what a dead daemon was sending is queued again, as it was put together. How many those were."""
        return await self._write(lambda c: outbox.release_claims(c, lane))

    async def drop_unaddressed(self, addressed: Collection[tuple[str, str]]) -> int:
        """What is owed to nobody of these (customer, contact) any more is dropped, but for what may be with a relay."""
        at = self._clock()
        return await self._write(lambda c: outbox.drop_unaddressed(c, addressed, at))

    async def retry(self, id_: str | None) -> tuple[str, ...]:
        """What was refused for good is due now: all, or the one with this id, also where it only waits. Their ids."""
        now = self._clock()
        return await self._write(lambda c: outbox.retry(c, id_, now))

    async def drop(self, id_: str, why: str) -> bool:
        """Not to be sent, `why` kept as its error. False when it neither waits nor was refused for good."""
        at = self._clock()
        return await self._write(lambda c: outbox.drop(c, id_, at, why))

    async def message(self, id_: str) -> Message | None:
        return await self._read(lambda c: outbox.with_id(c, id_))

    async def messages(
        self,
        customer: str | None = None,
        state: MessageState | None = None,
        outage: str | None = None,
        kind: MessageKind | None = None,
    ) -> tuple[Message, ...]:
        """In the order in which they came to be owed."""
        return await self._read(lambda c: outbox.find(c, customer, state, outage, kind))

    async def messages_of(self, customers: Collection[str], kind: MessageKind) -> tuple[Message, ...]:
        """Those of these customers and of this kind, in the order in which they came to be owed."""
        return await self._read(lambda c: outbox.of(c, customers, kind))

    async def latest_messages(
        self, facts: Mapping[str, str], after: tuple[Instant, str] | None, limit: int
    ) -> tuple[Message, ...]:
        """Those with these facts, by column, the latest first; those after that instant of creation and id."""
        return await self._read(lambda c: outbox.latest(c, facts, after, limit))

    async def folded_into(self, id_: str) -> tuple[Message, ...]:
        """What the mail of this message says too, in the order in which it came to be owed."""
        return await self._read(lambda c: outbox.folded_into(c, id_))

    async def openings(self, outages: Collection[str]) -> tuple[Message, ...]:
        """The outage messages of these outages: who was owed what for each time that one opened."""
        return await self._read(lambda c: outbox.openings(c, outages))

    async def message_counts(self, lane: Lane | None = None) -> dict[MessageState, int]:
        """How many messages, of one lane or all, are in each state; every state is a key."""
        return await self._read(lambda c: outbox.counts(c, lane))

    async def owed_since(self) -> Instant | None:
        """Since when the news has been owed that waits longest to be accepted; None when none is. Summaries apart."""
        return await self._read(outbox.owed_since)

    async def _write(self, job: Callable[[Connection], T]) -> T:
        if self._writer is None:
            raise StoreError("store: opened for reading only")
        return await self._writer.run(job)

    async def _settle(self, job: Callable[[Connection], T]) -> T:
        """As `_write`, together with the other outcomes that came in while a transaction ran."""
        if self._writer is None:
            raise StoreError("store: opened for reading only")
        return await self._writer.run_together(job)

    async def _read(self, job: Callable[[Connection], T]) -> T:
        return await self._readers.run(job)
