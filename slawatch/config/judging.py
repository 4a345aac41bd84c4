"""What no section can see alone: names that must meet, things that must come together.

Judged on the written tree, so that these errors come out beside those of shape, and all at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from slawatch.config.addresses import read_name
from slawatch.config.customer import HTTP
from slawatch.config.merging import said_twice
from slawatch.config.tree import Listing, Node, Scalar, Section, find, null, section, texts
from slawatch.config.wrong import Place, Problem, Wrong
from slawatch.rules.naming import nearest


def judge(written: Section, merged: Section) -> list[Problem]:
    """The problems between sections. `merged`: the file with every customer complete."""
    complete = _customers(merged)
    return list(
        chain(
            _page_names(section(written, "pages")),
            _empty_pages(section(written, "pages"), None),
            *(_as_written(customer, section(written, "pages")) for customer in _customers(written)),
            _double_ids(complete),
            _double_ids(_windows(written)),
            *(_as_merged(customer) for customer in complete),
            *(_doubles(customer) for customer in complete),
            _strangers(complete, "availability", "checks"),
            _strangers(complete, "speed", "pages"),
            _unknown_customers(written, complete),
        )
    )


def _customers(tree: Section) -> tuple[Section, ...]:
    listing = tree.get("customers")
    return tuple(one for one in listing.items if isinstance(one, Section)) if isinstance(listing, Listing) else ()


def _windows(tree: Section) -> tuple[Section, ...]:
    listing = tree.get("maintenance")
    return tuple(one for one in listing.items if isinstance(one, Section)) if isinstance(listing, Listing) else ()


def _id(named: Section) -> str | None:
    node = named.get("id")
    return node.value if isinstance(node, Scalar) and isinstance(node.value, str) else None


def _as_written(customer: Section, shared_pages: Section | None) -> Iterator[Problem]:
    pages = section(customer, "pages")
    yield from said_twice(customer)
    yield from _page_names(pages)
    yield from _empty_pages(pages, shared_pages)


def _page_names(pages: Section | None) -> Iterator[Problem]:
    for name, entry in pages.entries.items() if pages else ():
        if name == HTTP:
            yield Problem(entry.key, "expected another name: http is the light check's")
            continue
        try:
            read_name(name)
        except Wrong as wrong:
            yield Problem(entry.key, wrong.what)


def _empty_pages(pages: Section | None, shared: Section | None) -> Iterator[Problem]:
    """A page that is removed though nobody configured it, most likely by a slip of the pen."""
    for name, entry in pages.entries.items() if pages else ():
        if null(entry.node) and not (shared and name in shared.entries):
            near = nearest(name, shared.entries) if shared else ""
            yield Problem(entry.key, f"nothing to remove, expected a page's settings or a shared page's name{near}")


def _double_ids(named: tuple[Section, ...]) -> Iterator[Problem]:
    first: dict[str, Place] = {}
    for one in named:
        name, node = _id(one), one.get("id")
        if name is None or node is None:
            continue
        if name in first:
            yield Problem(node.place, f"{name!r} is also {first[name].path}, expected an id of its own")
        first.setdefault(name, node.place)


def _there(node: Node | None) -> bool:
    return node is not None and not null(node)


def _as_merged(customer: Section) -> Iterator[Problem]:
    login, credentials = customer.get("login"), customer.get("credentials")
    if isinstance(login, Section) and not _there(credentials):
        place = credentials.place if credentials else _below(customer, "credentials")
        yield Problem(
            place, "missing, expected the name and password for the login; for pages without one say login: null"
        )
    if _there(credentials) and not _there(login):
        yield Problem(
            customer.entries["credentials"].key, "of no use without a login, expected login: or no credentials"
        )
    pages, http = customer.get("pages"), _there(customer.get("http"))
    named = isinstance(pages, Section) and any(not null(entry.node) for entry in pages.entries.values())
    if pages is not None and not null(pages) and not isinstance(pages, Section):
        return
    if not named and not http:
        yield Problem(_below(customer, "pages"), "nothing to look at, expected at least one page, or http")
    elif not named and not _there(find(customer, "agreement", "availability", "checks")):
        place = _below(customer, "availability")
        words = "missing, expected [http], for there are no pages"
        yield Problem(Place(place.line, place.column, place.below("checks")), words)


def _doubles(customer: Section) -> Iterator[Problem]:
    for way in (("contacts",), ("agreement", "availability", "checks"), ("agreement", "speed", "pages")):
        seen: set[str] = set()
        for item in texts(find(customer, *way)):
            if item.text.lower() in seen:
                yield Problem(item.place, f"{item.text!r} stands here twice, expected once")
            seen.add(item.text.lower())


def _below(customer: Section, key: str) -> Place:
    entry = customer.entries.get(key)
    if entry is not None:
        return entry.node.place
    return Place(customer.place.line, customer.place.column, customer.place.below(key))


def _checks(customer: Section, *, also_http: bool) -> frozenset[str] | None:
    """The names of what is looked at; None when the pages are no section, which is said elsewhere."""
    pages = customer.get("pages")
    if pages is not None and not isinstance(pages, Section) and not null(pages):
        return None
    entries = pages.entries if isinstance(pages, Section) else {}
    names = {name for name, entry in entries.items() if not null(entry.node)}
    return frozenset(names | ({HTTP} if also_http and _there(customer.get(HTTP)) else set()))


def _strangers(customers: tuple[Section, ...], promise: str, key: str) -> Iterator[Problem]:
    """Names in a promise that are not configured: once at a shared place, whichever customers miss it."""
    lacking: dict[Place, list[str]] = {}
    words: dict[Place, tuple[str, set[str], int]] = {}
    for customer in customers:
        known = _checks(customer, also_http=promise == "availability")
        if known is None:
            continue
        for item in texts(find(customer, "agreement", promise, key)):
            _, near, seen = words.get(item.place, (item.text, set[str](), 0))
            words[item.place] = (item.text, near | known, seen + 1)
            if item.value not in known:
                lacking.setdefault(item.place, []).append(_id(customer) or customer.place.path)
    kind = "check" if promise == "availability" else "page"
    for place, missing in lacking.items():
        name, near, seen = words[place]
        if len(missing) == seen:
            yield Problem(place, f"no {kind} {name!r} is configured{nearest(name, near)}")
        else:
            own = f"expected it there, or {promise}.{key} of their own"
            yield Problem(place, f"no {kind} {name!r} is configured at {_listed(missing)}, {own}")


def _listed(names: list[str]) -> str:
    return ", ".join(names) if len(names) <= 5 else f"{', '.join(names[:5])} and {len(names) - 5} more"


def _unknown_customers(written: Section, customers: tuple[Section, ...]) -> Iterator[Problem]:
    known = {name for name in map(_id, customers) if name is not None}
    for window in _windows(written):
        for item in texts(find(window, "customers")):
            if item.value not in known:
                yield Problem(item.place, f"no customer {item.text!r}{nearest(item.text, known)}")
