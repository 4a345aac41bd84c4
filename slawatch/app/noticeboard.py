"""What a customer's status page says: figures of its statements, its windows, and what the operator told of outages."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from slawatch.account import shown
from slawatch.app.rows import row_of
from slawatch.app.wiring import Wiring
from slawatch.model import DAY, HOUR, SECOND, Cause, Instant, Micros
from slawatch.rules.calendar import Period, day, month, month_of, parse
from slawatch.rules.declared import standing
from slawatch.rules.document import Document, document
from slawatch.rules.downdays import down_days
from slawatch.web import DaySeen, Interruption, MonthFigure, News, Notice, Update, Work

#: So many days the strip has, and so many windows to come are listed.
DAYS, AHEAD = 90, 8


@dataclass(frozen=True, slots=True)
class Noticeboard:
    """The customers of whatever configuration is in force."""

    wiring: Wiring

    @property
    def news(self) -> News:
        return self.wiring.rows.news

    def now(self) -> Instant:
        return self.wiring.clock()

    def opened_by(self, key: str) -> tuple[str, bool] | None:
        """By the token of a link; by the id, where the configuration says that everyone may look."""
        return self.wiring.links.status_of(key)

    async def notice(self, customer: str) -> Notice | None:
        """None for who is not in the account (any more). Raises StoreBusy."""
        wiring, now, row = self.wiring, self.wiring.clock(), self.wiring.rows.of(customer)
        if row is None or customer not in wiring.account:
            return None
        own, store = wiring.in_force().customer(customer), wiring.store
        statement = wiring.account.statement(customer, now)
        row = row_of(row, statement, wiring.account.judged(customer), int(wiring.account.budget(customer)))
        zone = ZoneInfo(own.agreement.timezone)
        months = _months(now, zone)
        closed = {name: await store.statements(customer, name) for name in months[1:]}
        said, events = await store.declarations(customer), await store.events(customer)
        first = await store.first_at(customer)

        def told() -> Notice:
            documents = {months[0]: document(statement)}
            documents |= {name: json.loads(found[-1].document) for name, found in closed.items() if found}
            stands = standing(said, customer)
            works = [_work(one) for one in shown.windows(stands, statement.terms, (), now) if _is_alive(one)]
            return Notice(
                name=own.name,
                service=own.agreement.name,
                zone=zone.key,
                language=own.language,
                now=now,
                state=row.state,
                since=row.since,
                running=tuple(one for one in works if one.starts <= now),
                planned=tuple(one for one in works if one.starts > now)[:AHEAD],
                outages=_outages(
                    [documents[name] for name in months[:2] if name in documents],
                    shown.outages({customer: stands}, events),
                ),
                days=tuple(_days(documents, first, now, zone)),
                this_month=_figure(documents[months[0]]),
                last_month=_figure(documents[months[1]]) if months[1] in documents else None,
                calendar=wiring.links.calendar(customer) if wiring.in_force().mail is not None else None,
            )

        return await asyncio.to_thread(told)


def _months(now: Instant, zone: ZoneInfo) -> Sequence[str]:
    """The running one, and those before it that the strip reaches into, the latest first; at least last month."""
    found, name = [month_of(now, zone)], month_of(now, zone)
    while len(found) < 2 or month(name, zone).starts > now - DAYS * DAY:
        name = month_of(month(name, zone).starts - 1, zone)
        found.append(name)
    return found


def _is_alive(window: Document) -> bool:
    return window["state"] in {"planned", "running"}


def _work(window: Document) -> Work:
    return Work(parse(window["starts"]), parse(window["ends"]), window["reason"], window["text"])


def _figure(told: Document) -> MonthFigure:
    availability = told["availability"]
    return MonthFigure(parse(told["period"]["starts"]), availability["ratio"], availability["objective"])


def _outages(months: Iterable[Document], spoken: Sequence[Document]) -> tuple[Interruption, ...]:
    """Those of the months, the latest first. One that both have is one, with what counts in both.

    `months`: the running one first, which knows how an outage over its beginning ended.
    """
    found: dict[str, Document] = {}
    for told in months:
        for one in told["outages"]:
            later = found.get(one["starts"])
            found[one["starts"]] = one if later is None else later | {"seconds": later["seconds"] + one["seconds"]}
    outages = (_interruption(one, spoken) for one in found.values())
    return tuple(sorted(outages, key=lambda one: one.starts, reverse=True))


def _interruption(one: Document, spoken: Sequence[Document]) -> Interruption:
    """`spoken`: the outages of the ledger, with what the operator told of them."""
    starts, ends = parse(one["starts"]), None if one["ends"] is None else parse(one["ends"])
    updates = [
        Update(parse(each["at"]), each["text"])
        for other in spoken
        if starts <= parse(other["starts"]) and (ends is None or parse(other["starts"]) <= ends)
        for each in other["updates"]
    ]
    cause = None if one["cause"] is None else Cause(one["cause"])
    return Interruption(
        starts, ends, round(one["seconds"] * SECOND), cause, tuple(sorted(updates, key=lambda each: each.at))
    )


def _days(documents: Mapping[str, Document], first: Instant | None, now: Instant, zone: ZoneInfo) -> Iterator[DaySeen]:
    """The oldest first. A day of a month that is not closed yet is not known."""
    down: dict[Instant, Micros] = {}
    for told in documents.values():
        period = Period(parse(told["period"]["starts"]), parse(told["period"]["ends"]))
        down |= down_days(told["outages"], period, zone)
    days = [day(now, zone)]
    while len(days) < DAYS:
        days.append(day(days[-1].starts - HOUR, zone))
    for one in reversed(days):
        watched = first is not None and first < one.ends and month_of(one.starts, zone) in documents
        yield DaySeen(one.starts, down.get(one.starts, 0) if watched else None, one.starts in down)
