"""What was agreed with Duinzicht, for tests of the rules: what a test does not name is as in the agreement."""

from __future__ import annotations

from fractions import Fraction

from slawatch.model import (
    MINUTE,
    AvailabilityTerms,
    CheckId,
    CheckTerms,
    ConfirmTerms,
    MaintenanceTerms,
    Micros,
    Notice,
    SpeedTerms,
    Terms,
)

FIVE_DAYS = MaintenanceTerms(Notice(5))
TWICE = ConfirmTerms()


def terms(
    *pages: str,
    http: bool = False,
    counting: tuple[str, ...] | None = None,
    objective: str = "0.999",
    coverage: str = "0.99",
    within: int = 3000,
    holds: Micros = 3 * MINUTE,
    maintenance: MaintenanceTerms = FIVE_DAYS,
    confirm: ConfirmTerms = TWICE,
) -> Terms:
    """`pages` are looked at each minute, and so is http. `counting`: those that make availability; all by default.

    `within`: milliseconds in which a page is to open. `holds`: how long a look holds.
    """
    kinds = {**dict.fromkeys(pages, "page"), **({"http": "http"} if http else {})}
    return Terms(
        customer="duinzicht",
        agreement="Tommy 2.0",
        timezone="Europe/Amsterdam",
        availability=AvailabilityTerms(
            Fraction(objective), Fraction(coverage), pages if counting is None else counting
        ),
        speed=SpeedTerms(Fraction("0.95"), within, pages),
        maintenance=maintenance,
        confirm=confirm,
        checks={name: CheckTerms(CheckId("duinzicht", kind, name), MINUTE, holds) for name, kind in kinds.items()},
    )
