"""From the ledger's rows to books and statements: the same code for a report, for a restart and for last month."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import overload

from slawatch.account.reading import Part, read
from slawatch.config import terms_from_document
from slawatch.model import MINUTE, Exclusion, Instant, Observation, Terms, Verdict
from slawatch.replay import SETTLING
from slawatch.rules import records
from slawatch.rules.agreed import Agreed
from slawatch.rules.records import CheckBook
from slawatch.rules.statement import Span, Statement, settle
from slawatch.store import Store, StoredTerms

#: A look is in the ledger so long after its slot at the latest, as long as the store takes what is seen.
LATE = 10 * MINUTE


@overload
async def agreed(store: Store, customer: str, otherwise: Terms, as_of: Instant | None = None) -> Agreed: ...


@overload
async def agreed(store: Store, customer: str, otherwise: None, as_of: Instant | None = None) -> Agreed | None: ...


async def agreed(store: Store, customer: str, otherwise: Terms | None, as_of: Instant | None = None) -> Agreed | None:
    """A customer's terms by date, as far as the ledger knew them at `as_of`; without any there, `otherwise` always.

    Where it knew none by then, the first that it came to know.
    """
    found = by_date(await store.terms_history(customer), as_of)
    return Agreed.always(otherwise) if found is None and otherwise is not None else found


async def all_agreed(store: Store, otherwise: Mapping[str, Terms]) -> dict[str, Agreed]:
    """The same of many customers at once, by all that the ledger knows of each."""
    histories = await store.terms_histories()
    return {
        customer: by_date(histories.get(customer, ())) or Agreed.always(terms) for customer, terms in otherwise.items()
    }


def by_date(rows: Sequence[StoredTerms], as_of: Instant | None = None) -> Agreed | None:
    """What was agreed by rows in the order in which they came into force, as far as it was known at `as_of`.

    Where nothing was known by then, by the first of them; None where nothing was agreed in any.
    """
    versions: dict[Instant, Terms | None] = {}
    for row in known_by(rows, as_of):
        kept = json.loads(row.document)
        versions[row.valid_from] = None if kept is None else terms_from_document(kept)
    steps = list(versions.items())
    changes = tuple(one for number, one in enumerate(steps) if number == 0 or one[1] != steps[number - 1][1])
    return Agreed(changes) if any(terms is not None for _, terms in changes) else None


def known_by(rows: Sequence[StoredTerms], as_of: Instant | None) -> Sequence[StoredTerms]:
    """Those of the rows that `by_date` takes."""
    return [row for row in rows if as_of is None or row.recorded <= as_of] or rows[:1]


async def context(store: Store, agreed: Agreed, since: Instant) -> dict[str, Instant]:
    """From where on each check's observations are needed by a statement from `since` on.

    From its last `up` on, or from when it left the configuration: what lies before can change nothing any more (rule
    3). But an outage that reaches over
    `since` may be one with others that ended before it (rule 4), so the context begins before the first of these.
    """
    customer, reach = agreed.latest.customer, since
    while True:
        ups = {name: await store.last_up(customer, name, reach) for name in agreed.checks}
        begins = {name: max(0 if up is None else up, _left(agreed, name, reach)) for name, up in ups.items()}
        failing = [await _first_down(store, customer, name, begins[name], reach) for name in agreed.ever_counting]
        earlier = min((at for at in failing if at is not None), default=reach)
        if earlier >= reach:
            return begins
        reach = earlier


def _left(agreed: Agreed, name: str, before: Instant) -> Instant:
    """When the check last left the configuration; 0 when it never did."""
    return max((at for at in agreed.policy(name).leaves if at < before), default=0)


async def _first_down(store: Store, customer: str, check: str, since: Instant, until: Instant) -> Instant | None:
    rows = await store.observation_rows(customer, since, until, check=check)
    return next((at for _, _, at, verdict, *_ in rows if verdict == Verdict.DOWN), None)


async def observations(store: Store, agreed: Agreed, since: Instant, until: Instant) -> tuple[Observation, ...]:
    """A customer's observations of [since, until) with their context, by check and in order: what replay needs."""
    begins = await context(store, agreed, since)
    customer = agreed.latest.customer
    found = [await store.observations(customer, begins[name], until, name) for name in agreed.latest.checks]
    return tuple(one for rows in found for one in rows)


async def parts(
    store: Store, agreed: Agreed, since: Instant, until: Instant, *, sealed: bool = True
) -> dict[str, Part]:
    """The same as the rules read them, by check, also of checks that are no more.

    From `sealed` days where these serve; without, look by look, which takes longer and trusts nothing else.
    """
    begins = await context(store, agreed, since)
    return {name: await read(store, agreed, name, begins[name], until, sealed=sealed) for name in agreed.checks}


async def books(
    store: Store, agreed: Agreed, since: Instant, until: Instant, *, sealed: bool = True
) -> dict[str, CheckBook]:
    """The books of a customer's checks as the ledger leaves them at `until`."""
    found = await parts(store, agreed, since, until, sealed=sealed)
    return await asyncio.to_thread(lambda: {name: part.book(agreed) for name, part in found.items()})


async def statement(store: Store, agreed: Agreed, span: Span, declared: Sequence[Exclusion]) -> Statement:
    """One customer's month from the ledger, as of `span.as_of`."""
    filled = await books(store, agreed, span.period.starts, span.as_of)
    return settle(agreed, span, records.records(filled), declared)


async def horizon(store: Store, agreed: Agreed, ends: Instant, as_of: Instant, *, sealed: bool = True) -> Instant:
    """Up to where the looks after a month that ends at `ends` matter to it, as far as they were there at `as_of`.

    Up to the end of the settling time, and beyond it to the end of each outage that had not ended by then. What was
    looked at just before `as_of` may not have been in the ledger yet, and is left alone.
    """
    until = min(as_of, ends + SETTLING)
    limit = max(until, as_of - LATE)
    while until < limit:
        filled = await books(store, agreed, ends, until, sealed=sealed)
        failing = [name for name in agreed.ever_counting if filled[name].run is not None]
        if not failing:
            break
        ups = [await store.first_up(agreed.latest.customer, name, until, limit) for name in failing]
        until = limit if None in ups else max(up for up in ups if up is not None) + 1
    return until
