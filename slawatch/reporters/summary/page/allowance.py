"""How much of a month may be down, from what its statement says, and the bar that holds the downtime against it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from slawatch.model import SECOND, Micros
from slawatch.reporters.summary.page.pen import Pen
from slawatch.rules.document import Document


@dataclass(frozen=True, slots=True)
class Allowance:
    """`down` of the `allowed`, as lengths and as shares (percent) of the width of the bar."""

    down: Micros
    allowed: Micros
    down_percent: float
    allowed_percent: float
    down_text: str
    allowed_text: str
    left_text: str

    @property
    def exceeded(self) -> bool:
        return self.down > self.allowed


def allowance(pen: Pen) -> Allowance:
    """Cut to the microsecond: of the measured time of a month that is over and was judged by it, so that the bar agrees
    with the verdict; else of the whole month less what is left out so far.
    """
    statement = pen.summary.statement
    figures = statement["availability"]
    up, down, excluded = (round(figures["seconds"][place] * SECOND) for place in ("up", "down", "excluded"))
    by_ratio = statement["complete"] and figures["met"] is not None and not _too_little(statement)
    judged = up + down if by_ratio else pen.month.length - excluded
    allowed = int((1 - Fraction(repr(figures["objective"]))) * judged)
    widest = max(down, allowed) * 1.12 or 1
    left = (
        pen.say("{length} too much", length=pen.short(down - allowed))
        if down > allowed
        else pen.say("{length} left", length=pen.short(allowed - down))
    )
    return Allowance(
        down,
        allowed,
        round(100 * down / widest, 2),
        round(100 * allowed / widest, 2),
        pen.short(down),
        pen.short(allowed),
        left,
    )


def _too_little(statement: Document) -> bool:
    """Whether more was not measured than may be: then the verdict is by the downtime alone (rule 6)."""
    coverage, needed = statement["availability"]["coverage"], statement["terms"]["availability"]["coverage"]
    return coverage is None or Fraction(repr(coverage)) < Fraction(needed)
