"""How a customer is now, in one sentence."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from slawatch.model import Instant
from slawatch.reporters.wording.phrasing import minute
from slawatch.reporters.wording.tongue import Tongue, mark
from slawatch.web.pages.facts import State
from slawatch.web.status.facts import Notice

_SAID = {
    State.UP: mark("Everything works"),
    State.DOWN: mark("There is an outage"),
    State.MAINTENANCE: mark("Maintenance is being done"),
    State.UNKNOWN: mark("How it is cannot be seen at the moment"),
}


def headline(notice: Notice, tongue: Tongue) -> str:
    """Such as `There is an outage, since 25 november 2026 15:16`."""
    said = tongue.say(_SAID[notice.state])
    if notice.state is State.DOWN and notice.since is not None:
        return tongue.say("{said}, since {time}", said=said, time=_time(notice.since, notice, tongue))
    if notice.state is State.MAINTENANCE and notice.running:
        ends = max(one.ends for one in notice.running)
        return tongue.say("{said}, until {time}", said=said, time=_time(ends, notice, tongue))
    return said


def _time(at: Instant, notice: Notice, tongue: Tongue) -> str:
    return minute(at, ZoneInfo(notice.zone), tongue)
