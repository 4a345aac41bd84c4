"""From the ledger's rows to books and statements: the same code for a report, for a restart and for last month."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from slawatch.model import Cause, Exclusion, Instant, Terms, Verdict
from slawatch.recorded import Recorded
from slawatch.replay import replay
from slawatch.rules import records
from slawatch.rules.document import Document
from slawatch.rules.records import CheckBook
from slawatch.rules.statement import Span, Statement, settle
from slawatch.rules.timeline import Seen
from slawatch.store import Store

_VERDICTS = {str(verdict): verdict for verdict in Verdict}
_CAUSES: dict[str | None, Cause | None] = {None: None, **{str(cause): cause for cause in Cause}}


async def recorded(store: Store, terms: Terms, since: Instant, until: Instant) -> dict[str, list[Recorded]]:
    """A customer's observations of [since, until), by check and in order, with each check's context before `since`.

    The context reaches back to the last `up`: what lies before it can change nothing any more (rule 3).
    """
    found: dict[str, list[Recorded]] = {}
    for name in terms.checks:
        last_up = await store.last_up(terms.customer, name, since)
        first = 0 if last_up is None else last_up
        rows = await store.observation_rows(terms.customer, first, until, check=name)
        found[name] = [
            Recorded(name, Seen(at, _VERDICTS[verdict], _CAUSES[cause], holds), milliseconds, recheck)
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
