"""What contacts chose to hear of, laid over what the configuration says they want."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TypeAlias

from slawatch.model import Contact, Declaration, DeclarationKind, Instant, Topic
from slawatch.rules.wishes import Choose, Granted, Known, Refused
from slawatch.rules.wording import unknown

#: By address, the last choice of each contact of a customer that made one.
Choices: TypeAlias = Mapping[str, frozenset[Topic]]


class NobodyLeft(Refused):
    """Nobody of the customer would hear of outages any more."""


def choices(declared: Iterable[Declaration]) -> dict[str, dict[str, frozenset[Topic]]]:
    """The choices of each customer's contacts, of declarations in the order of the ledger."""
    found: dict[str, dict[str, frozenset[Topic]]] = {}
    for one in declared:
        if one.kind is DeclarationKind.CONTACT_CHOSE:
            found.setdefault(one.customer, {})[one.subject] = frozenset(map(Topic, one.facts["wants"]))
    return found


def chosen(contacts: Iterable[Contact], by: Choices) -> tuple[Contact, ...]:
    """The contacts with what they chose; who chose nothing wants what the configuration says."""
    return tuple(replace(one, wants=by.get(one.address, one.wants)) for one in contacts)


def choose(wish: Choose, known: Known, now: Instant) -> Granted:
    """What the contact wants to hear of from now on. Raises NobodyLeft, or Refused for nobody's address."""
    to = known.recipients.get(wish.customer)
    contacts = {} if to is None else {one.address: one for one in to.contacts}
    if wish.contact not in contacts:
        raise unknown("contact", wish.contact, contacts)
    hear = {address for address, one in contacts.items() if Topic.OUTAGES in one.wants}
    if hear == {wish.contact} and Topic.OUTAGES not in wish.wants:
        raise NobodyLeft(f"nobody else of {wish.customer} hears of outages, expected one who does")
    name = hashlib.sha256(wish.contact.encode()).hexdigest()[:16]
    if contacts[wish.contact].wants == wish.wants:
        return Granted(name, ())
    said = Declaration(
        f"{wish.customer}/{name}/chose/{known.chosen + 1}",
        wish.customer,
        DeclarationKind.CONTACT_CHOSE,
        wish.contact,
        now,
        wish.contact,
        {"wants": [str(one) for one in Topic if one in wish.wants]},
    )
    return Granted(name, (said,))
