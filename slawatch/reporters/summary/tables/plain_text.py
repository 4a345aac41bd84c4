"""Cells that a spreadsheet could take for a formula, and numbers as exact decimals."""

from __future__ import annotations

import unicodedata
from decimal import ROUND_FLOOR, Decimal

from slawatch.model import SECOND, Micros

#: What a formula begins with, in Excel, LibreOffice and Google Sheets; a full-width sign counts as its plain one.
_FORMULA = frozenset("=+-@\N{MINUS SIGN}")
#: What some programs drop from the front of a cell before they look.
_DROPPED = frozenset("\t\r\n")
#: A cell that begins with it is text.
QUOTE = "'"

#: To so many decimals a share is cut where a spreadsheet shows it: of a month that is less than three seconds.
_SHOWN = Decimal("0.000001")


def harmless(text: str) -> str:
    """The text, with a quote before it where a spreadsheet could take it for a formula (OWASP, CSV injection)."""
    seen = next((letter for letter in text if letter.isprintable() and not letter.isspace()), "")
    begins_so = unicodedata.normalize("NFKC", seen)[:1] in _FORMULA
    return f"{QUOTE}{text}" if text and (begins_so or text[0] in _DROPPED) else text


def floored(share: float) -> Decimal:
    """A share as a spreadsheet may show it: cut, so that nothing under an objective ever reads as the objective."""
    return Decimal(repr(share)).quantize(_SHOWN, ROUND_FLOOR)


def exact(number: float | Decimal) -> str:
    """All digits of a number, with a dot and without an exponent: `0.00001`."""
    written = format(Decimal(repr(number)) if isinstance(number, float) else Decimal(number), "f")
    return written.rstrip("0").rstrip(".") if "." in written else written


def in_seconds(length: Micros) -> Decimal:
    return Decimal(length) / SECOND
