"""What the mail with a month's summary says, as values."""

from __future__ import annotations

from dataclasses import dataclass

from slawatch.reporters.mail.facts import Addressee
from slawatch.rules.document import Document
from slawatch.rules.promises import Promise
from slawatch.rules.revised import Cause


@dataclass(frozen=True, slots=True)
class Stood:
    """A revision of a closed month as it was frozen. `told`: its statement; `promises`: which were kept, by it.

    `digest`: SHA-256 (hex), of its text and of the revisions before it.
    """

    revision: int
    told: Document
    promises: tuple[Promise, ...]
    digest: str


@dataclass(frozen=True, slots=True)
class Enclosure:
    """The whole summary as a file to be attached. `content`: None of one that is too large for mail."""

    name: str
    media_type: str
    content: bytes | None


@dataclass(frozen=True, slots=True)
class SummaryFacts:
    """One closed month. `before`: the revision that the reader was told of last, None for the first mail.

    `causes`: why there are revisions since; `unnamed`: how many further reasons there are. `page`: the address of the
    page with all of the customer's summaries, None for who cannot reach it.
    """

    to: Addressee
    stood: Stood
    enclosure: Enclosure
    before: Stood | None = None
    causes: tuple[Cause, ...] = ()
    unnamed: int = 0
    page: str | None = None

    @property
    def month(self) -> str:
        return str(self.stood.told["month"])

    @property
    def reference(self) -> str:
        """Such as `duinzicht 2026-10`."""
        return f"{self.stood.told['customer']} {self.month}"
