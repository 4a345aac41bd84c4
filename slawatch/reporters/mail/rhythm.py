"""When maintenance comes again, read off its times: the ledger keeps these, not the rule that they were made by."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

from babel.dates import get_day_names

from slawatch.reporters.wording.phrasing import enumeration
from slawatch.reporters.wording.tongue import Tongue, mark

#: So many times at least make a rhythm.
FEWEST = 3

_ORDINALS = (mark("the first"), mark("the second"), mark("the third"), mark("the fourth"))
_WEEK = timedelta(weeks=1)


def rhythm(dates: Sequence[date], tongue: Tongue) -> str | None:
    """Such as `every Tuesday` or `the first Tuesday of each month`; None where nothing short is true of all `dates`.

    `dates`: the local dates of the starts, in order.
    """
    if len(dates) < FEWEST:
        return None
    return _by_week(dates, tongue) or _by_month(dates, tongue)


def _by_week(dates: Sequence[date], tongue: Tongue) -> str | None:
    days = sorted({one.weekday() for one in dates})
    steps = {after - before for before, after in pairwise(dates)}
    if len(days) == 1 and len(steps) == 1 and (weeks := steps.pop() // _WEEK) > 1:
        return tongue.say("every {number} weeks on {day}", number=str(weeks), day=_day(days[0], tongue))
    first, last = dates[0], dates[-1]
    every = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    if [one for one in every if one.weekday() in days] != list(dates):
        return None
    if len(days) == 7:
        return tongue.say("every day")
    # All the days must have had the time to come, and each to come again.
    if last - first < _WEEK:
        return None
    return tongue.say("every {day}", day=enumeration([_day(one, tongue) for one in days], tongue))


def _by_month(dates: Sequence[date], tongue: Tongue) -> str | None:
    months = [one.year * 12 + one.month for one in dates]
    if any(after - before != 1 for before, after in pairwise(months)):
        return None
    if len({one.day for one in dates}) == 1:
        return tongue.say("on day {number} of each month", number=str(dates[0].day))
    if len({one.weekday() for one in dates}) > 1:
        return None
    day, weeks = _day(dates[0].weekday(), tongue), {(one.day - 1) // 7 for one in dates}
    if len(weeks) == 1 and (week := weeks.pop()) < len(_ORDINALS):
        return tongue.say("{which} {day} of each month", which=tongue.say(_ORDINALS[week]), day=day)
    if all((one + _WEEK).month != one.month for one in dates):
        return tongue.say("{which} {day} of each month", which=tongue.say("the last"), day=day)
    return None


def _day(weekday: int, tongue: Tongue) -> str:
    return str(get_day_names("wide", "format", tongue.locale)[weekday])
