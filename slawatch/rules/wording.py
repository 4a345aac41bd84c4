"""What refusals of every kind of declaration share: names, ids, and times as a person writes them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from zoneinfo import ZoneInfo

from slawatch.model import Instant
from slawatch.rules import calendar
from slawatch.rules.naming import nearest
from slawatch.rules.stands import Standing
from slawatch.rules.wishes import ALL, SEVERAL, Known, Refused

LONGEST_TEXT = 2000

#: Controls, halves of characters, and what breaks a line: no text that a file, a mail or a terminal can show.
_NO_TEXT = frozenset({"Cc", "Cs", "Zl", "Zp"})


def said(at: Instant, zone: ZoneInfo) -> str:
    """An instant to the minute, in the agreement's zone."""
    return calendar.minute(at, zone)


def named(what: str, value: str) -> str:
    """The words that `what` needs, without the blanks around them; only a `text` has several lines. Raises Refused."""
    stripped = value.strip()
    if not stripped:
        raise Refused(f"{what}: empty, expected words")
    if len(stripped) > LONGEST_TEXT:
        raise Refused(f"{what}: {len(stripped)} characters, expected at most {LONGEST_TEXT}")
    for character in stripped:
        if unicodedata.category(character) in _NO_TEXT and not (character == "\n" and what == "text"):
            raise Refused(f"{what}: {character!a} cannot be printed, expected plain text")
    return stripped


def customers_of(customer: str, known: Known) -> tuple[str, ...]:
    """Whom a wish is for: one, several, or all who are configured. Raises Refused."""
    if customer == ALL and known.terms:
        return tuple(known.terms)
    wanted = tuple(dict.fromkeys(customer.split(SEVERAL)))
    for one in wanted:
        if one not in known.terms:
            raise unknown("customer", one, known.terms)
    return wanted


def unknown(what: str, id_: str, known: Iterable[str]) -> Refused:
    """The refusal that names the nearest one."""
    return Refused(f"no {what} {id_!r}{nearest(id_, set(known))}")


def next_id(letter: str, standings: Mapping[str, Standing]) -> str:
    """The first free id of `w1`, `w2`... or `x1`, `x2`..., over all customers; occurrences count as their series."""
    ids = (id_ for stands in standings.values() for id_ in (*stands.windows, *stands.majeure))
    numbers = (int(match[1]) for id_ in ids if (match := re.fullmatch(rf"{letter}(\d+)(?:\.\d+)?", id_)))
    return f"{letter}{max(numbers, default=0) + 1}"
