"""What a customer is judged by, as the ledger keeps it: JSON-able values, exact, read back years later."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from slawatch import model
from slawatch.config.customer import Customer
from slawatch.config.scalars import micros
from slawatch.config.watched import Page


def document(customer: Customer) -> dict[str, Any]:
    """Terms, and what is looked at. Shares as "999/1000", lengths in microseconds."""
    terms = customer.terms()
    maintenance, confirm = terms.maintenance, terms.confirm
    return {
        "customer": terms.customer,
        "agreement": terms.agreement,
        "timezone": terms.timezone,
        "url": customer.url,
        "availability": {
            "objective": str(terms.availability.objective),
            "coverage": str(terms.availability.coverage),
            "checks": list(terms.availability.checks),
        },
        "speed": {
            "objective": str(terms.speed.objective),
            "within_milliseconds": terms.speed.within_milliseconds,
            "pages": list(terms.speed.pages),
        },
        "maintenance": {
            "notice": {"days": maintenance.notice.days, "rest_microseconds": maintenance.notice.rest},
            "preferred": list(maintenance.preferred) if maintenance.preferred else None,
            "late_notice": "excluded" if maintenance.late_excluded else "counts",
            "hotfix": "excluded" if maintenance.hotfix_excluded else "counts",
            "arithmetic": "as_up" if maintenance.as_up else "removed",
        },
        "confirm": {
            "failures": confirm.failures,
            "within_microseconds": confirm.within,
            "recheck_microseconds": confirm.recheck,
            "blips": "down" if confirm.blips_down else "up",
        },
        "checks": {name: _check(customer, check) for name, check in terms.checks.items()},
    }


def _check(customer: Customer, check: model.CheckTerms) -> dict[str, Any]:
    settings = customer.checks[check.id.name]
    looked_at: dict[str, Any] = {"path": settings.path, "timeout_microseconds": micros(settings.timeout)}
    if isinstance(settings, Page):
        looked_at |= {"ready": settings.ready, "busy": settings.busy}
    return {
        "kind": check.id.kind,
        "every_microseconds": check.every,
        "stale_after_microseconds": check.stale_after,
        "cache": check.cache,
        **looked_at,
    }


def terms_from_document(kept: Mapping[str, Any]) -> model.Terms:
    """The terms of a document, equal to those that it was made from. Raises KeyError for what is no such document."""
    promised, speed, maintenance, confirm = (kept[key] for key in ("availability", "speed", "maintenance", "confirm"))
    preferred = maintenance["preferred"]
    return model.Terms(
        customer=kept["customer"],
        agreement=kept["agreement"],
        timezone=kept["timezone"],
        availability=model.AvailabilityTerms(
            Fraction(promised["objective"]), Fraction(promised["coverage"]), tuple(promised["checks"])
        ),
        speed=model.SpeedTerms(Fraction(speed["objective"]), speed["within_milliseconds"], tuple(speed["pages"])),
        maintenance=model.MaintenanceTerms(
            notice=model.Notice(maintenance["notice"]["days"], maintenance["notice"]["rest_microseconds"]),
            preferred=(preferred[0], preferred[1]) if preferred else None,
            late_excluded=maintenance["late_notice"] == "excluded",
            hotfix_excluded=maintenance["hotfix"] == "excluded",
            as_up=maintenance["arithmetic"] == "as_up",
        ),
        confirm=model.ConfirmTerms(
            failures=confirm["failures"],
            within=confirm["within_microseconds"],
            recheck=confirm["recheck_microseconds"],
            blips_down=confirm["blips"] == "down",
        ),
        checks={
            name: model.CheckTerms(
                id=model.CheckId(kept["customer"], check["kind"], name),
                every=check["every_microseconds"],
                stale_after=check["stale_after_microseconds"],
                cache=check["cache"],
            )
            for name, check in kept["checks"].items()
        },
    )
