"""The agreement: what is promised, and the choices that the promise's text leaves open."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from typing import Annotated, Literal, TypeAlias

from pydantic import BeforeValidator, Field

from slawatch.config.addresses import Text, Timezone
from slawatch.config.business import Business
from slawatch.config.scalars import Duration, DurationOrZero, Hours, HoursOfDay, Share
from slawatch.config.shape import Shape, some

Names: TypeAlias = Annotated[tuple[Text, ...], BeforeValidator(some)]


class Availability(Shape):
    objective: Share = Fraction(999, 1000)
    """The share of the month, exclusions left out, in which the customer's checks must be up."""
    checks: Names | None = Field(default=None, examples=["[dashboard, reservations]"])
    """The checks that make the figure: names of pages, or http. By default all pages of the customer."""
    coverage: Share = Fraction(99, 100)
    """The share of the month that must have been measured before the promise is called met."""


class Speed(Shape):
    objective: Share = Fraction(95, 100)
    """The share of loads that must be fast enough."""
    within: Duration = timedelta(seconds=3)
    """A load that takes longer is slow."""
    pages: Names | None = Field(default=None, examples=["[dashboard, reservations]"])
    """The pages whose loads count. By default all pages of the customer."""


class Maintenance(Shape):
    notice: DurationOrZero = timedelta(days=5)
    """How long ahead maintenance must be announced. Whole days are calendar days at the same time of day."""
    preferred: Hours | None = HoursOfDay("23:00", "07:00")
    """The hours of the day, in the agreement's zone, in which maintenance should take place; null: none."""
    late_notice: Literal["counts", "excluded"] = "counts"
    """Whether maintenance announced too late, or without proof, counts as downtime or is left out of the figures."""
    hotfix: Literal["counts", "excluded"] = "counts"
    """Whether hotfix work counts as downtime or is left out of the figures."""
    arithmetic: Literal["removed", "as_up"] = "removed"
    """What becomes of excluded maintenance: taken out of the month, or booked as up."""


class Confirm(Shape):
    failures: int = Field(default=2, ge=1, le=1000)
    """So many failed looks of one check make an outage."""
    within: Duration = timedelta(minutes=10)
    """A failure counts on from the one before it when it comes within this time."""
    recheck: Duration = timedelta(seconds=5)
    """After a failure the check is looked at again after this time."""
    blips: Literal["up", "down"] = "up"
    """What failures that no further look confirmed count as."""


class Agreement(Shape):
    name: Text = "Tommy 2.0"
    """The agreement's name, printed in summaries."""
    timezone: Timezone = "Europe/Amsterdam"
    """The zone of its months, nights and business hours, and of times written without an offset."""
    availability: Availability = Availability()
    """The promise that the application is there."""
    speed: Speed = Speed()
    """The promise that its pages open fast."""
    maintenance: Maintenance = Maintenance()
    """The promise that maintenance is announced, and what maintenance does to the figures."""
    confirm: Confirm = Confirm()
    """When a failure is an outage."""
    business: Business = Business()
    """The hours that promises in working days and weeks are counted in."""
