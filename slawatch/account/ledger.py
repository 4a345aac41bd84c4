"""From the ledger's rows to books and statements: the same code for a report, for a restart and for last month."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from slawatch.model import Exclusion, Instant, Observation, Terms, Verdict
from slawatch.recorded import Recorded
from slawatch.replay import replay
from slawatch.rules import records
from slawatch.rules.document import Document
from slawatch.rules.records import CheckBook
from slawatch.rules.statement import Span, Statement, settle
from slawatch.rules.timeline import Seen
from slawatch.store import Store


async def context(store: Store, terms: Terms, since: Instant) -> dict[str, Instant]:
    """From where on each check's observations are needed by a statement from `since` on.

    From its last `up` on: what lies before can change nothing any more (rule 3). But an outage that reaches over
    `since` may be one with others that ended before it (rule 4), so the context begins before the first of these.
    """
    reach = since
    while True:
        ups = {name: await store.last_up(terms.customer, name, reach) for name in terms.checks}
        begins = {name: 0 if up is None else up for name, up in ups.items()}
        failing = [await _first_down(store, terms.customer, name, begins[name], reach) for name in _counting(terms)]
        earlier = min((at for at in failing if at is not None), default=reach)
        if earlier >= reach:
            return begins
        reach = earlier


def _counting(terms: Terms) -> Sequence[str]:
    return [name for name in terms.availability.checks if name in terms.checks]


async def _first_down(store: Store, customer: str, check: str, since: Instant, until: Instant) -> Instant | None:
    rows = await store.observation_rows(customer, since, until, check=check)
    return next((at for _, _, at, verdict, *_ in rows if verdict == Verdict.DOWN), None)


async def observations(store: Store, terms: Terms, since: Instant, until: Instant) -> tuple[Observation, ...]:
    """A customer's observations of [since, until) with their context, by check and in order: what replay needs."""
    begins = await context(store, terms, since)
    found = [await store.observations(terms.customer, begins[name], until, name) for name in terms.checks]
    return tuple(one for rows in found for one in rows)


async def recorded(store: Store, terms: Terms, since: Instant, until: Instant) -> dict[str, list[Recorded]]:
    """The same as the rules read them, by check."""
    begins = await context(store, terms, since)
    found: dict[str, list[Recorded]] = {}
    for name in terms.checks:
        rows = await store.observation_rows(terms.customer, begins[name], until, check=name)
        found[name] = [
            Recorded(name, Seen(at, verdict, cause, holds), milliseconds, recheck)
            for _, _, at, verdict, cause, milliseconds, recheck, holds in rows
        ]
    return found


async def books(store: Store, terms: Terms, since: Instant, until: Instant) -> dict[str, CheckBook]:
    """The books of a customer's checks as the ledger leaves them at `until`."""
    rows = await recorded(store, terms, since, until)

    def fill() -> dict[str, CheckBook]:
        filled = records.books(terms)
        for name, book in filled.items():
            for row in rows[name]:
                book.add(row.seen, row.milliseconds, recheck=row.recheck)
        return filled

    return await asyncio.to_thread(fill)


async def statement(store: Store, terms: Terms, span: Span, declared: Sequence[Exclusion]) -> Statement:
    """One customer's month from the ledger, as of `span.as_of`."""
    filled = await books(store, terms, span.period.starts, span.as_of)
    return settle(terms, span, records.records(filled), declared)


async def report(store: Store, terms: Terms, span: Span, declared: Sequence[Exclusion]) -> Document:
    """The same as JSON-able values, with the digest of its inputs."""
    rows = await recorded(store, terms, span.period.starts, span.as_of)
    return await asyncio.to_thread(replay, terms, span, rows, declared)
