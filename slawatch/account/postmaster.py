"""Where people look after the outbox: what was refused is sent again, what need not go is dropped."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection

import structlog

from slawatch.account import shown
from slawatch.account.desk import nobody
from slawatch.model import Message, MessageKind, MessageState
from slawatch.rules.document import Document
from slawatch.rules.wishes import Refused, Unknown
from slawatch.rules.wording import named
from slawatch.store import Store

log = structlog.get_logger()

#: What a person can still do something about.
_OPEN = (MessageState.QUEUED, MessageState.FAILED)


class Postmaster:
    """`wake`: called when something is due that was not. `tell`: called with the customers whose proof of notice may be
    another one now.
    """

    def __init__(
        self,
        store: Store,
        wake: Callable[[], None] = lambda: None,
        tell: Callable[[Collection[str]], Awaitable[None]] = nobody,
    ) -> None:
        self._store = store
        self._wake = wake
        self._tell = tell

    async def retry(self, id_: str, by: str) -> Document:
        """Send a message now that was refused for good, or that waits. Raises Refused, StoreError."""
        message, by = await self._open(id_), named("by", by)
        if not await self._store.retry(id_):
            raise _under_way(id_)
        return {"ids": await self._sent_again([message], by)}

    async def retry_failed(self, by: str) -> Document:
        """Send all now that was refused for good; gives the `ids`. Raises Refused, StoreError."""
        by = named("by", by)
        failed = await self._store.messages(state=MessageState.FAILED)
        ids = frozenset(await self._store.retry(None))
        return {"ids": await self._sent_again([one for one in failed if one.id in ids], by)}

    async def drop(self, id_: str, reason: str, by: str) -> Document:
        """Never send it; who said so, and why, is kept with it. Raises Refused, StoreError."""
        message, by, reason = await self._open(id_), named("by", by), named("reason", reason)
        if not await self._store.drop(id_, f"dropped by {by}: {reason}"):
            raise _under_way(id_)
        log.info("message.dropped", message=id_, customer=message.customer, who=by, reason=reason)
        await self._tell_of([message])
        return {"ids": [id_]}

    async def _open(self, id_: str) -> Message:
        message = await self._store.message(id_)
        if message is None:
            raise Unknown(f"no message {id_!r}, expected one that `slawatch outbox list` shows")
        if message.state is MessageState.SENDING:
            raise _under_way(id_)
        if message.state not in _OPEN:
            raise Refused(f"{id_} is {message.state}, expected one that is {' or '.join(_OPEN)}")
        return message

    async def _sent_again(self, messages: Collection[Message], by: str) -> list[str]:
        for one in messages:
            log.info("message.retried", message=one.id, customer=one.customer, who=by)
        self._wake()
        await self._tell_of(messages)
        return [one.id for one in messages]

    async def _tell_of(self, messages: Collection[Message]) -> None:
        customers = frozenset(one.customer for one in messages if one.kind is MessageKind.MAINTENANCE)
        if customers:
            await self._tell(customers)


def _under_way(id_: str) -> Refused:
    return Refused(f"{id_} is being sent, expected one that is {' or '.join(_OPEN)}; try again in a minute")


async def outbox(store: Store, customer: str | None, state: MessageState | None) -> list[Document]:
    """The messages in the order in which they came to be owed, as JSON-able values."""
    return [shown.message(one) for one in await store.messages(customer, state)]
