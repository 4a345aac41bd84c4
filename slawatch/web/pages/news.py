"""Who of the customers changed, for as many listeners as there are: none of them has a queue that could grow."""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass

#: So many turns are remembered, to be told; which customers changed is known of all.
TURNS = 50


@dataclass(frozen=True, slots=True)
class Turn:
    """A customer that stands otherwise than before. `state`: now."""

    number: int
    customer: str
    name: str
    state: str


class News:
    """Each change has a number. What came after a number is asked for, so who is slow gets several changes as one.

    A number is told as a place, such as `5c1f-17`; one of another life of the daemon is none.
    """

    def __init__(self) -> None:
        self._life = secrets.token_hex(4)
        self._number = 0
        self._changed: dict[str, int] = {}
        self._turns: deque[Turn] = deque(maxlen=TURNS)
        self._more = asyncio.Event()
        self.closed = False

    @property
    def number(self) -> int:
        return self._number

    def tell(self, changed: Collection[str], turned: tuple[str, str, str] | None = None) -> None:
        """These customers changed; `turned`: id, name and state of one that stands otherwise now."""
        self._number += 1
        for customer in changed:
            self._changed[customer] = self._number
        if turned is not None:
            self._turns.append(Turn(self._number, *turned))
        self._wake()

    def close(self) -> None:
        """Nothing more will come: who waits is told so."""
        self.closed = True
        self._wake()

    def place(self, number: int) -> str:
        return f"{self._life}-{number}"

    def number_at(self, place: str) -> int | None:
        """The number of a place; None for one that is none of this life."""
        life, _, number = place.partition("-")
        known = life == self._life and number.isdecimal() and int(number) <= self._number
        return int(number) if known else None

    def since(self, number: int) -> tuple[frozenset[str], Sequence[Turn]]:
        """Which customers changed after that, and which of them turned, as far as that is remembered."""
        changed = frozenset(customer for customer, at in self._changed.items() if at > number)
        return changed, [turn for turn in self._turns if turn.number > number]

    async def after(self, number: int) -> None:
        """Wait for a change after that one, or for the end."""
        while self._number <= number and not self.closed:
            await self._more.wait()

    def _wake(self) -> None:
        self._more.set()
        self._more = asyncio.Event()
