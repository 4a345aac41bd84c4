"""A store that tells how often the rows of a check were read from it."""

from __future__ import annotations

from typing import Any

from slawatch.store import Store, StoredCheckpoint


class Asked:
    """The store, and how often the rows of a check were read from it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.rows = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def observation_rows(self, *which: Any, **more: Any) -> Any:
        self.rows += 1
        return await self._store.observation_rows(*which, **more)


class WithoutCheckpoints(Asked):
    async def checkpoints(self) -> tuple[StoredCheckpoint, ...]:
        return ()
