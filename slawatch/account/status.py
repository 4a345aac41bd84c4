"""How a customer stands now, as JSON-able values: what `slawatch status` and the API show."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from zoneinfo import ZoneInfo

from slawatch.account import ledger
from slawatch.account.live import Account
from slawatch.account.publish import up_now
from slawatch.clock import Clock
from slawatch.model import CheckId, Exclusion, ExclusionKind, Instant, Observation
from slawatch.replay import span
from slawatch.rules.agreed import Agreed
from slawatch.rules.calendar import month_of, text
from slawatch.rules.document import Document, document
from slawatch.rules.statement import Statement
from slawatch.store import Store


def standing(name: str, statement: Statement, latest: Mapping[CheckId, Observation]) -> Document:
    """One customer: its state, each check's last look, the outage that lasts, and the month so far."""
    terms = statement.terms
    return {
        "customer": terms.customer,
        "name": name,
        "state": state_of(statement),
        "checks": [_check(check.id, latest.get(check.id)) for check in terms.checks.values()],
        "month": document(statement),
    }


async def all_standing(account: Account, names: Mapping[str, str], clock: Clock) -> list[Document]:
    """The same of many customers, their names by id, each as of its moment: the event loop has a turn after each.

    Who is not in the account is left out: in the middle of a reload some are not yet, or not any more.
    """
    found = []
    for customer, name in names.items():
        if customer in account:
            found.append(standing(name, account.statement(customer, clock()), account.latest))
            await asyncio.sleep(0)
    return found


def state_of(statement: Statement) -> str:
    """`up`, `down`, or `unknown`, and `maintenance` in a window that counts as such."""
    now = statement.span.period.ends
    if any(one.ends >= now and one.kind is ExclusionKind.MAINTENANCE for one in statement.excluded[-1:]):
        return "maintenance"
    return {True: "up", False: "down", None: "unknown"}[up_now(statement)]


def _check(check: CheckId, seen: Observation | None) -> Document:
    shown: Document = {"check": check.name, "kind": check.kind}
    if seen is None:
        return {**shown, "verdict": None}
    look = seen.look
    return {
        **shown,
        "verdict": str(look.verdict),
        "cause": None if look.cause is None else str(look.cause),
        "at": text(seen.at),
        "seconds": None if look.milliseconds is None else look.milliseconds / 1000,
    }


def summary(standings: Iterable[Document]) -> dict[str, int]:
    """How many customers are in each state."""
    counts: dict[str, int] = {}
    for one in standings:
        counts[one["state"]] = counts.get(one["state"], 0) + 1
    return counts


async def standing_of(store: Store, name: str, agreed: Agreed, declared: Sequence[Exclusion], now: Instant) -> Document:
    """The same from the ledger alone, for when no daemon runs."""
    terms = agreed.latest
    zone = ZoneInfo(terms.timezone)
    seen = await ledger.statement(store, agreed, span(month_of(now - 1, zone), zone, now), declared)
    return standing(name, seen, {one.check: one for one in await store.latest(terms.customer)})
