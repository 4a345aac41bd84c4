"""All secrets of a configuration, and which of them cannot be read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from slawatch.config.secret import Secret, SecretUnreadable, secret_of
from slawatch.config.tree import Listing, Section, Steps, bare, find, place_of
from slawatch.config.wrong import Problem, Wrong

if TYPE_CHECKING:
    from slawatch.config.whole import Config

Placed: TypeAlias = tuple[Steps, Secret]
BOUNCES: Steps = ("mail", "bounces", "key")


def of(config: Config) -> Iterator[Placed]:
    """The secrets of a configuration, with the way to each."""
    for index, customer in enumerate(config.customers):
        if customer.credentials:
            yield ("customers", index, "credentials", "password"), customer.credentials.password
    for index, relay in enumerate(config.mail.relays if config.mail else ()):
        if relay.password:
            yield ("mail", "relays", index, "password"), relay.password
    if config.mail and config.mail.bounces:
        yield BOUNCES, config.mail.bounces.key


def written_in(tree: Section, folder: Path) -> Iterator[Placed]:
    """The same from a file that may hold errors elsewhere: those references that are right."""
    places: list[Steps] = [BOUNCES]
    for way, steps in (("customers",), ("credentials", "password")), (("mail", "relays"), ("password",)):
        listing = find(tree, *way)
        count = len(listing.items) if isinstance(listing, Listing) else 0
        places.extend((*way, index, *steps) for index in range(count))
    for place in places:
        reference = find(tree, *place)
        if isinstance(reference, Section) and isinstance(said := bare(reference), Mapping):
            try:
                yield place, secret_of(said, folder)
            except Wrong:
                continue


def unreadable(secrets: Iterable[Placed], tree: Section) -> Iterator[Problem]:
    for steps, secret in secrets:
        try:
            secret.reveal()
        except SecretUnreadable as error:
            yield Problem(place_of(tree, steps), str(error))
