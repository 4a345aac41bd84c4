"""The one answer that is given first: was the agreement kept?"""

from __future__ import annotations

from collections.abc import Iterable

from slawatch.rules.promises import NOTHING_HAPPENED, Promise


def judged(promises: Iterable[Promise]) -> tuple[Promise, ...]:
    """Those that were measured and had an occasion: without one there is nothing to keep, and nothing to doubt."""
    return tuple(one for one in promises if one.watched and one.why != NOTHING_HAPPENED)


def kept(promises: Iterable[Promise]) -> bool | None:
    """False where any promise was broken; else None where one cannot be judged, or none was; else True."""
    met = [one.met for one in judged(promises)]
    if False in met:
        return False
    return None if None in met or not met else True
