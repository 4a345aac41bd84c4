"""Instants, lengths, lists and names as a person reads them in their language."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from babel.lists import format_list

from slawatch.model import MINUTE, SECOND, Instant, Micros
from slawatch.reporters.wording.tongue import Tongue
from slawatch.rules.calendar import moment

# Patterns of Unicode CLDR; both languages write dates in this order.
_DAY = "EEEE d MMMM yyyy"
_MINUTE = "d MMMM yyyy HH:mm"
_MONTH = "MMMM yyyy"

_RIGHT_TO_LEFT = frozenset({"R", "AL"})
_ISOLATE, _END_OF_ISOLATE = "\N{FIRST STRONG ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"


def one_line(text: str) -> str:
    """The text without line ends and other control characters: it can start no header and no line of its own."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def named(text: str) -> str:
    """A name on one line; one that is written from right to left leaves the order of the words around it alone."""
    name = one_line(text)
    if any(unicodedata.bidirectional(letter) in _RIGHT_TO_LEFT for letter in name):
        return f"{_ISOLATE}{name}{_END_OF_ISOLATE}"
    return name


def lines(text: str) -> tuple[str, ...]:
    """The lines of a text of several, without the empty ones."""
    return tuple(filter(None, (named(line) for line in text.splitlines())))


def local(at: Instant, zone: ZoneInfo) -> datetime:
    """The wall-clock time, cut to the second."""
    return moment(at // SECOND * SECOND).astimezone(zone)


def minute(at: Instant, zone: ZoneInfo, tongue: Tongue) -> str:
    """Such as `23 november 2026 14:32`."""
    return _formatted(at, _MINUTE, zone, tongue)


def second(at: Instant, zone: ZoneInfo, tongue: Tongue) -> str:
    """Such as `maandag 23 november 2026, 14:32:05 CET`: with the zone, as one hour a year comes twice."""
    return f"{_formatted(at, f'{_DAY}, HH:mm:ss', zone, tongue)} {local(at, zone).tzname()}"


def planned(at: Instant, zone: ZoneInfo, tongue: Tongue) -> str:
    """Such as `dinsdag 1 december 2026, 23:00 CET`; with seconds only where it has any."""
    return f"{_formatted(at, f'{_DAY}, {_clock(at)}', zone, tongue)} {local(at, zone).tzname()}"


def stretch(starts: Instant, ends: Instant, zone: ZoneInfo, tongue: Tongue) -> str:
    """Such as `dinsdag 1 december 2026, 02:00 tot 02:30 CET`; each with its own date or zone where these differ."""
    begin, end = local(starts, zone), local(ends, zone)
    begun, ended = planned(starts, zone, tongue), planned(ends, zone, tongue)
    if begin.date() == end.date():
        ended = f"{_formatted(ends, _clock(ends), zone, tongue)} {end.tzname()}"
        if begin.tzname() == end.tzname():
            begun = begun.removesuffix(f" {begin.tzname()}")
    return tongue.say("{begin} to {end}", begin=begun, end=ended)


def month_name(at: Instant, zone: ZoneInfo, tongue: Tongue) -> str:
    """Such as `november 2026`."""
    return _formatted(at, _MONTH, zone, tongue)


def duration(starts: Instant, ends: Instant, tongue: Tongue) -> str:
    """The seconds between the two as they are shown, in hours, minutes and seconds: nothing is rounded away."""
    return length((ends // SECOND - starts // SECOND) * SECOND, tongue)


def length(micros: Micros, tongue: Tongue) -> str:
    """Such as `1 uur, 4 minuten en 12 seconden`, cut to the second."""
    minutes, seconds = divmod(micros // SECOND, 60)
    hours, minutes = divmod(minutes, 60)
    parts = []
    if hours:
        parts.append(tongue.count("{number} hour", "{number} hours", hours))
    if minutes:
        parts.append(tongue.count("{number} minute", "{number} minutes", minutes))
    if seconds or not parts:
        parts.append(tongue.count("{number} second", "{number} seconds", seconds))
    return enumeration(parts, tongue)


def enumeration(parts: Sequence[str], tongue: Tongue) -> str:
    """Such as `a, b en c`."""
    return str(format_list(list(parts), locale=tongue.locale))


def _clock(at: Instant) -> str:
    return "HH:mm:ss" if at % MINUTE else "HH:mm"


def _formatted(at: Instant, pattern: str, zone: ZoneInfo, tongue: Tongue) -> str:
    return str(format_datetime(local(at, zone), pattern, tzinfo=zone, locale=tongue.locale))
