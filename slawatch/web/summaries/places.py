"""How many documents are made and taken at once, of all people and of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager


class Full(Exception):
    """There is no place now."""


class Places:
    """So many of all at once, and of them so many for each: nobody takes all places."""

    def __init__(self, most: int, each: int) -> None:
        self._most = most
        self._each = each
        self._taken: Counter[str] = Counter()

    @contextmanager
    def one(self, who: str) -> Iterator[None]:
        """A place for what is inside. Raises Full."""
        if self._taken.total() >= self._most or self._taken[who] >= self._each:
            raise Full
        self._taken[who] += 1
        try:
            yield
        finally:
            self._taken[who] -= 1
            self._taken += Counter()  # who has none is forgotten
