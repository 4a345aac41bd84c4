"""How often customers are looked at and how fast they were promised to be: what windows and thresholds follow from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

from slawatch.config import Customer

UNITS = (("d", 86_400), ("h", 3600), ("m", 60), ("s", 1))
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Pace:
    """`judged`: the longest interval of the checks that make the availability figure; `loads`: of the speed pages."""

    judged: timedelta = MINUTE
    loads: timedelta = MINUTE
    fast: Fraction = Fraction(95, 100)
    """The share of loads that was promised to be fast."""

    @property
    def floor(self) -> int:
        """Seconds that no fewer than three bad looks cause; a half is left for how `increase()` extrapolates."""
        return _whole(2.5 * self.judged)

    @property
    def still(self) -> int:
        """Seconds in a short window that show that it goes on."""
        return _whole(0.8 * self.judged)

    def slow_share(self, factor: float) -> str:
        """The share of slow loads at which the allowance goes `factor` times as fast as it may; at most 90 %."""
        share = min(factor * (1 - float(self.fast)), 0.9)
        return f"{share:.4g}"


@dataclass(frozen=True, slots=True)
class Alike:
    """Customers of one pace. `selector`: the matcher that finds them, to stand behind others; empty where all do."""

    pace: Pace
    selector: str = ""


def alike(customers: Sequence[Customer]) -> tuple[Alike, ...]:
    """Customers by their pace, the commonest first: its matcher leaves out the others, so it takes in new ones."""
    found: dict[Pace, list[str]] = defaultdict(list)
    for customer in customers:
        found[pace_of(customer)].append(customer.id)
    ordered = sorted(found.items(), key=lambda one: (-len(one[1]), min(one[1])))
    others = sorted(name for _, names in ordered[1:] for name in names)
    commonest = f', customer!~"{"|".join(others)}"' if others else ""
    return (
        *(Alike(pace, commonest) for pace, _ in ordered[:1]),
        *(Alike(pace, f', customer=~"{"|".join(sorted(names))}"') for pace, names in ordered[1:]),
    )


def pace_of(customer: Customer) -> Pace:
    promised = customer.agreement
    every = {name: check.every for name, check in customer.checks.items()}
    return Pace(
        judged=max((every[name] for name in promised.availability.checks or customer.pages), default=MINUTE),
        loads=max((every[name] for name in promised.speed.pages or customer.pages), default=MINUTE),
        fast=promised.speed.objective,
    )


def window(least: str, looks: int, every: timedelta) -> str:
    """A range for PromQL that holds so many looks: `least`, or a multiple of it."""
    step = seconds(least)
    times = max(1, -(-looks * every // timedelta(seconds=step)))
    return written(times * step)


def written(seconds: int) -> str:
    """A length as Prometheus writes it, in the largest unit that divides it: 5m, 90m, 6h, 3d."""
    unit, length = next((unit, length) for unit, length in UNITS if seconds % length == 0)
    return f"{seconds // length}{unit}"


def seconds(window: str) -> int:
    """How long a range of PromQL is that `written` wrote."""
    return int(window[:-1]) * dict(UNITS)[window[-1]]


def _whole(length: timedelta) -> int:
    return max(1, round(length.total_seconds()))
