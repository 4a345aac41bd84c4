"""Why a closed month has another revision: written down from what was declared, and read back for who is told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from slawatch.model import Declaration, DeclarationKind

#: The first revision.
MONTH_CLOSED = "the month was closed"
#: Of many reasons so many are named.
MOST_WHYS = 5


@dataclass(frozen=True, slots=True)
class Cause:
    """What was declared about what: a window, an exclusion or a message by its id."""

    kind: DeclarationKind
    subject: str


def why(causes: Iterable[Declaration]) -> str:
    """Such as `exclusion_added x1; window_moved w3 and 2 more`."""
    named = list(dict.fromkeys(f"{one.kind} {one.subject}" for one in causes))
    more = f" and {len(named) - MOST_WHYS} more" if len(named) > MOST_WHYS else ""
    return "; ".join(named[:MOST_WHYS]) + more


def causes(written: str) -> tuple[tuple[Cause, ...], int]:
    """What `why` wrote: those that are named, and how many are not. The first revision has none."""
    if written == MONTH_CLOSED:
        return (), 0
    named, _, more = written.partition(" and ")
    parts = [part.partition(" ") for part in named.split("; ")]
    unnamed = int(more.partition(" ")[0]) if more else 0
    return tuple(Cause(DeclarationKind(kind), subject) for kind, _, subject in parts), unnamed
