"""Is what was told still what the ledger gives?

Each closed month computed anew from every look, its sealed days held against their looks, its rows' chains followed.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from slawatch.account import ledger
from slawatch.account.closing import NothingAgreed, compute, seal
from slawatch.model import DAY
from slawatch.replay import rows_digest
from slawatch.rules.calendar import Period, parse, text
from slawatch.store import Store, StoredStatement, unpack


@dataclass(frozen=True, slots=True)
class Verified:
    """One revision of a month. `fault`: what is not as it was told, in one line; None where all holds.

    `rows`: how many rows of the month and its edges were followed along their chains; `unchained`: how many were
    recorded before rows had chains.
    """

    statement: StoredStatement
    fault: str | None
    rows: int
    unchained: int


async def verify(store: Store, customer: str | None, month: str | None) -> AsyncIterator[Verified]:
    """Every revision of the closed months asked for, in order."""
    before: StoredStatement | None = None
    for stood in await store.statements(customer, month):
        same = before is not None and (before.customer, before.month) == (stood.customer, stood.month)
        yield await _verified(store, stood, before if same else None)
        before = stood


async def _verified(store: Store, stood: StoredStatement, before: StoredStatement | None) -> Verified:
    expected = 1 if before is None else before.revision + 1
    if stood.revision != expected:
        return Verified(stood, f"revision {expected} is gone", 0, 0)
    sealed = seal(
        "" if before is None else before.digest, stood.revision, stood.as_of, stood.who, stood.why, stood.document
    )
    if sealed != stood.digest:
        return Verified(stood, "its text, or who made it and why, is not what its digest was taken of", 0, 0)
    told = json.loads(stood.document)
    starts, ends = parse(told["period"]["starts"]), parse(told["period"]["ends"])
    chains = await store.chain_check(stood.customer, starts - DAY, ends + DAY)
    fault = (
        chains.fault or await _difference(store, stood, told) or await _day_fault(store, stood, Period(starts, ends))
    )
    return Verified(stood, fault, chains.links, chains.unchained)


async def _difference(store: Store, stood: StoredStatement, told: Any) -> str | None:
    try:
        again = await compute(store, stood.customer, stood.month, stood.as_of, stood.revision, sealed=False)
    except NothingAgreed as error:
        return str(error)
    return next(differences(told, json.loads(json.dumps(again))), None)


async def _day_fault(store: Store, stood: StoredStatement, period: Period) -> str | None:
    """The first sealed day of the month that is not what its looks are."""
    agreed = await ledger.agreed(store, stood.customer, None, stood.as_of)
    for check in () if agreed is None else agreed.checks:
        for sealed in await store.sealed_days(stood.customer, check, period.starts, period.ends):
            rows = await store.observation_rows(stood.customer, sealed.starts, sealed.ends, check=check)
            looks = rows_digest(rows)
            if looks != sealed.digest or looks != rows_digest(unpack(sealed.check, sealed.packed)):
                return f"{check}: the day from {text(sealed.starts)} on was sealed with other looks than the ledger has"
    return None


def differences(told: Any, found: Any, where: str = "") -> Iterator[str]:
    """Where two documents differ, in the order of the first: `availability.seconds.down: told 312.0, found 318.0`."""
    if isinstance(told, dict) and isinstance(found, dict):
        for key in dict.fromkeys((*told, *found)):
            yield from differences(told.get(key), found.get(key), f"{where}.{key}" if where else key)
    elif isinstance(told, list) and isinstance(found, list):
        for number, (one, other) in enumerate(zip_longest(told, found)):
            yield from differences(one, other, f"{where}[{number}]")
    elif told != found:
        yield f"{where}: told {json.dumps(told)}, found {json.dumps(found)}"
