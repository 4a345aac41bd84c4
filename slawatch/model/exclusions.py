"""Intervals that may be left out of the figures."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from slawatch.model.time import Instant


class ExclusionKind(StrEnum):
    MAINTENANCE = "maintenance"
    FORCE_MAJEURE = "force_majeure"


class Reason(StrEnum):
    PREVENTIVE = "preventive"
    NEW_VERSION = "new_version"
    HOTFIX = "hotfix"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Version:
    """A maintenance window as it was declared once, and when the customer was told of it so."""

    starts: Instant
    ends: Instant
    announced: Instant | None = None
    announced_by: str | None = None
    entered: Instant | None = None


@dataclass(frozen=True, slots=True)
class Exclusion:
    """An interval that may be left out of the figures, as it was declared.

    Maintenance: `announced` is when the customer was told; with `announced_by` a person declared it, without, mail
    proved it. `entered`: when a declared time was entered, None where the source does not say. `ended`: when it
    ended, None as long as nobody said so. `earlier`: what was declared of the same window before it was moved,
    lengthened or shortened, the oldest first. `repeat`: of one of a series, the rule by which that comes again. Force
    majeure: who approved it and why. `id`: its name in the ledger.
    """

    kind: ExclusionKind
    starts: Instant
    ends: Instant
    announced: Instant | None = None
    announced_by: str | None = None
    entered: Instant | None = None
    ended: Instant | None = None
    reason: str | None = None
    approved_by: str | None = None
    id: str | None = None
    text: str | None = None
    earlier: tuple[Version, ...] = ()
    repeat: str | None = None
