"""Rule 10: terms have dates. What was agreed with one customer, from when on; a reload never changes the past."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from slawatch.model import CheckTerms, ConfirmTerms, Instant, Terms
from slawatch.rules.calendar import Period

#: The end of what has no end yet.
FOREVER: Instant = 2**62


class Stage(NamedTuple):
    """A stretch of time under one and the same terms. `watched`: the customer was in the configuration."""

    period: Period
    terms: Terms
    watched: bool = True


@dataclass(frozen=True, slots=True)
class Policy:
    """How one check's looks are judged, by date: `confirms` in order, and when the check left the configuration."""

    confirms: tuple[tuple[Instant, ConfirmTerms], ...]
    leaves: tuple[Instant, ...] = ()

    def confirm(self, at: Instant) -> ConfirmTerms:
        """What was in force at `at`; before the first, the first."""
        if len(self.confirms) == 1:
            return self.confirms[0][1]
        return self.confirms[max(0, bisect_right(self.confirms, at, key=lambda one: one[0]) - 1)][1]

    def left(self, after: Instant, until: Instant = FOREVER) -> Instant | None:
        """When the check first left in (after, until]; None when it did not."""
        return next((at for at in self.leaves if after < at <= until), None)

    def within(self, since: Instant, until: Instant) -> Policy:
        """What of it looks later than `since`, up to and with `until`, are judged by."""
        changes = ((at, terms) for at, terms in self.confirms if since < at <= until)
        confirms = [(since, self.confirm(since))]
        confirms += (one for one in changes if one[1] != self.confirm(one[0] - 1))
        return Policy(tuple(confirms), tuple(at for at in self.leaves if since < at <= until))


@dataclass(frozen=True)
class Agreed:
    """One customer's terms by date: `versions` in order, each in force from its instant on, the first also before.

    What follows from them is worked out once: it is asked for at every look.
    """

    versions: tuple[tuple[Instant, Terms | None], ...]

    def __post_init__(self) -> None:
        if not any(terms is not None for _, terms in self.versions):
            raise ValueError("nothing was ever agreed")

    @classmethod
    def always(cls, terms: Terms) -> Agreed:
        """The same at all times."""
        return cls(((0, terms),))

    @property
    def latest(self) -> Terms:
        """What is in force now, or was last."""
        return next(terms for _, terms in reversed(self.versions) if terms is not None)

    def at(self, at: Instant) -> Terms:
        """What was in force at `at`; before the first and while nothing was, what was next to it."""
        so_far = [terms for _, terms in self.versions[: self._number(at) + 1] if terms is not None]
        return so_far[-1] if so_far else next(terms for _, terms in self.versions if terms is not None)

    def before(self, at: Instant) -> tuple[tuple[Instant, Terms | None], ...]:
        """The versions that anything before `at` is judged by."""
        return self.versions[: self._number(at - 1) + 1]

    def stages(self, period: Period) -> tuple[Stage, ...]:
        """The period cut where the terms changed, each stage of some length; at least one."""
        changes = dict.fromkeys(at for at, _ in self.versions[1:] if period.starts < at < period.ends)
        edges = [period.starts, *changes, period.ends]
        return tuple(
            Stage(Period(*edge), self.at(edge[0]), self.versions[self._number(edge[0])][1] is not None)
            for edge in pairwise(edges)
        )

    def _number(self, at: Instant) -> int:
        return max(0, bisect_right(self.versions, at, key=lambda one: one[0]) - 1)

    @cached_property
    def checks(self) -> Mapping[str, CheckTerms]:
        """Every check that was ever configured, by its latest terms."""
        found: dict[str, CheckTerms] = {}
        for _, terms in self.versions:
            if terms is not None:
                found.update(terms.checks)
        return found

    @cached_property
    def ever_counting(self) -> tuple[str, ...]:
        """The checks that made the availability figure at any time, those of the latest terms first, in their order."""
        all_terms = [terms for _, terms in reversed(self.versions) if terms is not None]
        names = dict.fromkeys(name for terms in all_terms for name in terms.availability.checks)
        return tuple(name for name in names if name in self.checks)

    def policy(self, check: str) -> Policy:
        """How the looks of a check are judged. Raises KeyError for one that never was."""
        return self._policies[check]

    @cached_property
    def _policies(self) -> Mapping[str, Policy]:
        return {check: self._policy(check) for check in self.checks}

    def _policy(self, check: str) -> Policy:
        confirms = [(at, terms.confirm) for at, terms in self.versions if terms is not None and check in terms.checks]
        changed = [one for number, one in enumerate(confirms) if number == 0 or one[1] != confirms[number - 1][1]]
        leaves = [ends for _, ends in self.spells(lambda terms: check in terms.checks) if ends != FOREVER]
        return Policy(tuple(changed), tuple(leaves))

    def counting(self, check: str) -> tuple[tuple[Instant, Instant], ...]:
        """When the check was one of those that make the availability figure; open ends are 0 and FOREVER."""
        return self._counting.get(check, ())

    @cached_property
    def _counting(self) -> Mapping[str, tuple[tuple[Instant, Instant], ...]]:
        def counted(check: str) -> Callable[[Terms], bool]:
            return lambda terms: check in terms.availability.checks and check in terms.checks

        return {check: tuple(self.spells(counted(check))) for check in self.checks}

    def spells(self, holds: Callable[[Terms], bool]) -> Iterator[tuple[Instant, Instant]]:
        """The stretches of time in which the terms were such."""
        begun: Instant | None = None
        for number, (at, terms) in enumerate(self.versions):
            such = terms is not None and holds(terms)
            if such and begun is None:
                begun = at if number else 0
            elif not such and begun is not None:
                yield begun, at
                begun = None
        if begun is not None:
            yield begun, FOREVER
