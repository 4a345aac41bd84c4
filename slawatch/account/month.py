"""A customer's month as the ledger has it: read once, for its statement and for all that is shown beside it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from slawatch.account import ledger
from slawatch.account.in_force import in_force
from slawatch.account.reading import Part
from slawatch.model import Exclusion, Instant
from slawatch.replay import digest_of_days, span
from slawatch.rules.agreed import Agreed
from slawatch.rules.calendar import month
from slawatch.rules.document import Document, document
from slawatch.rules.piece import CheckRecord
from slawatch.rules.statement import Span, settle
from slawatch.store import Store


class NothingAgreed(Exception):
    """The ledger has no terms of this customer."""


@dataclass(frozen=True, slots=True)
class Month:
    """What a month's figures follow from. `parts` and `records`: by check."""

    agreed: Agreed
    span: Span
    declared: Sequence[Exclusion]
    parts: Mapping[str, Part]
    records: Mapping[str, CheckRecord]

    def document(self, revision: int = 1) -> Document:
        """Its statement as JSON-able values, with the digest of its inputs."""
        zone = ZoneInfo(self.agreed.latest.timezone)
        made = settle(self.agreed, self.span, self.records, self.declared)
        days = {name: part.digests(zone) for name, part in self.parts.items()}
        inputs = digest_of_days(self.agreed, self.span, days, self.declared)
        return document(made, inputs_sha256=inputs, revision=revision)


async def read_month(
    store: Store, agreed: Agreed, which: Span, declared: Sequence[Exclusion], *, sealed: bool = True
) -> Month:
    """The month as of `which.as_of`; the same with and without `sealed` days, which are the short way."""
    until = which.as_of
    if which.complete:
        until = await ledger.horizon(store, agreed, which.period.ends, until, sealed=sealed)
    parts = await ledger.parts(store, agreed, which.period.starts, until, sealed=sealed)

    def filled() -> Month:
        records = {name: part.book(agreed).record() for name, part in parts.items()}
        return Month(agreed, which, declared, parts, records)

    return await asyncio.to_thread(filled)


async def read_closed(store: Store, customer: str, written: str, as_of: Instant, *, sealed: bool = True) -> Month:
    """A closed month as the ledger knew it at `as_of`. Raises NothingAgreed."""
    agreed = await ledger.agreed(store, customer, None, as_of)
    if agreed is None:
        raise NothingAgreed(f"{customer}: the ledger has no terms")
    which = replace(whole(written, agreed), as_of=as_of)
    return await read_month(store, agreed, which, await in_force(store, customer, as_of), sealed=sealed)


async def report(
    store: Store, agreed: Agreed, which: Span, declared: Sequence[Exclusion], revision: int = 1, *, sealed: bool = True
) -> Document:
    """The month's statement as JSON-able values, with the digest of its inputs."""
    found = await read_month(store, agreed, which, declared, sealed=sealed)
    return await asyncio.to_thread(found.document, revision)


def whole(written: str, agreed: Agreed) -> Span:
    """The month in the zone that was in force in its middle."""
    middle = month(written, ZoneInfo("UTC"))
    return span(written, ZoneInfo(agreed.at((middle.starts + middle.ends) // 2).timezone), None)
