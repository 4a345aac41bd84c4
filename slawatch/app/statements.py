"""A customer's statement of a month as it was told, and what one revision says otherwise than another."""

from __future__ import annotations

import json
from collections.abc import Sequence

from slawatch.account import differences, with_words
from slawatch.account import report as report_from
from slawatch.app.ledgered import declared, promised
from slawatch.app.months import revision_of, span_of
from slawatch.config import Config
from slawatch.model import Instant
from slawatch.rules.calendar import text
from slawatch.rules.document import Document
from slawatch.store import Store, StoredStatement


async def statement(
    store: Store, config: Config, customer: str, month: str, now: Instant, revision: int | None = None
) -> Document:
    """As it was closed, the asked or the latest revision; of a month that is not closed from the ledger, as far as now.

    With what operators said of its outages. Raises UnknownCustomer, NoSuchMonth.
    """
    agreed = await promised(store, config, customer)
    which = span_of(month, agreed, now)
    stood = revision_of(await store.statements(customer, month), customer, month, revision)
    if stood is not None:
        return await with_words(store, _closed(stood))
    left_out = await declared(store, config, customer, which.period.ends)
    return await with_words(store, await report_from(store, agreed, which, left_out))


async def difference(
    store: Store, config: Config, customer: str, month: str, now: Instant, between: tuple[int, int]
) -> Document:
    """What changed from one revision to a later one, by how many seconds, and what made each after the first.

    Raises UnknownCustomer, NoSuchMonth.
    """
    span_of(month, await promised(store, config, customer), now)
    closed = await store.statements(customer, month)
    for number in between:
        revision_of(closed, customer, month, number)
    return _difference([one for one in closed if between[0] <= one.revision <= between[1]])


def as_json(told: Document) -> bytes:
    """As a person or a program reads it from a file or a terminal."""
    return json.dumps(told, indent=2, ensure_ascii=False).encode() + b"\n"


def _closed(one: StoredStatement) -> Document:
    said: Document = json.loads(one.document)
    return said | {
        "closed": {"at": text(one.recorded), "who": one.who, "why": one.why, "sha256": one.digest},
    }


def _difference(revisions: Sequence[StoredStatement]) -> Document:
    """What changed from the first to the last of them, by how many seconds, and what made each but the first."""
    before, *within, after = revisions
    told, now_told = json.loads(before.document), json.loads(after.document)
    seconds = {
        part: now_told["availability"]["seconds"][part] - told["availability"]["seconds"][part]
        for part in told["availability"]["seconds"]
    }
    return {
        "customer": after.customer,
        "month": after.month,
        "revisions": [before.revision, after.revision],
        "who": after.who,
        "why": after.why,
        "between": [{"revision": one.revision, "who": one.who, "why": one.why} for one in within],
        "seconds": seconds,
        "differences": list(differences(told, now_told)),
    }
