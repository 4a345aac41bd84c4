"""The links of a mail that is only to be looked at: they have the form of real ones."""

from __future__ import annotations

from dataclasses import replace

from slawatch.config import Customer
from slawatch.reporters.mail import SenderSettings

#: What stands where a customer's or contact's own token would: it opens nothing.
_NOWHERE = "specimen"


def with_links(sender: SenderSettings, public_url: str | None) -> SenderSettings:
    """The sender with links as a customer's mails have them, where there is a place that they lead to."""
    if public_url is None:
        return sender
    return replace(
        sender,
        preferences=lambda *_: f"{public_url}/contacts/{_NOWHERE}",
        calendar=lambda _: f"{public_url}/calendar/{_NOWHERE}.ics",
        summaries=lambda customer, _, month: f"{public_url}/customers/{customer}/summaries?month={month}",
    )


def as_read(customer: Customer, contact: str, sender: SenderSettings) -> tuple[str, SenderSettings]:
    """Who gets a summary, and its links: the account manager with that of all summaries, or the contact without."""
    if customer.account_manager is None:
        return contact, replace(sender, summaries=lambda *_: None)
    return customer.account_manager.address, replace(sender, preferences=lambda *_: None)
