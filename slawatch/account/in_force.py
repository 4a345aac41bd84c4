"""What stands of what was declared, and what may be left out of the figures by it."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence

from slawatch.model import Declaration, Exclusion, Instant, Message, MessageKind
from slawatch.rules.declared import exclusions, standing
from slawatch.rules.proofs import mailed
from slawatch.rules.stands import Standing
from slawatch.store import Store


async def standings(store: Store, customers: Collection[str]) -> dict[str, Standing]:
    """How it stands with these customers, and with each other that something was declared about."""
    said = await store.declarations()

    def fold() -> dict[str, Standing]:
        by_customer: dict[str, list[Declaration]] = {customer: [] for customer in customers}
        for one in said:
            by_customer.setdefault(one.customer, []).append(one)
        return {customer: standing(own, customer) for customer, own in by_customer.items()}

    return await asyncio.to_thread(fold)


async def in_force(store: Store, customer: str, as_of: Instant | None = None) -> tuple[Exclusion, ...]:
    """What may be left out of a customer's figures by what was declared and mailed, up to `as_of`."""
    said = await store.declarations(customer, as_of)
    messages = await store.messages(customer, kind=MessageKind.MAINTENANCE)

    def judge() -> tuple[Exclusion, ...]:
        stands = standing(said, customer, as_of)
        return exclusions(stands, mailed(messages, stands.voided, as_of))

    return await asyncio.to_thread(judge)


async def all_in_force(store: Store, known: Mapping[str, Standing]) -> dict[str, tuple[Exclusion, ...]]:
    """The same of many customers at once, by how it stands with them."""
    messages = await store.messages(kind=MessageKind.MAINTENANCE)

    def judge() -> dict[str, tuple[Exclusion, ...]]:
        told: dict[str, list[Message]] = {customer: [] for customer in known}
        for message in messages:
            told.setdefault(message.customer, []).append(message)
        return {
            customer: exclusions(stands, mailed(told[customer], stands.voided)) for customer, stands in known.items()
        }

    return await asyncio.to_thread(judge)


async def in_force_or(store: Store, customer: str, configured: Sequence[Exclusion]) -> tuple[Exclusion, ...]:
    """As `in_force`; until a daemon has taken the configuration's windows over, what that says beside it."""
    declared = await in_force(store, customer)
    if await store.terms(customer) is not None and await store.taken_over((customer,)):
        return declared
    known = {one.id for one in declared if one.id is not None}
    return (*(one for one in configured if one.id not in known), *declared)
