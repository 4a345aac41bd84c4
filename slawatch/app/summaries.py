"""What a summary says, from the ledger: the same revision gives the same, however much was told since."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from slawatch import __version__
from slawatch.account import Month, judged, read_closed, read_month
from slawatch.app.ledgered import declared, promised
from slawatch.app.months import revision_of, span_of
from slawatch.app.summary_outages import outages
from slawatch.app.summary_windows import windows
from slawatch.config import Config
from slawatch.model import HOUR, Event, Instant, Message
from slawatch.reporters.summary.facts import Blip, PageTimes, Revision, Strip, Summary, TrendMonth, Unseen
from slawatch.rules import blips, exclusions
from slawatch.rules.agreed import Agreed
from slawatch.rules.calendar import Period
from slawatch.rules.copies import CONTEXT
from slawatch.rules.daily import Booked, daily
from slawatch.rules.declared import standing
from slawatch.rules.document import Document
from slawatch.rules.mails import as_of
from slawatch.rules.promises import Reports, promises
from slawatch.rules.stands import Standing
from slawatch.rules.statement import judged_exclusions
from slawatch.rules.unseen import blind, unseen
from slawatch.store import Store, StoredStatement

#: So many months the trend shows.
TREND = 12


@dataclass(frozen=True, slots=True)
class _Known:
    """What the ledger knew at `at` beside the month itself.

    `closed`: all statements of the customer that there were. `stands`: what stood of its declarations then, and
    `figured`: when the figures were made.
    """

    at: Instant
    closed: Sequence[StoredStatement]
    figured: Standing
    stands: Standing
    events: Sequence[Event]
    mails: Sequence[Message]
    reports: Reports


async def summarize(
    store: Store, config: Config, customer: str, month: str, now: Instant, *, revision: int | None = None
) -> Summary:
    """A customer's month: of a closed one the asked or the latest revision, of any other as far as `now`.

    Raises UnknownCustomer, and NoSuchMonth for what is no month, has not begun, or has no such revision.
    """
    agreed = await promised(store, config, customer)
    which = span_of(month, agreed, now)
    closed = await store.statements(customer)
    stood = revision_of([one for one in closed if one.month == month], customer, month, revision)
    if stood is None:
        seen = await read_month(store, agreed, which, await declared(store, config, customer, which.period.ends))
        known = await _known(store, seen, closed, now, now)
        told = await asyncio.to_thread(seen.document)
    else:
        seen = await read_closed(store, customer, month, stood.as_of)
        known = await _known(store, seen, closed, stood.as_of, stood.recorded)
        told = json.loads(stood.document)
    names = {one.id: one.name for one in config.customers}
    return await asyncio.to_thread(_summary, names.get(customer, customer), told, seen, stood, known)


async def _known(store: Store, seen: Month, closed: Iterable[StoredStatement], figured: Instant, at: Instant) -> _Known:
    """`figured`: as of when the figures are."""
    customer = seen.agreed.latest.customer
    said = await store.declarations(customer, at)
    events = await store.events(customer)
    mails = await store.messages(customer)
    return _Known(
        at,
        [one for one in closed if one.recorded <= at],
        standing(said, customer, figured),
        standing(said, customer),
        [one for one in events if one.recorded <= at],
        as_of(mails, at),
        await reports(store, seen.agreed, seen.span.period, at),
    )


async def reports(store: Store, agreed: Agreed, period: Period, at: Instant) -> Reports:
    """What others had reported by `at` that a customer's month is judged by.

    Incidents count as reported where any of anybody was since the month began: else nobody brings them any more.
    """
    reported, customer = store.reported, agreed.latest.customer
    last = await reported.last_incident(at)
    incidents = None
    if last is not None and last >= period.starts:
        incidents = await judged(store, agreed, await reported.incidents(customer, at), at)
    return Reports(incidents, await reported.heartbeats(period.starts - CONTEXT, period.ends, at))


def _summary(name: str, told: Document, seen: Month, stood: StoredStatement | None, known: _Known) -> Summary:
    period = seen.span.period
    left_out = [one for one in judged_exclusions(seen.agreed, seen.declared) if exclusions.meets(one, period)]
    zone = ZoneInfo(told["terms"]["timezone"])
    by_day = daily(seen.agreed, seen.records, exclusions.flatten(left_out, period), period, zone)
    return Summary(
        customer=told["customer"],
        name=name,
        service=told["terms"]["agreement"],
        zone=told["terms"]["timezone"],
        statement=told,
        promises=promises(told, left_out, known.mails, known.reports, period, known.at),
        trend=_trend(told, known.closed),
        days=by_day.days,
        strips=by_day.strips,
        outages=outages(told, known.events, known.stands.outages, known.mails),
        blips=_blips(seen),
        windows=windows(told, left_out, seen.agreed, known.figured, known.mails),
        unseen=_unseen(seen, by_day.strips),
        pages=_pages(told, by_day.times),
        version=__version__,
        revision=None if stood is None else _revision(stood),
        revisions=_revisions(known.closed, stood),
    )


def _trend(told: Document, closed: Iterable[StoredStatement]) -> tuple[TrendMonth, ...]:
    """The months up to this one. Of each that was closed the latest revision."""
    latest = {one.month: one.document for one in closed}
    year, number = map(int, told["month"].split("-"))
    names = [f"{at // 12:04}-{at % 12 + 1:02}" for at in range(year * 12 + number - TREND, year * 12 + number - 1)]
    before = [_of_month(json.loads(latest[name])) if name in latest else TrendMonth(name) for name in names]
    return (*before, _of_month(told))


def _of_month(told: Document) -> TrendMonth:
    availability, speed = told["availability"], told["speed"]
    return TrendMonth(
        told["month"], availability["ratio"], availability["met"], speed["share"], speed["met"], speed["p95_seconds"]
    )


def _blips(seen: Month) -> tuple[Blip, ...]:
    """One for each that the statement counts, by its beginning."""
    begun: dict[str, list[Instant]] = {}
    for at, check in blips.starts(seen.agreed, seen.records, seen.span.period):
        begun.setdefault(check, []).append(at)
    found = []
    for check, starts in begun.items():
        policy, holds = seen.agreed.policy(check), seen.agreed.checks[check].stale_after
        looks = seen.parts[check].looks([(at, at + blips.reach(policy.confirm(at)) + holds + HOUR) for at in starts])
        numbers = {row[2]: number for number, row in enumerate(looks)}
        found += [blips.blip(check, looks[numbers[at] :], policy.confirm(at)) for at in starts]
    return tuple(sorted(found, key=lambda one: (one.at, one.checks)))


def _unseen(seen: Month, strips: Iterable[Strip]) -> tuple[Unseen, ...]:
    """The unknown strips with the causes of the looks by the checks that counted then."""
    unknown = [one for one in strips if one.booked is Booked.UNKNOWN]
    looks = []
    for check in seen.agreed.ever_counting:
        holds = seen.agreed.checks[check].stale_after
        rows = seen.parts[check].looks([(one.starts - holds, one.ends) for one in unknown])
        spells = seen.agreed.counting(check)
        looks += [one for one in blind(rows) if any(since <= one.starts < until for since, until in spells)]
    return unseen(unknown, looks)


def _pages(told: Document, times: Mapping[str, Mapping[int, int]]) -> tuple[PageTimes, ...]:
    return tuple(
        PageTimes(page, said["loads"], said["slow"], said["p95_seconds"], dict(sorted(times.get(page, {}).items())))
        for page, said in told["speed"]["pages"].items()
    )


def _revision(stood: StoredStatement) -> Revision:
    return Revision(stood.revision, stood.as_of, stood.recorded, stood.who, stood.why, stood.digest)


def _revisions(closed: Iterable[StoredStatement], stood: StoredStatement | None) -> tuple[Revision, ...]:
    """The month's revisions up to the one that stood."""
    if stood is None:
        return ()
    return tuple(_revision(one) for one in closed if one.month == stood.month and one.revision <= stood.revision)
