"""Instants, lengths and lists as a person reads them in their language."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from babel.lists import format_list

from slawatch.model import SECOND, Instant
from slawatch.reporters.mail.words import Words
from slawatch.rules.calendar import moment


def one_line(text: str) -> str:
    """The text without line ends and other control characters: it can start no header and no line of its own."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def local(at: Instant, zone: ZoneInfo) -> datetime:
    """The wall-clock time, cut to the second."""
    return moment(at // SECOND * SECOND).astimezone(zone)


def minute(at: Instant, zone: ZoneInfo, words: Words) -> str:
    """Such as `23 november 2026 14:32`."""
    return _formatted(at, words.minute, zone, words)


def second(at: Instant, zone: ZoneInfo, words: Words) -> str:
    """Such as `maandag 23 november 2026, 14:32:05 CET`: with the zone, as one hour a year comes twice."""
    return f"{_formatted(at, words.second, zone, words)} {local(at, zone).tzname()}"


def duration(starts: Instant, ends: Instant, words: Words) -> str:
    """The seconds between the two as they are shown, in hours, minutes and seconds: nothing is rounded away."""
    seconds = ends // SECOND - starts // SECOND
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, words.hours), (minutes, words.minutes), (seconds, words.seconds))
    said = [f"{count} {one if count == 1 else more}" for count, (one, more) in parts if count]
    return enumeration(said or [f"0 {words.seconds[1]}"], words)


def enumeration(parts: Sequence[str], words: Words) -> str:
    """Such as `a, b en c`."""
    return str(format_list(list(parts), locale=words.locale))


def _formatted(at: Instant, pattern: str, zone: ZoneInfo, words: Words) -> str:
    return str(format_datetime(local(at, zone), pattern, tzinfo=zone, locale=words.locale))
