"""How a summary's figures and times are written, in its language and zone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal

from slawatch.model import MINUTE, SECOND, Instant, Micros
from slawatch.reporters.summary.facts import Summary
from slawatch.reporters.wording import figures
from slawatch.reporters.wording.figures import NONE
from slawatch.reporters.wording.phrasing import enumeration, local, month_name, named, second
from slawatch.reporters.wording.seen import CHECKS
from slawatch.reporters.wording.tongue import SUMMARY, Tongue, tongue
from slawatch.rules.calendar import Period, comes_twice, month


@dataclass(frozen=True)
class Pen:
    """One summary's hand."""

    summary: Summary
    language: str

    @cached_property
    def tongue(self) -> Tongue:
        return tongue(self.language, SUMMARY)

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.summary.zone)

    @cached_property
    def month(self) -> Period:
        """The whole calendar month, also while it runs."""
        return month(self.summary.statement["month"], self.zone)

    @property
    def month_name(self) -> str:
        return month_name(self.month.starts, self.zone, self.tongue)

    def say(self, sentence: str, /, **values: str) -> str:
        return self.tongue.say(sentence, **values)

    def count(self, one: str, more: str, number: int, /) -> str:
        return self.tongue.count(one, more, number)

    def several(self, parts: list[str]) -> str:
        """Such as `a, b en c`."""
        return enumeration(parts, self.tongue)

    def number(self, value: float) -> str:
        return format_decimal(value, locale=self.tongue.locale)

    def share(self, share: float | None, digits: int = 3) -> str:
        """A share as percent, floored: never rounded up to a target."""
        return figures.share(share, self.tongue, digits)

    def objective(self, share: float) -> str:
        """A share that was agreed, as it was written: 99.9%, 95%."""
        return figures.objective(share, self.tongue)

    def decimals(self, share: float | None) -> int:
        """How many of them are shown of a share that was agreed: with as many, what reaches it reads as if it does."""
        return figures.decimals(share)

    def seconds(self, seconds: float | None) -> str:
        """Such as `3 s` or `1.5 s`."""
        return self._seconds(seconds, "0.###")

    def exact_seconds(self, seconds: float | None) -> str:
        """To the millisecond, each: such as `2.440 s`."""
        return self._seconds(seconds, "0.000")

    def _seconds(self, seconds: float | None, form: str) -> str:
        if seconds is None:
            return NONE
        return self.say("{number} s", number=format_decimal(seconds, format=form, locale=self.tongue.locale))

    def short(self, micros: Micros) -> str:
        """A length such as `1 h 43 min 12 s`, cut to the second; of what is shorter than that, that it is."""
        return figures.short(micros, self.tongue)

    def length(self, seconds: float) -> str:
        """The same of the seconds that a statement has."""
        return self.short(round(seconds * SECOND))

    def when(self, at: Instant) -> str:
        """Such as `di 10 mrt 09:14:30`; whole minutes without seconds.

        With the year where it is not the month's, and with the zone where the time comes twice.
        """
        moment = local(at, self.zone)
        year = "" if moment.year == local(self.month.starts, self.zone).year else " y"
        written = format_datetime(moment, f"EEE d MMM{year} {_clock(at)}", tzinfo=self.zone, locale=self.tongue.locale)
        return f"{written} {moment.tzname()}" if comes_twice(moment) else written

    def span(self, starts: Instant, ends: Instant | None) -> str:
        """From and to; of one day the date stands once."""
        began = self.when(starts)
        if ends is None:
            return self.say("{begin}, not over yet", begin=began)
        begin, end = local(starts, self.zone), local(ends, self.zone)
        ended = self.when(ends)
        if begin.date() == end.date():
            ended = ended[ended.index(f"{end:%H:%M}") :]
        return f"{began} \N{EN DASH} {ended}"

    def exactly(self, at: Instant) -> str:
        """With day, year and zone."""
        return second(at, self.zone, self.tongue)

    def day(self, at: Instant) -> str:
        """Such as `dinsdag 10 maart`."""
        return format_date(local(at, self.zone), "EEEE d MMMM", locale=self.tongue.locale)

    def check(self, name: str) -> str:
        """What a check is called, in the customer's words where it has any."""
        if name in self.summary.labels:
            return named(self.summary.labels[name])
        return self.say(CHECKS[name]) if name in CHECKS else named(name.replace("_", " "))

    def checks(self, names: tuple[str, ...]) -> str:
        return self.several([self.check(name) for name in names])

    def inside(self, text: str) -> str:
        """A name as it stands inside a sentence."""
        return text[:1].lower() + text[1:]


def _clock(at: Instant) -> str:
    return "HH:mm:ss" if at // SECOND * SECOND % MINUTE else "HH:mm"
