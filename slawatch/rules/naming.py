"""Names that a person may have meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest(name: str, known: Iterable[str]) -> str:
    """The end of a message about an unknown name: the nearest known one, or all of them when none is near."""
    names = sorted(known)
    lowered = {known_name.lower(): known_name for known_name in names}
    near = difflib.get_close_matches(name.lower(), lowered, n=1)
    if near:
        return f", did you mean {lowered[near[0]]!r}?"
    if not names:
        return ""
    return f", expected {one_of(names)}" if len(names) <= 15 else ""


def one_of(names: Iterable[str]) -> str:
    names = tuple(names)
    return names[0] if len(names) == 1 else f"one of {', '.join(names)}"
