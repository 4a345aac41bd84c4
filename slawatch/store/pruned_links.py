"""How many looks there are of a UTC day whose rows are pruned, in whole or in part: as many links has its chain."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from sqlalchemy import Connection

from slawatch.model import DAY
from slawatch.store import days, looks
from slawatch.store.observations import Stretch, checks_of


def looks_by_node(connection: Connection, customer: str, asked: range) -> Mapping[int, Counter[str]]:
    """Of each of the UTC days that meets a pruned day. Raises StoreTorn where packed looks cannot be read."""
    since, until = asked.start * DAY, asked.stop * DAY
    pruned = (
        day
        for check in checks_of(connection, customer)
        for one in days.pruned(connection, customer, check, since, until)
        for day in range(one.starts // DAY, -(-one.ends // DAY))
        if day in asked
    )
    return {day: _of_day(connection, customer, day) for day in sorted(set(pruned))}


def _of_day(connection: Connection, customer: str, day: int) -> Counter[str]:
    seen = looks.rows_between(connection, Stretch(customer, day * DAY, (day + 1) * DAY))
    return Counter(node for _, node, *_ in seen)
