"""What others report, published: incidents that are open or overdue, and how each source of backups stands."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from itertools import count

from slawatch.account import Copies, Helpdesk
from slawatch.model import SECOND, BeatKind, Micros
from slawatch.reporters.metrics import Copy, Metrics
from slawatch.rules.copies import Standing
from slawatch.store import StoreBusy

#: What ages is looked at so often, and what comes to be overdue each fourth time: many incidents take some reading.
PUBLISH_SECONDS = 15.0
_ROUNDS = 4


async def publish_reported(helpdesk: Helpdesk, copies: Copies, metrics: Metrics, news: asyncio.Event) -> None:
    """Publish at once, at `news` and now and then, until cancelled; what cannot be read now is read next time."""
    for number in count():
        is_news = news.is_set()
        news.clear()
        with suppress(StoreBusy):
            metrics.copies([_copy(one) for one in (await copies.standings()).values()])
            counts = await helpdesk.counts() if is_news or number % _ROUNDS == 0 else None
            if counts is not None:
                metrics.incidents(*counts)
        with suppress(TimeoutError):
            await asyncio.wait_for(news.wait(), PUBLISH_SECONDS)


def _copy(one: Standing) -> Copy:
    kind = one.latest.kind
    return Copy(
        one.latest.source,
        kind.value,
        one.late,
        age_seconds=_seconds(one.age) if kind in {BeatKind.HOURLY, BeatKind.DAILY} else None,
        lag_seconds=_seconds(one.latest.lag),
        restore_seconds=_seconds(one.latest.duration) if kind is BeatKind.RESTORE else None,
    )


def _seconds(length: Micros | None) -> float | None:
    return None if length is None else length / SECOND
