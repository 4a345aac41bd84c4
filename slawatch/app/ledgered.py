"""What the ledger knows of a customer, and the configuration where the ledger knows nothing yet."""

from __future__ import annotations

from slawatch.account import agreed, in_force_or
from slawatch.config import Config
from slawatch.model import DAY, Exclusion, Instant
from slawatch.rules.agreed import Agreed
from slawatch.store import Store


async def promised(store: Store, config: Config, customer: str) -> Agreed:
    """Its terms by date, also of a customer that is not configured any more. Raises UnknownCustomer."""
    found = await agreed(store, customer, None)
    return Agreed.always(config.customer(customer).terms()) if found is None else found


async def declared(store: Store, config: Config, customer: str, ends: Instant) -> tuple[Exclusion, ...]:
    """What may be left out of a month that ends at `ends`."""
    known = {one.id for one in config.customers}
    configured = config.exclusions(customer, ends + DAY) if customer in known else ()
    return await in_force_or(store, customer, configured)
