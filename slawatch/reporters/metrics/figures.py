"""The ledger's figures of one customer, in the shape that the gauges publish."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from slawatch.model import Instant

#: A share or a number of seconds; exact or not.
Number = int | float | Fraction


@dataclass(frozen=True, slots=True)
class ObjectiveFigures:
    """One objective's figures of this calendar month; None where there is none, and then no series either.

    `month_to_date`, `previous_month`: attained shares. `budget_seconds`: what may be bad, after exclusions.
    `remaining_ratio`: share of the budget that is left, under 0 when broken. `uncertainty_seconds`: between the least
    and the most downtime that the looks allow. `budget_loads`: how many loads may be slow, in the place of seconds.
    """

    month_to_date: Number | None = None
    previous_month: Number | None = None
    budget_seconds: Number | None = None
    remaining_ratio: Number | None = None
    uncertainty_seconds: Number | None = None
    budget_loads: Number | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """One customer's figures, recomputed from the ledger.

    `period_starts`, `period_ends`: the whole calendar month, also while it runs. `customer_up`: False in a confirmed
    outage, None while unknown. `objectives`: by id (`availability`, `speed`, `network`). `p95_month_to_date`,
    `p95_previous_month`: seconds by page; left out or None where the rank falls on a failed load or nothing was loaded.
    """

    period_starts: Instant
    period_ends: Instant
    customer_up: bool | None
    objectives: Mapping[str, ObjectiveFigures] = field(default_factory=dict)
    p95_month_to_date: Mapping[str, Number | None] = field(default_factory=dict)
    p95_previous_month: Mapping[str, Number | None] = field(default_factory=dict)
