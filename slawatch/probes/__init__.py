"""Probes: one kind a file. A probe looks once and tells what it saw.

A new kind is a class with `id` and `look`, and one line in `KINDS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from slawatch.config import Customer
from slawatch.model import CheckId, Look
from slawatch.probes.http import HttpProbe
from slawatch.probes.page.probe import PageProbe
from slawatch.probes.tools import Tools, open_tools

__all__ = ["KINDS", "Probe", "Tools", "build", "open_tools"]


class Probe(Protocol):
    """Looks at one check. A failure of what is watched, of our browser or of our network is a Look; it raises only
    when slawatch itself is broken.
    """

    id: CheckId

    async def look(self) -> Look: ...


def _page(customer: Customer, name: str, tools: Tools, *, seen_ready: bool) -> Probe:
    slow = customer.terms().speed.within_milliseconds
    return PageProbe(customer, name, customer.pages[name], tools, slow=slow, seen_ready=seen_ready)


def _http(customer: Customer, name: str, tools: Tools, *, seen_ready: bool) -> Probe:  # noqa: ARG001
    if customer.http is None:
        raise KeyError(name)
    return HttpProbe(customer, name, customer.http, tools)


#: How each kind of check is made into a probe.
KINDS: Mapping[str, Callable[..., Probe]] = {"page": _page, "http": _http}


def build(customer: Customer, name: str, tools: Tools, *, seen_ready: bool = True) -> Probe:
    """The probe of a customer's check by its name. Raises KeyError when there is none.

    `seen_ready`: whether the check was ever up by the ledger. Only a page that never was can be said to have drifted
    from its selector; the default never says so.
    """
    kind = "page" if name in customer.pages else "http"
    return KINDS[kind](customer, name, tools, seen_ready=seen_ready)
