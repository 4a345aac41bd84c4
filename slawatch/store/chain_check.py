"""Are the ledger's rows what was recorded? All chains of a customer, recomputed from the rows, a day at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from heapq import merge
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Boolean, Connection, literal, select

from slawatch.model import DAY, Instant
from slawatch.rules import calendar
from slawatch.store import chains
from slawatch.store.chains import Chained, Running
from slawatch.store.observations import checks_of
from slawatch.store.pruned_links import looks_by_node
from slawatch.store.rows import AnyRow
from slawatch.store.schema import chains as table

#: Days from 1970 to beyond all that a calendar knows.
_EVER = range(4_000_000)
#: Rows fetched at a time.
_STREAMED = {"yield_per": 4096}
#: What the engines keep a flag as. Another number than these was never written by us, and stays what it is.
_FLAGS: Mapping[Any, Any] = {0: False, 1: True}


@dataclass(frozen=True, slots=True)
class ChainCheck:
    """`fault`: the first one, in words, or None. Up to there, `links`: rows that are what was recorded; `unchained`:
    rows from before there were chains, of which nothing can be said.
    """

    fault: str | None
    links: int
    unchained: int


@dataclass(frozen=True, slots=True)
class _After:
    """A later day's chain, begun when this day's had so many links and this head."""

    day: int
    links: int
    head: str


@dataclass(frozen=True, slots=True)
class _Day:
    """One chain's day: its row of `chains`, if it has one, and all that must agree with it.

    `first`: the first day of any chain of this customer and node. `looks`: how many there are, where rows are pruned.
    """

    kind: Chained
    customer: str
    node: str
    day: int
    chain: AnyRow | None
    afters: tuple[_After, ...]
    first: int | None
    looks: int | None


class _Fault(Exception):
    """What is wrong with a day, without where."""


def check_chains(connection: Connection, customer: str, since_day: int, until_day: int) -> ChainCheck:
    """The chains of the UTC days in [since_day, until_day), as whole days since 1970-01-01; of terms and declarations,
    which hold on from when they were recorded, those of all days.

    Of days that meet a pruned day the observations are gone: their chains are held against one another, and how many
    links they have against how many looks are kept.
    """
    asked = range(since_day, until_day)
    stored = _Stored(connection, customer, asked)
    kinds = (
        (chains.OBSERVATIONS, asked),
        (chains.EVENTS, asked),
        (chains.TERMS, _EVER),
        (chains.DECLARATIONS, _EVER),
    )
    links = unchained = 0
    with ExitStack() as cursors:
        rows = [(kind, days, _rows(connection, cursors, customer, kind, days)) for kind, days in kinds]
        checked = (_checked(stored, kind, of_kind, days) for kind, days, of_kind in rows)
        for _day, one in merge(*checked, key=itemgetter(0)):
            links, unchained = links + one.links, unchained + one.unchained
            if one.fault is not None:
                return ChainCheck(one.fault, links, unchained)
    return ChainCheck(None, links, unchained)


class _Stored:
    """A customer's rows of `chains`, a few a day; and how many looks are kept of the pruned days asked for."""

    def __init__(self, connection: Connection, customer: str, asked: range) -> None:
        self.customer = customer
        self._pruned = looks_by_node(connection, customer, asked)
        rows = connection.execute(select(table).where(table.c.customer == customer))
        self._chains = {(row.node, row.day): row for row in rows}
        self._afters: dict[tuple[str, int], list[_After]] = {}
        self._first: dict[str, int] = {}
        for node, day in sorted(self._chains):
            self._first.setdefault(node, day)
            match _seed(self._chains[node, day]).get("after"):
                case {"day": int(earlier), "links": int(links), "head": str(head)}:
                    self._afters.setdefault((node, earlier), []).append(_After(day, links, head))

    def keys(self, kind: Chained, days: range) -> list[tuple[int, str]]:
        """The chains of one kind that are there or must have been, by day and node."""
        known = self._chains.keys() | self._afters.keys()
        mine = (key for key in known if key[0] == kind.node or (kind.node is None and not key[0].startswith("@")))
        return sorted((day, node) for node, day in mine if day in days)

    def day(self, kind: Chained, day: int, node: str) -> _Day:
        key = (node, day)
        afters = tuple(sorted(self._afters.get(key, ()), key=lambda after: after.links))
        looks = self._pruned[day][node] if kind.node is None and day in self._pruned else None
        return _Day(kind, self.customer, node, day, self._chains.get(key), afters, self._first.get(node), looks)


def _checked(stored: _Stored, kind: Chained, rows: Iterator[AnyRow], days: range) -> Iterator[tuple[int, ChainCheck]]:
    """What each day of each chain of one kind comes to, by day and node."""
    placed = ((row[0] // DAY, row[1], row) for row in rows)
    known = ((day, node, None) for day, node in stored.keys(kind, days))
    for day, found in groupby(merge(placed, known, key=itemgetter(0)), key=itemgetter(0)):
        of_node: dict[str, list[AnyRow]] = {}
        for _, node, row in found:
            of_node.setdefault(node, []).extend([] if row is None else [row])
        for node in sorted(of_node):
            yield day, _check(stored.day(kind, day, node), of_node[node])


def _rows(connection: Connection, cursors: ExitStack, customer: str, kind: Chained, days: range) -> Iterator[AnyRow]:
    """(instant, node, link, mark, *columns) of each row of the days, by instant; read as they are asked for."""
    columns, instant = kind.table.c, kind.table.c[kind.day]
    node = columns.node if kind.node is None else literal(kind.node)
    query = (
        select(instant, node, columns.link, columns.mark, *(columns[name] for name in kind.columns))
        .where(columns.customer == customer, instant >= days.start * DAY, instant < days.stop * DAY)
        .order_by(instant)
    )
    parts = [query]
    if kind.node is None:
        # A check's stretch of the key is in the order of time: nothing is sorted, however long the stretch.
        parts = [query.where(columns.check_name == check) for check in checks_of(connection, customer)]
    streams = [cursors.enter_context(connection.execute(part, execution_options=_STREAMED)) for part in parts]
    return merge(*streams, key=itemgetter(0))


def _check(day: _Day, rows: list[AnyRow]) -> ChainCheck:
    linked = sorted((row for row in rows if row[2] is not None), key=itemgetter(2))
    loose = [row for row in rows if row[2] is None]
    try:
        if day.chain is None:
            _without_chain(day, linked, loose)
        elif day.looks is not None:
            _of_pruned(day, day.chain, day.looks)
            return ChainCheck(None, 0, 0)
        else:
            _recompute(day, day.chain, linked, loose)
    except _Fault as fault:
        return ChainCheck(f"{day.customer}/{day.node} {_date(day.day)}: {fault}", 0, 0)
    return ChainCheck(None, len(linked), len(loose))


def _without_chain(day: _Day, linked: list[AnyRow], loose: list[AnyRow]) -> None:
    if day.afters:
        raise _Fault(f"the day's chain is gone, but {_date(day.afters[0].day)} was begun after it")
    if linked:
        raise _Fault(f"the day's chain is gone, but {_named(day.kind, linked[0])} was link {linked[0][2]:,} of it")
    if loose and day.first is not None and day.day > day.first:
        raise _Fault(f"a row without a place in the chain ({_named(day.kind, loose[0])})")


def _of_pruned(day: _Day, chain: AnyRow, looks: int) -> None:
    recorded = chain.links + (_seed(chain).get("unchained") or 0)
    if looks != recorded:
        raise _Fault(f"its rows are pruned, and {looks:,} looks are kept of it, recorded were {recorded:,}")
    _against_the_later(day, {chain.links: chain.head}, chain.links)


def _recompute(day: _Day, chain: AnyRow, linked: list[AnyRow], loose: list[AnyRow]) -> None:
    seed = _seed(chain)
    if not seed:
        raise _Fault("the chain's seed is not of this day")
    if loose and not seed.get("unchained"):
        raise _Fault(f"a row without a place in the chain ({_named(day.kind, loose[0])})")
    running = Running(chain.seed)
    wanted, heads = {after.links for after in day.afters}, dict[int, str]()
    flags = [
        place for place, name in enumerate(day.kind.columns, 4) if isinstance(day.kind.table.c[name].type, Boolean)
    ]
    for row in linked:
        link = row[2]
        if link > running.links + 1:
            raise _Fault(f"link {running.links + 1:,} is missing")
        if link <= running.links:
            raise _Fault(f"link {link:,} is there twice ({_named(day.kind, row)})")
        values = list(row)
        for place in flags:
            values[place] = _FLAGS.get(values[place], values[place])
        if running.add(values[4:]) != row[3]:
            raise _Fault(f"link {link:,} ({_named(day.kind, row)}) is not what was recorded")
        if link in wanted:
            heads[link] = running.digest.hex()
    if running.links != chain.links:
        raise _Fault(f"ends at link {running.links:,}, recorded were {chain.links:,}")
    if running.digest.hex() != chain.head:
        raise _Fault(f"its head is not that of link {chain.links:,}")
    if len(loose) != seed.get("unchained"):
        raise _Fault(f"{len(loose):,} rows are from before the chain, at its beginning were {seed.get('unchained')}")
    _against_the_later(day, heads, chain.links)


def _against_the_later(day: _Day, heads: Mapping[int, str], links: int) -> None:
    """`heads` by link, as far as they are known, against what the chains that were begun later say of this day."""
    for after in day.afters:
        if after.links > links:
            raise _Fault(f"ends at link {links:,}, but {_date(after.day)} was begun after link {after.links:,}")
        if heads.get(after.links, after.head) != after.head:
            raise _Fault(f"link {after.links:,} is not the one that {_date(after.day)} was begun after")


def _seed(chain: AnyRow) -> dict[str, Any]:
    """Nothing where it is unreadable or that of another chain."""
    try:
        seed = json.loads(chain.seed)
    except ValueError:
        return {}
    own = {"customer": chain.customer, "node": chain.node, "day": chain.day}
    return seed if isinstance(seed, dict) and own.items() <= seed.items() else {}


def _named(kind: Chained, row: AnyRow) -> str:
    """A row in words: `dashboard at 2026-10-14T09:31:00Z`."""
    values = dict(zip(kind.columns, row[4:], strict=True))
    return f"{values[kind.name]} at {_text(row[0])}"


def _text(at: Instant) -> str:
    try:
        return calendar.text(at)
    except OverflowError:
        return f"{at} microseconds since 1970"


def _date(day: int) -> str:
    return _text(day * DAY).partition("T")[0]
