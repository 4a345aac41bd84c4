"""Observations: the ledger's rows, written once and read by customer, check and time (pruned: `store.looks`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import ColumnElement, Connection, Select, bindparam, func, select

from slawatch.model import CheckId, Instant, Observation, Verdict
from slawatch.rules.rows import ObservationRow
from slawatch.store import chains
from slawatch.store.rows import AnyRow, observation_from_row, observation_to_row
from slawatch.store.schema import observations as table

log = structlog.get_logger()

#: Rows fetched at a time: what the driver hands over is let go before the next lot comes.
_LOT = 4096


def add(connection: Connection, observations: Sequence[Observation], recorded: Instant) -> None:
    """One that is there already stays as it was first written; where the new one differs, the log says so."""
    rows = [observation_to_row(observation, recorded) for observation in observations]
    if chains.append(connection, chains.OBSERVATIONS, rows) == len(rows):
        return
    for row in rows:
        kept = connection.execute(
            select(table).where(*(column == row[column.name] for column in table.primary_key))
        ).one()
        if any(getattr(kept, name) != value for name, value in row.items() if name != "recorded"):
            log.warning(
                "store.observation_differs",
                customer=row["customer"], check=row["check_name"], node=row["node"], at=row["at"],
                kept=kept.verdict, dropped=row["verdict"],
            )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stretch:
    """Which observations: `since` <= at < `until`, of one customer, and if said of one check or node."""

    customer: str
    since: Instant
    until: Instant
    check: str | None = None
    node: str | None = None


def between(connection: Connection, stretch: Stretch) -> tuple[Observation, ...]:
    """By (check, at, node)."""
    return tuple(observation_from_row(row) for row in _between(connection, select(table), stretch))


def rows_between(connection: Connection, stretch: Stretch) -> list[ObservationRow]:
    """As `between`, without phases, facts and kind."""
    return _light(_between(connection, _LIGHT, stretch))


def rows_since(
    connection: Connection, since: Mapping[CheckId, Instant], until: Instant
) -> dict[CheckId, list[ObservationRow]]:
    """As `rows_between`, of many checks, each from an instant of its own."""
    return {
        check: _light(
            connection.execute(
                _SINCE, {"customer": check.customer, "check": check.name, "since": begins, "until": until}
            ).all()
        )
        for check, begins in since.items()
    }


_LIGHT = select(
    table.c.check_name, table.c.node, table.c.at, table.c.verdict, table.c.cause, table.c.milliseconds,
    table.c.recheck, table.c.holds,
)  # fmt: skip

#: Made once: for a thousand short stretches making it each time would take ten times as long as asking.
_SINCE = _LIGHT.where(
    table.c.customer == bindparam("customer"),
    table.c.check_name == bindparam("check"),
    table.c.at >= bindparam("since"),
    table.c.at < bindparam("until"),
).order_by(table.c.at, table.c.node)


def _light(rows: Iterable[AnyRow]) -> list[ObservationRow]:
    return [
        (check, node, at, verdict, cause, milliseconds, recheck == 1, holds)
        for check, node, at, verdict, cause, milliseconds, recheck, holds in rows
    ]


def last_up(connection: Connection, customer: str, check: str, before: Instant) -> Instant | None:
    """The latest `at` < `before` at which the check was up, on whatever node."""
    latest = _of(customer, check) & (table.c.at < before) & (table.c.verdict == Verdict.UP.value)
    return connection.execute(select(table.c.at).where(latest).order_by(table.c.at.desc()).limit(1)).scalar()


def first_up(connection: Connection, customer: str, check: str, since: Instant, until: Instant) -> Instant | None:
    """The first `at` in [since, until) at which the check was up, on whatever node."""
    ups = _of(customer, check) & (table.c.at >= since) & (table.c.at < until) & (table.c.verdict == Verdict.UP.value)
    return connection.execute(select(table.c.at).where(ups).order_by(table.c.at).limit(1)).scalar()


def first_look(connection: Connection, customer: str, check: str, since: Instant) -> Instant | None:
    """The `at` of the check's first observation from `since` on."""
    later = _of(customer, check) & (table.c.at >= since)
    first: Instant | None = connection.execute(select(func.min(table.c.at)).where(later)).scalar_one()
    return first


def latest(connection: Connection, customer: str) -> tuple[Observation, ...]:
    """The last observation of each check that the customer ever had, by check."""
    last_first = (table.c.at.desc(), table.c.node.desc())
    return tuple(
        observation_from_row(
            connection.execute(select(table).where(_of(customer, check)).order_by(*last_first).limit(1)).one()
        )
        for check in checks_of(connection, customer)
    )


def kind(connection: Connection, customer: str, check: str) -> str:
    """The kind of the check, by its last observation."""
    last = select(table.c.kind).where(_of(customer, check)).order_by(table.c.at.desc()).limit(1)
    return str(connection.execute(last).scalar_one())


def checks_of(connection: Connection, customer: str) -> tuple[str, ...]:
    """The names of all checks with observations, sorted: one step down the index a name, however many rows."""
    return tuple(_checks_of(connection, customer))


def _checks_of(connection: Connection, customer: str) -> Iterator[str]:
    mine = table.c.customer == customer
    name = connection.execute(select(func.min(table.c.check_name)).where(mine)).scalar_one()
    while name is not None:
        yield name
        beyond = mine & (table.c.check_name > name)
        name = connection.execute(select(func.min(table.c.check_name)).where(beyond)).scalar_one()


def _between(connection: Connection, columns: Select[*tuple[Any, ...]], stretch: Stretch) -> Iterator[AnyRow]:
    checks = checks_of(connection, stretch.customer) if stretch.check is None else (stretch.check,)
    for check in checks:
        wanted = _of(stretch.customer, check) & (table.c.at >= stretch.since) & (table.c.at < stretch.until)
        if stretch.node is not None:
            wanted &= table.c.node == stretch.node
        query = columns.where(wanted).order_by(table.c.at, table.c.node)
        yield from connection.execute(query, execution_options={"yield_per": _LOT})


def _of(customer: str, check: str) -> ColumnElement[bool]:
    return (table.c.customer == customer) & (table.c.check_name == check)
