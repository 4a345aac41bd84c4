"""Is what was told still what the ledger gives?

Each closed month computed anew from every look, its sealed days held against their looks, its rows' chains followed. Of
days whose rows are pruned the packed looks are taken, and held against the day's digest.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any
from zoneinfo import ZoneInfo

from slawatch.account import ledger
from slawatch.account.closing import compute, seal
from slawatch.account.month import NothingAgreed
from slawatch.account.sealing import fault_of, settled_fault_of
from slawatch.config import FEWEST_MONTHS
from slawatch.model import DAY, Instant
from slawatch.rules.agreed import Agreed
from slawatch.rules.calendar import Period, months_before, parse, text
from slawatch.store import ObservationRow, SealedDay, Store, StoredStatement, StoreTorn


@dataclass(frozen=True, slots=True)
class Verified:
    """One revision of a month. `fault`: what is not as it was told, in one line; None where all holds.

    `rows`: how many rows of the month and its edges were followed along their chains; `unchained`: how many were
    recorded before rows had chains; `pruned`: how many days of checks have no rows any more, and hold down to their
    digests.
    """

    statement: StoredStatement
    fault: str | None
    rows: int = 0
    unchained: int = 0
    pruned: int = 0


async def verify(store: Store, customer: str | None, month: str | None, now: Instant) -> AsyncIterator[Verified]:
    """Every revision of the closed months asked for, in order."""
    before: StoredStatement | None = None
    for stood in await store.statements(customer, month):
        same = before is not None and (before.customer, before.month) == (stood.customer, stood.month)
        yield await _verified(store, stood, before if same else None, now)
        before = stood


async def _verified(store: Store, stood: StoredStatement, before: StoredStatement | None, now: Instant) -> Verified:
    expected = 1 if before is None else before.revision + 1
    if stood.revision != expected:
        return Verified(stood, f"revision {expected} is gone")
    sealed = seal(
        "" if before is None else before.digest, stood.revision, stood.as_of, stood.who, stood.why, stood.document
    )
    if sealed != stood.digest:
        return Verified(stood, "its text, or who made it and why, is not what its digest was taken of")
    told = json.loads(stood.document)
    if (told["customer"], told["month"]) != (stood.customer, stood.month):
        return Verified(stood, f"its text is of {told['customer']} {told['month']}")
    period = Period(parse(told["period"]["starts"]), parse(told["period"]["ends"]))
    try:
        return await _held(store, stood, told, period, now)
    except StoreTorn as torn:
        return Verified(stood, str(torn))


async def _held(store: Store, stood: StoredStatement, told: Any, period: Period, now: Instant) -> Verified:
    """The revision held against the ledger. Raises StoreTorn where packed looks cannot be read."""
    chains = await store.chain_check(stood.customer, period.starts - DAY, period.ends + DAY)
    pruned, of_days = (0, None) if chains.fault else await _days(store, stood, period, now)
    fault = chains.fault or of_days or await _difference(store, stood, told)
    return Verified(stood, fault, chains.links, chains.unchained, pruned)


async def _difference(store: Store, stood: StoredStatement, told: Any) -> str | None:
    try:
        again = await compute(store, stood.customer, stood.month, stood.as_of, stood.revision, sealed=False)
    except NothingAgreed as error:
        return str(error)
    return next(differences(told, json.loads(json.dumps(again))), None)


async def _days(store: Store, stood: StoredStatement, period: Period, now: Instant) -> tuple[int, str | None]:
    """How many sealed days of the month and its edges are pruned, and the first fault of a day, pruned or not."""
    agreed = await ledger.agreed(store, stood.customer, None, stood.as_of)
    pruned, kept_since = 0, months_before(now, FEWEST_MONTHS, ZoneInfo("UTC"))
    if agreed is None:
        return 0, None
    for check in agreed.checks:
        before: SealedDay | None = None
        for found in await store.sealed_days(stood.customer, check, period.starts - DAY, period.ends + DAY):
            day, rows = await store.day_with_rows(found)
            pruned += day.pruned
            fault = await asyncio.to_thread(_fault, agreed, day, rows, before)
            before = day
            if fault is None and day.pruned and day.starts > kept_since:
                fault = f"{check}: the day from {text(day.starts)} on is pruned, and not {FEWEST_MONTHS} months old"
            if fault is not None:
                return pruned, fault
    return pruned, None


def _fault(agreed: Agreed, day: SealedDay, rows: list[ObservationRow], before: SealedDay | None) -> str | None:
    return fault_of(day, rows) or settled_fault_of(agreed, day, before)


def differences(told: Any, found: Any, where: str = "") -> Iterator[str]:
    """Where two documents differ, in the order of the first: `availability.seconds.down: told 312.0, found 318.0`."""
    for place, one, other in changes(told, found, where):
        yield f"{place}: told {json.dumps(one)}, found {json.dumps(other)}"


def changes(told: Any, found: Any, where: str = "") -> Iterator[tuple[str, Any, Any]]:
    """The places in which two documents differ, with what stands there in each; None where nothing does."""
    if isinstance(told, dict) and isinstance(found, dict):
        for key in dict.fromkeys((*told, *found)):
            yield from changes(told.get(key), found.get(key), f"{where}.{key}" if where else key)
    elif isinstance(told, list) and isinstance(found, list):
        for number, (one, other) in enumerate(zip_longest(told, found)):
            yield from changes(one, other, f"{where}[{number}]")
    elif told != found:
        yield where, told, found
