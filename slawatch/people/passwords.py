"""Passwords as Argon2id hashes: made and checked in a thread, one at a time, for each takes memory and a core."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

T = TypeVar("T")

#: RFC 9106, 4: the second recommended option, for where memory is dear; but in one lane, so that one core is taken and
#: looks at pages keep theirs.
MEMORY_KIB, PASSES, LANES = 64 * 1024, 3, 1


class Hasher:
    """`memory_kib`, `passes`, `lanes`: Argon2's cost; tests take the least."""

    def __init__(self, memory_kib: int = MEMORY_KIB, passes: int = PASSES, lanes: int = LANES) -> None:
        self._argon = PasswordHasher(time_cost=passes, memory_cost=memory_kib, parallelism=lanes)
        self._nobodys: str | None = None
        self._turn = asyncio.Lock()

    async def hash(self, password: str) -> str:
        """The hash, with a salt of its own."""
        return await self._in_turn(lambda: self._argon.hash(password))

    async def fits(self, hash_: str | None, password: str) -> bool:
        """Whether the password is the one of the hash. Without a hash it takes as long, and is not."""
        return await self._in_turn(lambda: self._verify(hash_, password))

    def _verify(self, hash_: str | None, password: str) -> bool:
        if self._nobodys is None:
            self._nobodys = self._argon.hash("nobody's")
        try:
            self._argon.verify(self._nobodys if hash_ is None else hash_, password)
        except (VerificationError, InvalidHashError):
            return False
        return hash_ is not None

    async def _in_turn(self, work: Callable[[], T]) -> T:
        async with self._turn:
            return await asyncio.to_thread(work)
