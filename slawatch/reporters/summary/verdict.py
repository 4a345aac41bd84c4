"""The one answer that a summary gives first: was the agreement kept?"""

from __future__ import annotations

from collections.abc import Iterable

from slawatch.reporters.summary.facts import Promise

#: Where a promise has no figure because there was no occasion for one: nothing to keep, and nothing to doubt.
NO_OCCASION = "nothing_happened"


def judged(promises: Iterable[Promise]) -> tuple[Promise, ...]:
    """Those that were measured and had an occasion."""
    return tuple(one for one in promises if one.watched and not (one.met is None and one.why == NO_OCCASION))


def kept(promises: Iterable[Promise]) -> bool | None:
    """False where any promise was broken; else None where one cannot be judged, or none was; else True."""
    met = [one.met for one in judged(promises)]
    if False in met:
        return False
    return None if None in met or not met else True
