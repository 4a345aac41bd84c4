"""The numbers behind one metric, kept so that a snapshot is cheap and never half-changed.

A value is never changed in place but replaced, so a copy of the list of values is a consistent snapshot: 0.4 ms for
100,000 series on the event loop, and a thread may then read it at its own pace. Whose series is whose is kept beside
it, so that those of one customer are found without looking at the others.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Collection
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeAlias, TypeVar

from slawatch.reporters.metrics.catalogue import Family, Labels

#: In the place of a customer's id: series of slawatch itself. No customer has an empty id.
OWN = ""


class Distribution(NamedTuple):
    """A histogram's value: how many fell in each bucket (not cumulative, the last is +Inf) and their sum."""

    counts: tuple[int, ...]
    total: float


Value = TypeVar("Value", float, Distribution)


class Sample(NamedTuple, Generic[Value]):
    """One series: its labels as they are written (`customer="a",check="b"`, escaped) and its value."""

    labels: str
    value: Value


@dataclass(frozen=True, slots=True)
class Numbers:
    """A counter's or gauge's samples."""

    family: Family
    samples: tuple[Sample[float], ...]


@dataclass(frozen=True, slots=True)
class Distributions:
    """A histogram's samples."""

    family: Family
    samples: tuple[Sample[Distribution], ...]


#: All that one scrape tells, taken at one moment.
Snapshot: TypeAlias = tuple[Numbers | Distributions, ...]


def written(names: Labels, values: Labels) -> str:
    """The labels as the exposition formats write them. What UTF-8 cannot carry becomes `?`."""
    return ",".join(f'{name}="{_escaped(value)}"' for name, value in zip(names, values, strict=True))


def _escaped(value: str) -> str:
    value = value.encode("utf-8", "replace").decode("utf-8")
    return value.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')


class _Series(Generic[Value]):
    """One metric's series by label values."""

    def __init__(self, family: Family) -> None:
        self.family = family
        self._of_customers = family.labels[:1] == ("customer",)
        self._samples: dict[Labels, Sample[Value]] = {}
        self._of: dict[str, dict[Labels, None]] = {}  # whose series is whose

    def _customer(self, labels: Labels) -> str:
        return labels[0] if self._of_customers else OWN

    def _put(self, labels: Labels, value: Value) -> None:
        known = self._samples.get(labels)
        if known is None:
            self._of.setdefault(self._customer(labels), {})[labels] = None
        text = written(self.family.labels, labels) if known is None else known.labels
        self._samples[labels] = Sample(text, value)

    def _taken(self, customer: str | None) -> tuple[Sample[Value], ...]:
        """The samples as they are now: one customer's, those of no customer (OWN), or all."""
        if customer is None:
            return tuple(self._samples.values())
        return tuple(self._samples[labels] for labels in self._of.get(customer, ()))

    def end(self, labels: Labels) -> None:
        """The series is told no more; without one, nothing happens."""
        if self._samples.pop(labels, None) is not None:
            customer = self._customer(labels)
            del self._of[customer][labels]
            if not self._of[customer]:
                del self._of[customer]

    def known(self) -> tuple[Labels, ...]:
        """The label values of each series."""
        return tuple(self._samples)

    def retain(self, watched: Collection[Labels]) -> None:
        """End every series whose subject is not watched."""
        subject = self.family.subject
        for labels in [labels for labels in self._samples if subject(labels) not in watched]:
            self.end(labels)

    def keep(self, these: Collection[Labels]) -> None:
        """End every series but these."""
        for labels in self._samples.keys() - set(these):
            self.end(labels)


class NumberSeries(_Series[float]):
    """A counter's or a gauge's series."""

    def start(self, labels: Labels) -> None:
        """Be there, at 0 when new."""
        if labels not in self._samples:
            self._put(labels, 0)

    def add(self, labels: Labels, amount: float = 1) -> None:
        """Count on. Raises ValueError when `amount` is negative or not a number."""
        if not (math.isfinite(amount) and amount >= 0):
            raise ValueError(f"{self.family.name}: a counter grows by 0 or more, not by {amount}")
        known = self._samples.get(labels)
        self._put(labels, amount if known is None else known.value + amount)

    def set(self, labels: Labels, value: float | None) -> None:
        """Be `value`; None ends the series. Raises ValueError when it is not a number."""
        if value is None:
            self.end(labels)
        elif math.isfinite(value):
            self._put(labels, value)
        else:
            raise ValueError(f"{self.family.name}: expected a finite number or None, not {value}")

    def snapshot(self, customer: str | None = None) -> Numbers:
        return Numbers(self.family, self._taken(customer))


class DistributionSeries(_Series[Distribution]):
    """A histogram's series."""

    def start(self, labels: Labels) -> None:
        """Be there, empty when new."""
        if labels not in self._samples:
            self._put(labels, Distribution((0,) * (len(self.family.bounds) + 1), 0.0))

    def observe(self, labels: Labels, seconds: float | None) -> None:
        """Count one; a bucket includes its bound. None is longer than any bound and adds nothing to the sum.

        Under 0 (a wall clock that was set back) is 0. Raises ValueError when `seconds` is not a number.
        """
        if seconds is not None and not math.isfinite(seconds):
            raise ValueError(f"{self.family.name}: expected finite seconds or None, not {seconds}")
        added = max(seconds or 0.0, 0.0)
        self.start(labels)
        counts, total = self._samples[labels].value
        bounds = self.family.bounds
        place = len(bounds) if seconds is None else bisect_left(bounds, added)
        counts = (*counts[:place], counts[place] + 1, *counts[place + 1 :])
        self._put(labels, Distribution(counts, total + added))

    def snapshot(self, customer: str | None = None) -> Distributions:
        return Distributions(self.family, self._taken(customer))
