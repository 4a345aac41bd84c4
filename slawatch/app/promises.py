"""What was promised is a row of the ledger, from when on it was loaded (rule 10)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

import structlog

from slawatch import account
from slawatch.config import Config
from slawatch.model import Instant
from slawatch.rules.agreed import Agreed
from slawatch.store import Store, StoredTerms

log = structlog.get_logger()


async def promises(store: Store, config: Config, now: Instant) -> dict[str, Agreed]:
    """Save what the configuration promises from now on, and give each of its customers' terms by date.

    A customer that is not configured any more has no terms from now on. Raises StoreBusy.
    """
    histories = await store.terms_histories()
    promised = {one.id: config.document(one.id) for one in config.customers}
    for customer, document in {**dict.fromkeys(histories), **promised}.items():
        await _save(store, customer, document, now, histories.get(customer, ()))
    return await account.all_agreed(store, {one.id: one.terms() for one in config.customers})


async def _save(
    store: Store, customer: str, promised: dict[str, Any] | None, now: Instant, known: Sequence[StoredTerms]
) -> None:
    document = json.dumps(promised, sort_keys=True, separators=(",", ":"))
    digest = hashlib.sha256(document.encode()).hexdigest()
    in_force = [one.digest for one in known if one.valid_from <= now]
    if in_force[-1:] != [digest] and await store.save_terms(customer, digest, document, now):
        log.info("terms.loaded", customer=customer, digest=digest)
