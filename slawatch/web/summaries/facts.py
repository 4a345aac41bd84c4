"""What the pages of summaries show and ask for, as values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from slawatch.model import Instant
from slawatch.rules.document import Document


class NoDocument(Exception):
    """There is none such; str is one line. `busy`: there will be, a little later. `fault`: slawatch is wrong."""

    def __init__(self, why: str, *, busy: bool = False, fault: bool = False) -> None:
        super().__init__(why)
        self.busy = busy
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Edition:
    """A revision of a closed month: who made it, when and why. `digest`: SHA-256 of its text."""

    revision: int
    recorded: Instant
    who: str
    why: str
    digest: str


@dataclass(frozen=True, slots=True)
class MonthKept:
    """A month, `YYYY-MM`. `told`: its statement, of a closed one the latest; None where none is made yet.

    `editions`: from the first on; none where it is not closed.
    """

    month: str
    starts: Instant
    told: Document | None
    editions: tuple[Edition, ...] = ()


@dataclass(frozen=True, slots=True)
class Shelf:
    """A customer's months, the newest first."""

    customer: str
    name: str
    zone: str
    language: str
    now: Instant
    months: Sequence[MonthKept]


@dataclass(frozen=True, slots=True)
class Ask:
    """A document: in which format, of CSV in which profile. None: in the customer's language, the latest revision."""

    customer: str
    month: str
    format: str
    profile: str = "machine"
    language: str | None = None
    revision: int | None = None


class Made(Protocol):
    """A document that lies in a file. `name`: what it is called for whoever takes it."""

    @property
    def name(self) -> str: ...
    @property
    def media_type(self) -> str: ...
    @property
    def size(self) -> int: ...


class Archive(Protocol):
    """Where the summaries are."""

    async def shelf(self, customer: str) -> Shelf | None:
        """None where nobody knows the customer. Raises StoreError."""

    async def differences(self, customer: str, month: str, between: tuple[int, int]) -> Document:
        """What the later revision says otherwise than the earlier one. Raises NoDocument, StoreError."""

    async def make(self, ask: Ask, out: Path) -> Made:
        """Have the document written to the file `out`. Raises NoDocument."""
