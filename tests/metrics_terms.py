"""Two parks' terms, for the tests of what is published about them."""

from fractions import Fraction

from slawatch.model import (
    SECOND,
    AvailabilityTerms,
    CheckId,
    CheckTerms,
    ConfirmTerms,
    MaintenanceTerms,
    Notice,
    SpeedTerms,
    Terms,
)


def terms(customer: str, *, pages: tuple[str, ...] = ("dashboard", "reservations"), http: bool = True) -> Terms:
    checks = {page: CheckTerms(CheckId(customer, "page", page), 60 * SECOND, 180 * SECOND) for page in pages}
    if http:
        checks["http"] = CheckTerms(CheckId(customer, "http", "http"), 15 * SECOND, 45 * SECOND)
    return Terms(
        customer=customer,
        agreement="Tommy 2.0",
        timezone="Europe/Amsterdam",
        availability=AvailabilityTerms(Fraction("0.999"), Fraction("0.99"), pages),
        speed=SpeedTerms(Fraction("0.95"), 3000, pages),
        maintenance=MaintenanceTerms(Notice(5)),
        confirm=ConfirmTerms(),
        checks=checks,
    )
