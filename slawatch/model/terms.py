"""What was agreed with a customer, and how it is measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from slawatch.model.looks import CheckId
from slawatch.model.time import MINUTE, SECOND, Micros


@dataclass(frozen=True, slots=True)
class CheckTerms:
    """What the figures need to know of a check. `every` and `stale_after` in microseconds."""

    id: CheckId
    every: Micros
    stale_after: Micros
    cache: str | None = None


@dataclass(frozen=True, slots=True)
class ConfirmTerms:
    failures: int = 2
    within: Micros = 10 * MINUTE
    recheck: Micros = 5 * SECOND
    blips_down: bool = False


@dataclass(frozen=True, slots=True)
class AvailabilityTerms:
    objective: Fraction
    coverage: Fraction
    checks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SpeedTerms:
    objective: Fraction
    within_milliseconds: int
    pages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """How long ahead maintenance is told: whole calendar `days` at the same wall-clock time, then `rest`."""

    days: int
    rest: Micros = 0


@dataclass(frozen=True, slots=True)
class MaintenanceTerms:
    notice: Notice
    preferred: tuple[str, str] | None = ("23:00", "07:00")
    late_excluded: bool = False
    hotfix_excluded: bool = False
    as_up: bool = False


@dataclass(frozen=True, slots=True)
class BusinessTerms:
    """When the vendor works: `hours` of the `days` (mon to sun) in the agreement's zone, less the holidays.

    `holidays`: NL or none; `extra` and `removed`: the dates by which the agreement's list differs from that.
    """

    hours: tuple[str, str] = ("09:00", "17:00")
    days: tuple[str, ...] = ("mon", "tue", "wed", "thu", "fri")
    holidays: str = "NL"
    extra: tuple[date, ...] = ()
    removed: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Holidays:
    """The holidays of one year, in order, and where the list comes from."""

    dates: tuple[date, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Terms:
    """What was promised to one customer, and how it is measured: all that the figures depend on beside the ledger."""

    customer: str
    agreement: str
    timezone: str
    availability: AvailabilityTerms
    speed: SpeedTerms
    maintenance: MaintenanceTerms
    confirm: ConfirmTerms
    checks: Mapping[str, CheckTerms]  # by name
    business: BusinessTerms = BusinessTerms()
