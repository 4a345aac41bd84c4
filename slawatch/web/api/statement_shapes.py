"""A statement as an answer: what `rules/document.py` writes, key by key."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from slawatch.model import Cause, ExclusionKind, Reason, Verdict
from slawatch.web.api.shapes import Moment, Month, Seconds, Share, Told


class Span(Told):
    """A month in the agreement's zone; the running one ends at the moment of asking."""

    starts: Moment
    ends: Moment
    seconds: Seconds


class BookedSeconds(Told):
    """Each instant of the period is exactly one of these, so they sum to it."""

    up: Seconds
    down: Seconds
    excluded: Seconds
    unknown: Seconds


class Network(Told):
    """Whether anything answered at all, by the http check."""

    ratio: Share | None = Field(description="up / (up + down); null where nothing was measured.")
    lower: Share | None = Field(description="The least that it can have been.")
    upper: Share | None = Field(description="The most that it can have been.")
    coverage: Share | None = Field(description="The share of the period, less what is excluded, that was measured.")
    seconds: BookedSeconds


class Availability(Network):
    """The promise that is judged."""

    objective: Share
    met: bool | None = Field(description="Null where that cannot be said.")
    why: str | None = Field(description="`insufficient_coverage` where too little was measured.")
    proven_breach: bool = Field(description="Whether even `upper` is under the objective.")


class SpeedPage(Told):
    loads: int
    slow: int = Field(description="That took longer than the threshold, or failed.")
    share: Share | None = Field(description="Of loads that were not slow; null where there were none.")
    p95_seconds: float | None = Field(description="The nearest rank; null where it falls on a failed load.")


class Speed(SpeedPage):
    """The promise on load times, over all speed pages together."""

    threshold_seconds: Seconds
    objective: Share
    met: bool | None
    pages: dict[str, SpeedPage] = Field(description="Page by page, by name.")


class Note(Told):
    """Words beside an outage."""

    at: Moment
    who: str
    text: str
    ticket: str | None


class StatedOutage(Told):
    """An outage that meets the period, with its own edges."""

    starts: Moment
    ends: Moment | None = Field(description="Null while it lasts.")
    seconds: Seconds = Field(description="Those that count in the period, in seconds.")
    cause: Cause
    checks: list[str]


class WordedOutage(StatedOutage):
    """The same, with what was said of it; without these keys nothing was."""

    notes: list[Note] = Field([], description="Words beside it.")
    acknowledged: Moment | None = Field(None, description="When somebody said that they have it in hand.")
    acknowledged_by: str | None = Field(None, description="Who did.")


class Stretch(Told):
    starts: Moment
    ends: Moment


class EarlierVersion(Stretch):
    announced: Moment | None
    announced_by: str | None
    entered: Moment | None


class StatedExclusion(Told):
    """A window or force majeure that meets the period, with its effective end."""

    id: str | None
    kind: ExclusionKind
    starts: Moment
    ends: Moment
    counted: bool = Field(description="Whether it is left out, at least in part.")
    seconds: Seconds = Field(description="That are left out inside the period, in seconds.")
    left_out: list[Stretch]
    proof: str | None = Field(description="What proves the notice: `mail`, `declared` or `declared_late`.")
    why: str | None = Field(description="Why it is not left out, or not all of it.")
    announced: Moment | None = Field(None, description="Of maintenance: when it was declared to have been told.")
    announced_by: str | None = Field(None, description="Of maintenance.")
    approved_by: str | None = Field(None, description="Of force majeure.")
    reason: Reason | str | None
    text: str | None
    versions: list[EarlierVersion] = Field([], description="As it was announced before.")


class AvailabilityTerms(Told):
    objective: str = Field(description="Exactly: a decimal such as 0.999, or a fraction.")
    coverage: str = Field(description="Exactly: a decimal or a fraction.")
    checks: list[str]


class SpeedTerms(Told):
    objective: str = Field(description="Exactly: a decimal or a fraction.")
    within_seconds: Seconds
    pages: list[str]


class MaintenanceTerms(Told):
    notice_days: int
    notice_seconds: Seconds
    late_notice: Literal["counts", "excluded"]
    hotfix: Literal["counts", "excluded"]
    arithmetic: Literal["removed", "as_up"]


class ConfirmTerms(Told):
    failures: int
    within_seconds: Seconds
    recheck_seconds: Seconds
    blips: Literal["up", "down"]


class BusinessTerms(Told):
    hours: str
    days: list[str]
    holidays: str | None
    extra: list[str]
    removed: list[str]


class CheckTerms(Told):
    kind: str
    every_seconds: Seconds
    stale_after_seconds: Seconds
    cache: str | None = Field(None, description="How the browser's cache is used, where that is said.")


class Terms(Told):
    """The settings that it was made with."""

    agreement: str
    timezone: str
    availability: AvailabilityTerms
    speed: SpeedTerms
    maintenance: MaintenanceTerms
    confirm: ConfirmTerms
    business: BusinessTerms
    checks: dict[str, CheckTerms] = Field(description="By name.")


class EarlierTerms(Terms):
    until: Moment
    watched: bool


class Statement(Told):
    """One customer's figures over one month."""

    customer: str
    month: Month
    revision: int
    complete: bool = Field(description="Whether the month is over.")
    as_of: Moment = Field(description="What was known then is in it.")
    period: Span
    availability: Availability
    network: Network | None = Field(description="Null where no http check is configured.")
    speed: Speed
    outages: list[StatedOutage]
    blips: int = Field(description="Failures that no second look confirmed.")
    exclusions: list[StatedExclusion]
    terms: Terms
    earlier_terms: list[EarlierTerms] = Field(description="In force before, in the same month.")
    inputs_sha256: str | None = Field(description="Of what a closed month was computed from; null of the running one.")


class MonthSoFar(Statement):
    """The same, of the running month, with what was said of its outages."""

    outages: list[WordedOutage]  # type: ignore[assignment]


class SeenCheck(Told):
    """A check with its last look; without these keys nobody looked yet."""

    check: str
    kind: str
    verdict: Verdict | None
    cause: Cause | None = Field(None, description="Null where it is up.")
    at: Moment | None = Field(None, description="The slot of that look.")
    seconds: float | None = Field(None, description="How long it took; null where that is not known.")
