"""What can be carried out, but may not be what was meant: said by `slawatch check`, refused by nobody."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from slawatch import model
from slawatch.config.addresses import is_loopback, split_endpoint
from slawatch.config.customer import HTTP, Customer
from slawatch.config.scalars import write_duration
from slawatch.config.tree import Section, Steps, place_of
from slawatch.config.watched import Check
from slawatch.config.window import DeclaredWindow
from slawatch.config.wrong import Problem
from slawatch.rules import calendar
from slawatch.rules.meaning import meanings

if TYPE_CHECKING:
    from slawatch.config.whole import Config


def warnings(config: Config, tree: Section) -> Iterator[Problem]:
    """The warnings, each at its place; one shared setting may give the same warning for several customers."""
    found = chain(
        _service(config),
        *(_customer(("customers", index), customer) for index, customer in enumerate(config.customers)),
        *(_window(("maintenance", index), window, config) for index, window in enumerate(config.maintenance)),
    )
    return (Problem(place_of(tree, steps), what) for steps, what in found)


def _service(config: Config) -> Iterator[tuple[Steps, str]]:
    if config.mail is None:
        yield ("mail",), "missing: nobody is mailed at an outage"
    for index, relay in enumerate(config.mail.relays if config.mail else ()):
        if relay.tls == "off" and not is_loopback(relay.host):
            yield ("mail", "relays", index, "tls"), "off: mails go to this relay in the clear"
    if not config.monitor.witnesses:
        yield ("monitor", "witnesses"), "missing: a fault of our own network counts as the customers' downtime"
    watched = {_host(customer.url) for customer in config.customers}
    for index, witness in enumerate(config.monitor.witnesses):
        if _host(witness) in watched:
            yield ("monitor", "witnesses", index), "on the watched platform: it cannot tell their fault from ours"


def _host(address: str) -> str:
    if "://" in address:
        return (urlsplit(address).hostname or "").lower()
    return split_endpoint(address, "host:port")[0].lower()


def _customer(steps: Steps, customer: Customer) -> Iterator[tuple[Steps, str]]:
    if urlsplit(customer.url).scheme == "http" and not is_loopback(_host(customer.url)):
        yield (*steps, "url"), "not encrypted: every access point is promised to be https"
    if not customer.contacts:
        yield (*steps, "contacts"), "missing: nobody is mailed at an outage of this customer"
    for index, contact in enumerate(customer.contacts):
        if "wants" in contact.model_fields_set and "summaries" in contact.wants and not customer.summaries.contacts:
            yield (*steps, "contacts", index, "wants"), "summaries: none is mailed while summaries.contacts is false"
    for name, check in customer.checks.items():
        yield from _check((*steps, HTTP) if name == HTTP else (*steps, "pages", name), check)
    confirm = customer.agreement.confirm
    if confirm.failures > 1 and confirm.recheck > confirm.within:
        words = f"longer than within ({write_duration(confirm.within)}): a recheck comes too late to confirm a failure"
        yield (*steps, "agreement", "confirm", "recheck"), words


def _check(steps: Steps, check: Check) -> Iterator[tuple[Steps, str]]:
    holds, every = write_duration(check.holds), write_duration(check.every)
    if check.holds < check.every:
        words = f"shorter than every ({every}): between two looks there is time that counts as unknown"
        yield (*steps, "stale_after"), words
    elif check.timeout > check.holds:
        words = (
            f"{write_duration(check.timeout)} is longer than a look holds ({holds}): part of a hang counts as unknown"
        )
        yield (*steps, "timeout"), words


def _window(steps: Steps, window: DeclaredWindow, config: Config) -> Iterator[tuple[Steps, str]]:
    """What a window means for the figures of the customers that it concerns, by their own agreements."""
    concerned = [customer for customer in config.customers if window.concerns(customer.id)]
    if window.announced is not None and window.announced_by is None:
        yield (*steps, "announced"), "without announced_by: expected the name of who told the customers"
    agreed = ZoneInfo(config.agreement.timezone)
    occurrences = window.exclusions(agreed)
    if occurrences[0].starts != window.starts:
        day = calendar.moment(occurrences[0].starts).astimezone(agreed)
        yield (*steps, "repeat"), f"does not meet starts: the first window is on {day:%F}"
    said: set[str] = set()
    for customer in concerned:
        terms, zone = customer.terms().maintenance, ZoneInfo(customer.agreement.timezone)
        first: dict[str, tuple[model.Exclusion, str]] = {}
        for one in occurrences:
            version = model.Version(one.starts, one.ends, window.announced)
            for about, words in meanings(version, window.reason, terms, zone):
                first.setdefault(about, (one, words))
        for about, (one, words) in first.items():
            when = "" if window.repeat is None else f" (first: {calendar.moment(one.starts).astimezone(agreed):%F})"
            if words + when not in said:
                yield (*steps, about), words + when
            said.add(words + when)
