"""What the page of a customer's outages shows and asks for, as values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from slawatch.model import Instant
from slawatch.rules.document import Document
from slawatch.rules.wishes import Wish


@dataclass(frozen=True, slots=True)
class OutageSheet:
    """A customer's outages as the API shows them, the latest first."""

    customer: str
    name: str
    zone: str
    now: Instant
    outages: Sequence[Document]


class OutageDesk(Protocol):
    """What the page needs of those who declare."""

    async def sheet(self, customer: str) -> OutageSheet | None:
        """None where there is no such customer. Raises StoreError."""

    async def ask(self, wish: Wish) -> dict[str, Any]:
        """Declare it; gives its `id`. Raises Refused, StoreError."""
