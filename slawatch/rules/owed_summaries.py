"""To whom a closed month's summary is owed."""

from __future__ import annotations

from collections.abc import Iterable

from slawatch.model import Instant, Message, MessageKind
from slawatch.rules.owed import Recipients, owed


def summary_messages(
    customer: str, month: str, revision: int, to: Recipients, before: Iterable[Message], now: Instant, *, newest: bool
) -> tuple[Message, ...]:
    """The summary of this revision to each of the readers `to`, in the thread of the month's first mail to them.

    `before`: what was owed of the month already. Of a month that nobody was owed, nothing is, unless it is the `newest`
    one that is closed: who was away for long, or is new, is not sent years of summaries.
    """
    threads = {one.contact: one.thread for one in before}
    if not threads and not newest:
        return ()
    return tuple(
        owed(MessageKind.SUMMARY, customer, month, revision, contact, to, now, threads=threads)
        for contact in to.contacts
    )
