"""Backups by what their makers report: heartbeats taken in, and how each source stands."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import structlog

from slawatch.account.helpdesk import nothing
from slawatch.clock import Clock
from slawatch.model import SECOND, BeatKind, Heartbeat, Instant, Micros, Outcome
from slawatch.rules.calendar import text
from slawatch.rules.copies import Source, Standing, by_source, stand
from slawatch.rules.document import Document
from slawatch.rules.wishes import Refused
from slawatch.rules.wording import named
from slawatch.store import Store

log = structlog.get_logger()

_SOURCE = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}", re.ASCII)
#: So many sources there may be: each has series of its own, and a name that changes with each report is a mistake.
MOST_SOURCES = 1000


class Copies:
    """`wake`: called when something was reported."""

    def __init__(self, store: Store, clock: Clock, wake: Callable[[], None] = nothing) -> None:
        self._store = store
        self._clock = clock
        self._wake = wake

    async def beat(
        self,
        source: str,
        kind: BeatKind,
        by: str,
        *,
        outcome: Outcome = Outcome.GOOD,
        at: Instant | None = None,
        lag: Micros | None = None,
        duration: Micros | None = None,
    ) -> Document:
        """Take in one report, of now where it does not say `at`; one of the same moment is passed over.

        Raises Refused, StoreError.
        """
        beat = Heartbeat(source, kind, self._clock() if at is None else at, outcome, lag, duration, named("by", by))
        self._ensure_right(beat)
        known = by_source(await self._store.reported.latest_heartbeats())
        if (beat.source, beat.kind) not in known and len(known) >= MOST_SOURCES:
            raise Refused(f"source: there are {MOST_SOURCES} already, expected one of those")
        new = await self._store.reported.add_heartbeat(beat)
        if new and beat.outcome is not Outcome.GOOD:
            log.info("heartbeat", source=beat.source, kind=beat.kind.value, outcome=beat.outcome.value, who=beat.who)
        self._wake()
        return {"source": beat.source, "kind": beat.kind.value, "at": text(beat.at), "new": new}

    async def heartbeats(
        self, *, after: tuple[Any, ...] | None = None, limit: int | None = None
    ) -> tuple[list[Document], tuple[Any, ...] | None]:
        """Each source that is not retired, by name and kind, as it stands; in pages as incidents are."""
        found = [(which, one) for which, one in (await self.standings()).items() if after is None or which > after]
        page = found[:limit]
        return [_shown(one) for _, one in page], page[-1][0] if len(page) < len(found) else None

    async def standings(self) -> Mapping[Source, Standing]:
        """The same as values."""
        now = self._clock()
        found = by_source(await self._store.reported.latest_heartbeats())
        stood = ((which, stand(beats, now)) for which, beats in found.items())
        return {which: one for which, one in stood if one is not None}

    def _ensure_right(self, beat: Heartbeat) -> None:
        if not _SOURCE.fullmatch(beat.source):
            raise Refused(f"source: expected a name of a-z, 0-9, '.', '-' and '_', such as db1, got {beat.source!r}")
        if beat.at > self._clock():
            raise Refused(f"at: expected a time that has been, got {text(beat.at)}")
        good, kind = beat.outcome is Outcome.GOOD, beat.kind.value
        if beat.lag is not None and beat.kind is not BeatKind.REPLICA:
            raise Refused(f"lag: expected none of what is {kind}, only of a replica")
        if good and beat.kind is BeatKind.REPLICA and beat.lag is None:
            raise Refused("lag: missing, expected how many seconds the replica is behind")
        if good and beat.kind is BeatKind.RESTORE and beat.duration is None:
            raise Refused("duration: missing, expected how many seconds the restore took")
        if any(length is not None and length < 0 for length in (beat.lag, beat.duration)):
            raise Refused("lag and duration: expected no less than 0 s")


def _shown(one: Standing) -> Document:
    latest, good = one.latest, one.good
    return {
        "source": latest.source,
        "kind": latest.kind.value,
        "at": text(latest.at),
        "outcome": latest.outcome.value,
        "good_at": None if good is None else text(good.at),
        "age_seconds": _seconds(one.age),
        "lag_seconds": _seconds(latest.lag),
        "duration_seconds": _seconds(latest.duration),
        "late": one.late,
        "who": latest.who,
    }


def _seconds(length: Micros | None) -> float | None:
    return None if length is None else length / SECOND
