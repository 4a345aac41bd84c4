"""Who may sign in to slawatch's own pages in the demo."""

from __future__ import annotations

from slawatch.clock import now
from slawatch.people import Hasher, Office
from slawatch.rules.permissions import Role
from slawatch.store import Actor, Way, open_store

#: Not a secret: the demo tells it to whoever looks, and listens to this machine only.
NAME, PASSWORD = "demo", "kijk-maar-rond"


async def admit(store: str) -> None:
    """The visitor may do everything, in the store at this address; made where it is not there. Raises StoreError."""
    async with open_store(store, write=True) as opened:
        if await opened.people.user(NAME) is None:
            office = Office(opened.people, now, Hasher())
            await office.add_user(Actor("demo", Way.STORE), NAME, PASSWORD, Role.ADMIN)
