"""Incidents of the service desk: taken in, judged by what was promised, listed and counted."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

import structlog

from slawatch.account import ledger
from slawatch.account.working_hours import working_hours
from slawatch.clock import Clock
from slawatch.model import Incident, Instant, Priority, Terms
from slawatch.rules.agreed import Agreed
from slawatch.rules.calendar import text
from slawatch.rules.document import Document
from slawatch.rules.incidents import Judged, judge, without_persons, wrong_with
from slawatch.rules.wishes import Refused
from slawatch.rules.wording import named, unknown
from slawatch.store import Store

log = structlog.get_logger()

#: Of which priorities something is promised.
PROMISED = tuple(one for one in Priority if one is not Priority.NONE)


def nothing() -> None:
    """Where nobody waits for news."""


class Helpdesk:
    """`terms`: of each configured customer, at the moment of asking. `wake`: called when incidents came in."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        terms: Callable[[], Mapping[str, Terms]],
        wake: Callable[[], None] = nothing,
    ) -> None:
        self._store = store
        self._clock = clock
        self._terms = terms
        self._wake = wake

    async def take_in(self, incidents: Sequence[Incident], source: str, by: str) -> Document:
        """How these stand now, all or nothing: how many were `new`, how many `changed`, and how many the `same`.

        Raises Refused, StoreError.
        """
        source, by = named("source", source), named("by", by)
        said = await asyncio.to_thread(_checked, incidents, source, self._terms(), self._clock())
        new, changed = await self._store.reported.add_incidents(said)
        if new or changed:
            log.info("incidents.imported", source=source, who=by, new=new, changed=changed)
            self._wake()
        return {"new": new, "changed": changed, "same": len(said) - new - changed}

    async def incidents(
        self,
        *,
        customer: str | None = None,
        solved: bool | None = None,
        after: tuple[Any, ...] | None = None,
        limit: int | None = None,
    ) -> tuple[list[Document], tuple[Any, ...] | None]:
        """By customer, when each was opened, and id; the first `limit` behind `after`, and the last one's place where
        there are more.
        """
        place = None if after is None else (after[0], after[1], after[2])
        more = None if limit is None else limit + 1
        found = await self._store.reported.incidents(customer, solved=solved, after=place, limit=more)
        page = found[:limit]
        shown = [_shown(one) for one in await self._judged(page)]
        last = page[-1] if len(page) < len(found) else None
        return shown, None if last is None else (last.customer, last.opened, last.id)

    async def counts(self) -> tuple[Mapping[Priority, int], Mapping[Priority, int]] | None:
        """How many are not solved, and how many of those are overdue; None where none was ever reported."""
        if await self._store.reported.last_incident() is None:
            return None
        found = await self._judged(await self._store.reported.incidents(solved=False))
        many = Counter(one.incident.priority for one in found)
        overdue = Counter(one.incident.priority for one in found if one.overdue)
        return {one: many[one] for one in Priority}, {one: overdue[one] for one in PROMISED}

    async def _judged(self, incidents: Iterable[Incident]) -> list[Judged]:
        """`incidents`: by customer."""
        now, found = self._clock(), []
        for customer, its in groupby(incidents, lambda one: one.customer):
            agreed = await ledger.agreed(self._store, customer, None) or self._configured(customer)
            if agreed is not None:
                found += await judged(self._store, agreed, list(its), now)
        return found

    def _configured(self, customer: str) -> Agreed | None:
        terms = self._terms().get(customer)
        return None if terms is None else Agreed.always(terms)


async def judged(store: Store, agreed: Agreed, incidents: Sequence[Incident], now: Instant) -> list[Judged]:
    """One customer's incidents as they stand at `now`, in their order."""
    if not incidents:
        return []
    opened = [one.opened for one in incidents]
    hours = await working_hours(store, agreed, min(opened), max(opened))
    return await asyncio.to_thread(lambda: [judge(one, hours(one.opened), now) for one in incidents])


def _checked(incidents: Sequence[Incident], source: str, terms: Mapping[str, Terms], now: Instant) -> list[Incident]:
    seen: dict[tuple[str, str], int] = {}
    found = []
    for number, one in enumerate(incidents):
        where = f"incidents[{number}]"
        if one.customer not in terms:
            raise Refused(f"{where}.customer: {unknown('customer', one.customer, terms)}")
        wrong = wrong_with(one, now)
        if wrong is not None:
            raise Refused(f"{where}.{wrong}")
        earlier = seen.setdefault((one.customer, one.id), number)
        if earlier != number:
            raise Refused(f"{where}.id: {one.id!r} stands at incidents[{earlier}] too, expected each once")
        found.append(replace(one, subject=without_persons(one.subject), source=source))
    return found


def _shown(one: Judged) -> Document:
    said = one.incident
    return {
        "customer": said.customer,
        "id": said.id,
        "priority": said.priority.value,
        "kind": None if said.kind is None else said.kind.value,
        "opened": text(said.opened),
        "answered": _instant(said.answered),
        "solved": _instant(said.solved),
        "due": _instant(one.due),
        "overdue": one.overdue,
        "in_time": one.met,
        "subject": said.subject,
        "source": said.source,
        "recorded": text(said.recorded),
    }


def _instant(at: Instant | None) -> str | None:
    return None if at is None else text(at)
