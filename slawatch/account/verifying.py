"""Is what was told still what the ledger gives? Each closed month computed anew, and its rows' chains followed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from slawatch.account.closing import compute
from slawatch.model import DAY
from slawatch.rules.calendar import parse
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
        fault = await _fault(store, stood)
        yield Verified(stood, fault or chains.fault, chains.links, chains.unchained)


async def _fault(store: Store, stood: StoredStatement) -> str | None:
    if hashlib.sha256(stood.document.encode()).hexdigest() != stood.digest:
        return "the statement's text is not the one that its digest was taken of"
    try:
        again = await compute(store, stood.customer, stood.month, stood.as_of, stood.revision)
    except LookupError as error:
        return str(error)
    told = json.loads(stood.document)
    return next(differences(told, json.loads(json.dumps(again))), None)


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
