"""How much of a month may be down, from what its statement says."""

from __future__ import annotations

from fractions import Fraction

from slawatch.model import Micros
from slawatch.rules.document import Document, micros


def down(told: Document) -> Micros:
    """How long the month was down, as far as it counts."""
    return micros(told["availability"]["seconds"]["down"])


def allowed(told: Document, whole: Micros) -> Micros:
    """Of the `whole` month less what is left out of it, cut to the microsecond."""
    figures = told["availability"]
    return int((1 - Fraction(repr(figures["objective"]))) * (whole - micros(figures["seconds"]["excluded"])))
