"""What is shared is said once; what differs is said at the customer. The merge keeps every value's own place."""

from __future__ import annotations

from slawatch.config.tree import Entry, Listing, Node, Section, null
from slawatch.config.wrong import Problem

#: What stands at the top of the file for every customer to take over.
SHARED = ("login", "pages", "http", "account_manager", "summaries")
#: Parts of the agreement that a customer may say directly, without `agreement:` around them.
PROMISED = ("availability", "speed", "maintenance", "confirm", "business")


def overlay(shared: Node | None, own: Node | None) -> Node | None:
    """The deep merge: sections key by key, anything else (also a null) replaced whole by the customer's own."""
    if own is None:
        return shared
    if not isinstance(shared, Section) or not isinstance(own, Section):
        return own
    entries = dict(shared.entries)
    for key, entry in own.entries.items():
        merged = overlay(shared.get(key), entry.node)
        assert merged is not None
        entries[key] = Entry(entry.key, merged)
    return Section(own.place, entries)


def with_shared(top: Section) -> Section:
    """The file with every customer complete: its own sections laid over the shared ones."""
    customers = top.get("customers")
    if not isinstance(customers, Listing):
        return top
    complete = tuple(_customer(top, one) if isinstance(one, Section) else one for one in customers.items)
    listing = Entry(top.entries["customers"].key, Listing(customers.place, complete))
    return Section(top.place, {**top.entries, "customers": listing})


def said_twice(customer: Section) -> list[Problem]:
    """Parts of the agreement that a customer says both directly and under `agreement`."""
    under = customer.get("agreement")
    if not isinstance(under, Section):
        return []
    words = "said twice, expected once (it also stands under agreement)"
    return [
        Problem(customer.entries[name].key, words) for name in PROMISED if name in customer.entries and under.get(name)
    ]


def _customer(top: Section, own: Section) -> Section:
    entries = dict(own.without(PROMISED).entries)
    for name in SHARED:
        _put(entries, name, own, overlay(top.get(name), own.get(name)))
    agreement = overlay(top.get("agreement"), own.get("agreement"))
    direct = own.only(PROMISED)
    if direct.entries and (agreement is None or null(agreement) or isinstance(agreement, Section)):
        agreement = overlay(agreement, direct)
    _put(entries, "agreement", own, agreement)
    return Section(own.place, entries)


def _put(entries: dict[str, Entry], name: str, own: Section, node: Node | None) -> None:
    if node is not None:
        key = own.entries[name].key if name in own.entries else node.place
        entries[name] = Entry(key, node)
