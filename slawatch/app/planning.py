"""What the pages of maintenance show, and what would come of a wish: whom it mails, in which words, if it counts."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from slawatch.account import shown
from slawatch.app.mailing import addressee, sender_settings
from slawatch.app.wiring import Wiring
from slawatch.config import Config
from slawatch.model import Declaration, Instant, Message, Version
from slawatch.reporters.mail import render, window_facts
from slawatch.rules.calendar import deadline, parse
from slawatch.rules.declared import standing
from slawatch.rules.document import Document
from slawatch.rules.meaning import within_hours
from slawatch.rules.stands import Standing
from slawatch.rules.wishes import Granted, Known, Wish
from slawatch.web import Judged, Letter, Line, Preview

#: Of a series so many times to come are listed, and of a wish so many are shown.
COMING, SHOWN = 2, 6
#: So many lines of a mail.
LINES = 8


@dataclass(frozen=True, slots=True)
class Planner:
    """The customers of whatever configuration is in force."""

    wiring: Wiring

    def now(self) -> Instant:
        return self.wiring.clock()

    def customers(self) -> Sequence[tuple[str, str]]:
        return [(one.id, one.name) for one in self.wiring.in_force().customers]

    def zone(self, customers: Sequence[str]) -> str:
        config = self.wiring.in_force()
        zones = {one.agreement.timezone for one in config.customers if one.id in customers}
        return zones.pop() if len(zones) == 1 else config.agreement.timezone

    async def lines(self, customer: str | None = None) -> Sequence[Line]:
        """Raises StoreBusy."""
        listed = await self.wiring.desk.maintenance()
        names = dict(self.customers())
        return await asyncio.to_thread(_lines, listed, names, customer)

    async def ask(self, wish: Wish) -> dict[str, Any]:
        """Raises Refused, StoreBusy."""
        return await self.wiring.desk.ask(wish)

    async def preview(self, wish: Wish) -> Preview:
        """Raises Refused, StoreBusy."""
        now = self.wiring.clock()
        granted, known = await self.wiring.desk.trial(wish)
        said = [one for one in await self.wiring.store.declarations() if _about(one, granted.id)]
        return await asyncio.to_thread(_preview, granted, known, said, self.wiring.in_force(), now)


def _about(said: Declaration, id_: str) -> bool:
    """Whether it is of the same window or series, or voids a notice of it."""
    return said.subject.partition("/")[0].partition(".")[0] == id_.partition(".")[0]


def _preview(granted: Granted, known: Known, said: Sequence[Declaration], config: Config, now: Instant) -> Preview:
    names = {one.id: one.name for one in config.customers}
    declared = _by_customer((*said, *granted.declarations))
    concerned = list(dict.fromkeys(one.customer for one in granted.declarations))
    stands = {one: standing(declared[one], one) for one in concerned}
    changed = {(one.customer, one.subject) for one in granted.declarations}
    windows = {
        one: [
            window
            for window in shown.windows(stands[one], known.terms.get(one), known.messages, now)
            if (one, window["id"]) in changed
        ]
        for one in concerned
    }
    first = next(iter(windows.values()), [])
    spans = tuple((parse(one["starts"]), parse(one["ended"] or one["ends"])) for one in first)
    mailed = {one.customer for one in granted.messages}
    return Preview(
        times=spans[:SHOWN],
        total=len(spans),
        judged=_judged(windows, known, names),
        letters=tuple(_letters(granted.messages, stands, config)),
        unmailed=tuple(names.get(one, one) for one in concerned if one not in mailed),
    )


def _by_customer(said: Iterable[Declaration]) -> dict[str, list[Declaration]]:
    found: dict[str, list[Declaration]] = {}
    for one in said:
        found.setdefault(one.customer, []).append(one)
    return found


def _judged(windows: Mapping[str, Sequence[Document]], known: Known, names: Mapping[str, str]) -> tuple[Judged, ...]:
    """Those for whom it comes to the same are told of together."""
    found: dict[Judged, list[str]] = {}
    for customer, own in windows.items():
        terms = known.terms.get(customer)
        alive = [one for one in own if one["state"] != "cancelled"]
        if terms is None or not alive:
            continue
        one, zone, agreed = alive[0], ZoneInfo(terms.timezone), terms.maintenance
        version = Version(parse(one["starts"]), parse(one["ends"]), None)
        meant = Judged(
            customers=(),
            everyone=False,
            times=len(alive),
            counted=sum(bool(each["counted"]) for each in alive),
            proof=one["proof"],
            why=one["why"],
            deadline=deadline(version.starts, agreed.notice, zone),
            preferred=agreed.preferred,
            inside=agreed.preferred is not None and within_hours(version, agreed.preferred, zone),
        )
        found.setdefault(meant, []).append(names.get(customer, customer))
    return tuple(
        replace(meant, customers=tuple(whose), everyone=len(whose) == len(names)) for meant, whose in found.items()
    )


def _letters(messages: Iterable[Message], stands: Mapping[str, Standing], config: Config) -> Iterable[Letter]:
    """One for each language: that of the first customer who is written to in it."""
    if config.mail is None:
        return
    ordered = sorted(messages, key=lambda one: one.language)
    for language, own in groupby(ordered, key=lambda one: one.language):
        first, *others = own
        to = addressee(config.customer(first.customer))
        mail = render(first, window_facts(first, stands[first.customer], to), sender_settings(config.mail))
        body = mail.get_body(("plain",))
        assert body is not None, "every mail of ours has a text"
        lines = [line.strip() for line in body.get_content().splitlines() if line.strip()]
        addresses = dict.fromkeys(one.contact for one in (first, *others))
        yield Letter(language, str(mail["Subject"]), tuple(lines[:LINES]), tuple(addresses))


def _lines(listed: Sequence[Document], names: Mapping[str, str], customer: str | None) -> Sequence[Line]:
    """Windows that customers have in common as one, by start; of a series to come only the first few."""
    together: dict[tuple[object, ...], list[Document]] = {}
    for one in listed:
        if customer is None or one["customer"] == customer:
            key = ("id", "state", "starts", "ends", "ended", "counted", "proof", "why", "text")
            together.setdefault(tuple(one[name] for name in key), []).append(one)
    lines = sorted(
        (_line(own, names) for own in together.values()), key=lambda one: (one.starts, one.id, one.customers)
    )
    kept: list[Line] = []
    coming: dict[str, list[int]] = {}
    for line in lines:
        if line.series is None or line.state != "planned":
            kept.append(line)
            continue
        places = coming.setdefault(line.series, [])
        if len({kept[place].id for place in places} | {line.id}) <= COMING:
            places.append(len(kept))
            kept.append(line)
        else:
            kept[places[-1]] = replace(kept[places[-1]], more=kept[places[-1]].more + 1)
    return kept


def _line(own: Sequence[Document], names: Mapping[str, str]) -> Line:
    one = own[0]
    return Line(
        id=one["id"],
        customers=tuple(names.get(each["customer"], each["customer"]) for each in own),
        everyone=len(own) > 1 and len(own) == len(names),
        state=one["state"],
        reason=one["reason"],
        text=one["text"],
        zone=one["timezone"],
        starts=parse(one["starts"]),
        ends=parse(one["ended"] or one["ends"]),
        counted=one["counted"],
        proof=one["proof"],
        why=one["why"],
        configured=one["configured"],
    )
