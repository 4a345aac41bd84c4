"""The facts of a look: small plain values for a person, none of them a secret or the page's text."""

from __future__ import annotations

from slawatch.browser import Strain
from slawatch.config import Customer, Page, SecretUnreadable
from slawatch.probes.page.signed_in import Entered
from slawatch.probes.page.visit import Visit
from slawatch.probes.redact import redact

Facts = dict[str, str | int | float | bool]

#: Between the page's clock and ours, at the navigation's start.
_CLOCK_MILLISECONDS = 1000


def facts(customer: Customer, page: Page, entered: Entered, strain: Strain, browser: str) -> Facts:
    """What to keep of a look beside its figures."""
    told: Facts = {"browser": browser, "cache": page.cache, "ready": page.ready}
    visit = entered.visit
    if entered.login:
        told["login"] = entered.login
    if entered.why:
        told["why"] = redact(entered.why, _secrets(customer))
    if strain.strained or strain.waited >= 100:
        told |= {"waited_ms": strain.waited, "strained": strain.strained}
    if visit is not None:
        told |= _of_visit(visit, customer)
    return told


def _of_visit(visit: Visit, customer: Customer) -> Facts:
    told: Facts = {"path": visit.path}
    if visit.status is not None:
        told["status"] = visit.status
    if visit.error is not None:
        told["error"] = visit.error
    if visit.selector_invalid:
        told["error"] = "a selector is not valid CSS"
    if visit.told:
        told |= {name: visit.told[name] for name in ("bytes", "requests") if isinstance(visit.told.get(name), int)}
        if isinstance(protocol := visit.told.get("protocol"), str) and protocol:
            told["protocol"] = protocol[:16]
        if abs(_number(visit.told.get("origin")) - visit.began / 1000) > _CLOCK_MILLISECONDS:
            told["clock_suspect"] = True
    waiting = visit.waiting
    if waiting is not None and waiting.answers:
        told |= {
            "loaded": waiting.loaded,
            "ready_in_page": waiting.found,
            "busy": waiting.busy,
            "requests_missing": waiting.missing,
            "script_errors": waiting.script_errors + waiting.rejections,
            "console_errors": waiting.console_errors,
        }
        if waiting.first_error:
            told["first_error"] = redact(waiting.first_error, _secrets(customer))
    elif waiting is not None:
        told["page_answers"] = False
    return told


def _secrets(customer: Customer) -> tuple[str, ...]:
    if customer.credentials is None:
        return ()
    try:
        return (customer.credentials.password.reveal(),)
    except SecretUnreadable:
        return ()


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
