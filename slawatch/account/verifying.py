"""Is what was told still what the ledger gives?

Each closed month computed anew from every look, its sealed days held against their looks, its rows' chains followed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from slawatch.account import ledger
from slawatch.account.closing import compute
from slawatch.account.reading import as_recorded, looks_of
from slawatch.model import DAY
from slawatch.replay import rows_digest
from slawatch.rules.calendar import Period, parse, text
from slawatch.store import Store, StoredStatement


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
    for stood in await store.statements(customer, month):
        period = json.loads(stood.document)["period"]
        chains = await store.chain_check(stood.customer, parse(period["starts"]) - DAY, parse(period["ends"]) + DAY)
        fault = await _fault(store, stood) or chains.fault
        days = None if fault else await _day_fault(store, stood, Period(parse(period["starts"]), parse(period["ends"])))
        yield Verified(stood, fault or days, chains.links, chains.unchained)


async def _fault(store: Store, stood: StoredStatement) -> str | None:
    if hashlib.sha256(stood.document.encode()).hexdigest() != stood.digest:
        return "the statement's text is not the one that its digest was taken of"
    try:
        again = await compute(store, stood.customer, stood.month, stood.as_of, stood.revision, sealed=False)
    except LookupError as error:
        return str(error)
    told = json.loads(stood.document)
    return next(differences(told, json.loads(json.dumps(again))), None)


async def _day_fault(store: Store, stood: StoredStatement, period: Period) -> str | None:
    """The first sealed day of the month that is not what its looks are."""
    agreed = await ledger.agreed(store, stood.customer, None, stood.as_of)
    for check in () if agreed is None else agreed.checks:
        for sealed in await store.sealed_days(stood.customer, check, period.starts, period.ends):
            rows = await store.observation_rows(stood.customer, sealed.starts, sealed.ends, check=check)
            looks = rows_digest(as_recorded(rows))
            if looks != sealed.digest or looks != rows_digest(looks_of(sealed)):
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
