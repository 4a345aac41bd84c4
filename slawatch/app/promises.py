"""What was promised is a row of the ledger, from when on it was loaded (rule 10)."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import structlog

from slawatch import account
from slawatch.config import Config
from slawatch.model import Instant
from slawatch.rules.agreed import Agreed
from slawatch.store import Store

log = structlog.get_logger()


async def promises(store: Store, config: Config, now: Instant) -> dict[str, Agreed]:
    """Save what the configuration promises from now on, and give each of its customers' terms by date.

    A customer that is not configured any more has no terms from now on. Raises StoreBusy.
    """
    found: dict[str, Agreed] = {}
    for customer in config.customers:
        await _save(store, customer.id, config.document(customer.id), now)
        found[customer.id] = await account.agreed(store, customer.id, customer.terms())
    for gone in set(await store.customers_with_terms()) - found.keys():
        await _save(store, gone, None, now)
    return found


async def _save(store: Store, customer: str, promised: dict[str, Any] | None, now: Instant) -> None:
    document = json.dumps(promised, sort_keys=True, separators=(",", ":"))
    digest = hashlib.sha256(document.encode()).hexdigest()
    if await store.save_terms(customer, digest, document, now):
        log.info("terms.loaded", customer=customer, digest=digest)
