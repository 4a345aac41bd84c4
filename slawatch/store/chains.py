"""Hash chains: each append-only row is a link of the chain of its customer, node and UTC day.

The running digest begins as the SHA-256 of the chain's seed; each link's is the SHA-256 of the one before and of the
row as canonical JSON. The row keeps its link and a mark, the first 8 bytes of that digest, so that the first bad row
can be named; the table `chains` keeps the seed, how many links there are, and the last digest, the head. The seed holds
how the latest earlier chain stood when this one began: no day can vanish from between two others.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from operator import itemgetter
from typing import Any, TypeAlias

from sqlalchemy import Connection, Table, bindparam, func, select, tuple_

from slawatch.model import DAY
from slawatch.store import schema
from slawatch.store.inserting import insert_new, insert_over
from slawatch.store.schema import chains as table

#: Customer, node, and the UTC day as whole days since 1970-01-01.
Key: TypeAlias = tuple[str, str, int]

_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False, check_circular=False).encode
#: How many keys one question holds: engines bound the number of a statement's parameters.
_KEYS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Chained:
    """A table whose rows are links.

    `node`: the one of its chains, None for the row's own. `day`: the column whose day it is. `name`: the column that
    names a row to a person. `identity`: the columns that no two rows share. `columns`: what goes into the digest.
    """

    table: Table
    node: str | None
    day: str
    name: str
    identity: tuple[str, ...]
    columns: tuple[str, ...]

    def key(self, row: Mapping[str, Any]) -> Key:
        return (row["customer"], row["node"] if self.node is None else self.node, row[self.day] // DAY)


def _chained(rows: Table, *, node: str | None, day: str, name: str) -> Chained:
    """The database gives `number`; `link` and `mark` are made here. All else is what the row says."""
    said = [column.name for column in rows.columns if column.name not in {"number", "link", "mark"}]
    identity = [column.name for column in rows.primary_key.columns if column.name in said] or ["id"]
    return Chained(rows, node, day, name, tuple(identity), tuple(said))


OBSERVATIONS = _chained(schema.observations, node=None, day="at", name="check_name")
EVENTS = _chained(schema.events, node="@events", day="recorded", name="id")
TERMS = _chained(schema.terms, node="@terms", day="recorded", name="digest")
DECLARATIONS = _chained(schema.declarations, node="@declarations", day="recorded", name="id")


def begun(connection: Connection, customer: str) -> bool:
    """Whether a customer has chains but of what people declared, which they may do before any daemon chains a row."""
    mine = (table.c.customer == customer) & (table.c.node != DECLARATIONS.node)
    return connection.execute(select(table.c.day).where(mine).limit(1)).first() is not None


class Running:
    """A chain as far as it has come."""

    __slots__ = ("digest", "links", "seed")

    def __init__(self, seed: str, links: int = 0, digest: bytes | None = None) -> None:
        self.seed = seed
        self.links = links
        self.digest = sha256(seed.encode()).digest() if digest is None else digest

    def add(self, values: Sequence[Any]) -> int:
        """The mark of the next link. `values`: the row's, in the order of `Chained.columns`, flags as bool."""
        self.digest = digest = sha256(self.digest + _canonical(values).encode()).digest()
        self.links += 1
        return int.from_bytes(digest[:8], "big", signed=True)


def append(connection: Connection, kind: Chained, rows: Sequence[dict[str, Any]]) -> int:
    """How many of `rows` were new. Each new one is the next link of its chain; what is known already is passed over."""
    if not rows:
        return 0
    # Heads are read in the very transaction that writes the next ones: none is ever remembered past a rollback.
    chains = _Chains(connection, kind, rows)
    linked = list(chains.linked(rows))
    new = insert_new(connection, kind.table, linked)
    if new < len(rows):
        chains = _link_again(connection, kind, linked)
    chains.save()
    return new


def _link_again(connection: Connection, kind: Chained, linked: Sequence[dict[str, Any]]) -> _Chains:
    """The chains without those of the rows that were passed over: the others move up.

    A row is there as we have just made it, or it was there before, and then its link is an earlier one.
    """
    columns = kind.table.c
    kept = select(columns.link, columns.mark).where(*(columns[name] == bindparam(name) for name in kind.identity))
    ours = [row for row in linked if tuple(connection.execute(kept, row).one()) == (row["link"], row["mark"])]
    chains = _Chains(connection, kind, ours)
    moved = [{f"its_{name}": value for name, value in row.items()} for row in chains.linked(ours)]
    if moved:
        its = (columns[name] == bindparam(f"its_{name}") for name in kind.identity)
        place = kind.table.update().where(*its).values(link=bindparam("its_link"), mark=bindparam("its_mark"))
        connection.execute(place, moved)
    return chains


class _Chains:
    """The chains that some rows of one kind go to, within one transaction."""

    def __init__(self, connection: Connection, kind: Chained, rows: Iterable[dict[str, Any]]) -> None:
        self._connection = connection
        self._kind = kind
        self._values = itemgetter(*kind.columns)
        self._running = dict(_stored(connection, {kind.key(row) for row in rows}))

    def linked(self, rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """The rows with their links and marks."""
        running, key_of, values = self._running, self._kind.key, self._values
        for row in rows:
            key = key_of(row)
            chain = running.get(key)
            if chain is None:
                chain = running[key] = Running(self._seed(key))
            mark = chain.add(values(row))
            yield {**row, "link": chain.links, "mark": mark}

    def save(self) -> None:
        rows = [
            {"customer": customer, "node": node, "day": day, "seed": chain.seed, "links": chain.links,
             "head": chain.digest.hex()}
            for (customer, node, day), chain in self._running.items()
        ]  # fmt: skip
        insert_over(self._connection, table, rows, ("links", "head"))

    def _seed(self, key: Key) -> str:
        customer, node, day = key
        after = self._latest_before(key)
        unchained = 0 if after else _unchained(self._connection, self._kind, key)
        return _canonical({"customer": customer, "node": node, "day": day, "after": after, "unchained": unchained})

    def _latest_before(self, key: Key) -> dict[str, Any] | None:
        """How the latest earlier chain of the same customer and node stands, those of these rows among them."""
        customer, node, day = key
        mine = (table.c.customer == customer) & (table.c.node == node) & (table.c.day < day)
        stored = self._connection.execute(
            select(table.c.day).where(mine).order_by(table.c.day.desc()).limit(1)
        ).scalar()
        days = [one for whose, where, one in self._running if (whose, where) == (customer, node) and one < day]
        found = max([*days, *([] if stored is None else [stored])], default=None)
        if found is None:
            return None
        earlier = (customer, node, found)
        chain = self._running.get(earlier) or dict(_stored(self._connection, {earlier}))[earlier]
        return {"day": found, "links": chain.links, "head": chain.digest.hex()}


def _stored(connection: Connection, keys: Iterable[Key]) -> Iterator[tuple[Key, Running]]:
    columns = (table.c.customer, table.c.node, table.c.day)
    wanted = sorted(keys)
    for first in range(0, len(wanted), _KEYS_AT_ONCE):
        some = tuple_(*columns).in_(wanted[first : first + _KEYS_AT_ONCE])
        for row in connection.execute(select(table).where(some)):
            yield (row.customer, row.node, row.day), Running(row.seed, row.links, _digest(row.head))


def _digest(head: str) -> bytes:
    """A head that somebody made unreadable stops nobody from recording: the check will tell."""
    try:
        return bytes.fromhex(head)
    except ValueError:
        return sha256(head.encode()).digest()


def _unchained(connection: Connection, kind: Chained, key: Key) -> int:
    """How many rows were there already, from before there were chains, when a customer's first one begins."""
    customer, node, day = key
    instant = kind.table.c[kind.day]
    mine = (kind.table.c.customer == customer) & (instant >= day * DAY) & (instant < (day + 1) * DAY)
    if kind.node is None:
        mine &= kind.table.c.node == node
    count = select(func.count()).select_from(kind.table).where(mine, kind.table.c.link.is_(None))
    return connection.execute(count).scalar_one()
