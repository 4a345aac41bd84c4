"""How much of a month may be down, from what its statement says, and the bar that holds the downtime against it."""

from __future__ import annotations

from dataclasses import dataclass

from slawatch.model import Micros
from slawatch.reporters.summary.page.pen import Pen
from slawatch.rules import allowed as rules


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
    """By what the rules allow, which agrees with the verdict."""
    statement = pen.summary.statement
    down, allowed = rules.down(statement), rules.allowed(statement, pen.month.length)
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
