"""What a rules file is made of, and the few phrases of PromQL that many rules share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from textwrap import dedent, indent


class Severity(StrEnum):
    """Whom an alert is for: `page` wakes somebody, `ticket` waits for office hours, `none` only steers others."""

    PAGE = "page"
    TICKET = "ticket"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Record:
    """A series that is computed in advance. `name`: level:metric:operations."""

    name: str
    expr: str


@dataclass(frozen=True, slots=True)
class Alert:
    """`lasting`: how long it must hold before it fires, as Prometheus writes it; empty: at once."""

    name: str
    severity: Severity
    expr: str
    summary: str
    description: str
    lasting: str = ""


Rule = Record | Alert


@dataclass(frozen=True, slots=True)
class Group:
    """Rules that are evaluated one after the other, every `interval`."""

    name: str
    interval: str
    rules: tuple[Rule, ...]


def promql(text: str) -> str:
    """An expression of several lines, as it is written in the file."""
    return dedent(text).strip()


def either(parts: Iterable[str]) -> str:
    """What any of the expressions gives."""
    several = tuple(parts)
    return several[0] if len(several) == 1 else "\nor\n".join(f"(\n{indent(one, '  ')}\n)" for one in several)


def latest(series: str) -> str:
    """A gauge without the labels that say where it was scraped: a restart elsewhere is no other series."""
    return f"max without (instance, job) ({series})"


def grown(series: str, window: str) -> str:
    """By how much a counter grew within the window, over restarts too."""
    return f"sum without (instance, job) (increase({series}[{window}]))"


#: An alert about a customer says nothing while work is going on there.
OUTSIDE_MAINTENANCE = f"unless on (customer) ({latest('slawatch_maintenance_active')} == 1)"
