"""Months that go on from their checkpoints: of each only what was seen since is read, of many at once."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import structlog

from slawatch.account.checkpoint import Checkpoint, Damaged
from slawatch.account.last_month import LastMonth
from slawatch.account.to_date import MonthToDate
from slawatch.model import HOUR, CheckId, Instant, Look, Micros, Observation
from slawatch.rules.agreed import FOREVER
from slawatch.rules.rows import CAUSES, VERDICTS, ObservationRow, instant_of
from slawatch.store import Store, StoredCheckpoint

log = structlog.get_logger()

#: So much time since their checkpoints is read at once, of all customers together: some 36,000 looks.
LOT: Micros = 100 * HOUR


@dataclass(frozen=True, slots=True)
class Resumed:
    """What there is of a customer beside its month. `latest`: the last look of each check, without phases and facts."""

    last_month: LastMonth | None
    latest: tuple[Observation, ...]


async def resume(store: Store, months: Mapping[str, MonthToDate], now: Instant) -> dict[str, Resumed]:
    """Have those of the months go on from their checkpoints that have one which serves; the others stay as they are.

    What the ledger gives at `now` is the same either way. A checkpoint that does not serve is forgotten before anything
    is recorded: on a clock that was set back, looks may come that lie before its last one. Raises StoreBusy.
    """
    kept = [one for one in await store.checkpoints() if one.customer in months]
    resumed: dict[str, Resumed] = {}
    for lot in _lots(kept, now):
        stood = await asyncio.to_thread(_serving, lot, months, now)
        since = {customer: _since(months[customer], one) for customer, one in stood.items()}
        found = await store.rows_since({id_: at for ids in since.values() for id_, at in ids.items()}, FOREVER)
        for customer, one in stood.items():
            to_date, rows = months[customer], {id_: found[id_] for id_ in since[customer]}
            seen = one.seen
            goes_on = all(_goes_on(seen.get(id_.name, 0), theirs, now) for id_, theirs in rows.items())
            if goes_on and to_date.serves(one, now):
                resumed[customer] = _resumed(to_date, one, rows)
            await asyncio.sleep(0)
    if kept:
        log.info("account.resumed", customers=len(resumed), of=len(months))
    unfit = [one.customer for one in kept if one.customer not in resumed]
    if unfit:
        await store.forget_checkpoints(unfit)
    return resumed


def _since(to_date: MonthToDate, stood: Checkpoint) -> dict[CheckId, Instant]:
    """The last look of each check in a checkpoint.

    Of one without, which may have come after it: when it left last before the month, as for what is read in full.
    """
    agreed, seen = to_date.agreed, stood.seen
    return {
        check.id: seen.get(name, 0) or max((at for at in agreed.policy(name).leaves if at <= stood.starts), default=0)
        for name, check in agreed.checks.items()
    }


def _lots(kept: list[StoredCheckpoint], now: Instant) -> Iterator[list[StoredCheckpoint]]:
    lot: list[StoredCheckpoint] = []
    life: Micros = 0
    for one in kept:
        lot.append(one)
        life += abs(now - one.at)
        if life >= LOT:
            yield lot
            lot, life = [], 0
    yield lot


def _serving(lot: list[StoredCheckpoint], months: Mapping[str, MonthToDate], now: Instant) -> dict[str, Checkpoint]:
    found = {}
    for one in lot:
        to_date = months[one.customer]
        try:
            stood = Checkpoint.read(one.document, to_date.agreed)
        except Damaged as damaged:
            log.warning("checkpoint.damaged", customer=one.customer, reason=str(damaged))
            continue
        if stood is not None and to_date.serves(stood, now):
            found[one.customer] = stood
    return found


def _goes_on(at: Instant, rows: list[ObservationRow], now: Instant) -> bool:
    """Whether the ledger has the look at `at`, if there was one, and goes on from there up to `now` and no further."""
    return (at == 0 or (bool(rows) and rows[0][2] == at)) and (not rows or rows[-1][2] <= now)


def _resumed(to_date: MonthToDate, stood: Checkpoint, found: Mapping[CheckId, list[ObservationRow]]) -> Resumed:
    seen = stood.seen
    since = {id_.name: [row for row in rows if instant_of(row) > seen.get(id_.name, 0)] for id_, rows in found.items()}
    to_date.resume(stood, since)
    last = stood.last_month
    if last is not None and not last.stands(to_date.agreed, to_date.judged, to_date.starts):
        last = None
    return Resumed(last, tuple(_observation(id_, rows[-1]) for id_, rows in found.items() if rows))


def _observation(id_: CheckId, row: ObservationRow) -> Observation:
    _, node, at, verdict, cause, milliseconds, recheck, holds = row
    return Observation(id_, node, at, Look(VERDICTS[verdict], CAUSES[cause], milliseconds), recheck, holds)
