"""How much of a month may be down, from what its statement says."""

from __future__ import annotations

from fractions import Fraction

from slawatch.model import Micros
from slawatch.rules.document import Document, micros


def down(told: Document) -> Micros:
    """How long the month was down, as far as it counts."""
    return micros(told["availability"]["seconds"]["down"])


def allowed(told: Document, whole: Micros) -> Micros:
    """Cut to the microsecond: of the measured time of a month that is over and was judged by it, so that it agrees with
    the verdict; else of the `whole` month less what is left out so far.
    """
    figures = told["availability"]
    up, excluded = (micros(figures["seconds"][place]) for place in ("up", "excluded"))
    by_ratio = told["complete"] and figures["met"] is not None and not _too_little(told)
    judged = up + down(told) if by_ratio else whole - excluded
    return int((1 - Fraction(repr(figures["objective"]))) * judged)


def _too_little(told: Document) -> bool:
    """Whether more was not measured than may be: then the verdict is by the downtime alone (rule 6)."""
    coverage, needed = told["availability"]["coverage"], told["terms"]["availability"]["coverage"]
    return coverage is None or Fraction(repr(coverage)) < Fraction(needed)
