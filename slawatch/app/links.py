"""Links to customers' own pages: their addresses, and whose page a token opens."""

from __future__ import annotations

from slawatch.config import Config
from slawatch.rules.links import calendar_token, contact_token, status_token

#: The key that they are made with, in the store.
KEY = "links"


class Links:
    """Of the configuration in force. A token stays the same as long as the store does; who has left has none."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._public_url: str | None = None
        self._contacts: dict[str, tuple[str, str]] = {}
        self._managers: dict[str, str] = {}
        self._calendars: dict[str, str] = {}
        self._statuses: dict[str, str] = {}
        self._public: frozenset[str] = frozenset()

    def configure(self, config: Config) -> None:
        """Know these customers and contacts from now on."""
        self._public_url = config.web.public_url
        self._calendars = {calendar_token(self._key, one.id): one.id for one in config.customers}
        self._managers = {
            one.id: one.account_manager.address for one in config.customers if one.account_manager is not None
        }
        shown = [one for one in config.customers if one.status_page != "off"]
        self._statuses = {status_token(self._key, one.id): one.id for one in shown}
        self._public = frozenset(one.id for one in shown if one.status_page == "public")
        self._contacts = {
            contact_token(self._key, one.id, contact.address): (one.id, contact.address)
            for one in config.customers
            for contact in one.contacts
        }

    def preferences(self, customer: str, address: str) -> str | None:
        """Where a contact chooses its mails; None where customers reach no pages, and for an account manager."""
        if self._is_only_manager(customer, address):
            return None
        return self._below("contacts", contact_token(self._key, customer, address))

    def summaries(self, customer: str, address: str, month: str) -> str | None:
        """Where the account manager finds the customer's summaries; None for contacts, who cannot sign in."""
        if self._managers.get(customer) != address:
            return None
        return self._below(f"customers/{customer}", f"summaries?month={month}")

    def calendar(self, customer: str) -> str | None:
        """Where a customer's calendar is; None where customers reach no pages."""
        return self._below("calendar", f"{calendar_token(self._key, customer)}.ics")

    def status(self, customer: str) -> str | None:
        """The path of a customer's status page, whether customers reach it or not; None where it has none."""
        token = status_token(self._key, customer)
        return f"/status/{token}" if token in self._statuses else None

    def status_of(self, key: str) -> tuple[str, bool] | None:
        """Whose status page a token opens, or an id where everyone may look; and whether everyone may by that."""
        if key in self._public:
            return key, True
        return (self._statuses[key], False) if key in self._statuses else None

    def contact_of(self, token: str) -> tuple[str, str] | None:
        """Customer and address."""
        return self._contacts.get(token)

    def customer_of(self, token: str) -> str | None:
        """Whose calendar it is."""
        return self._calendars.get(token)

    def _is_only_manager(self, customer: str, address: str) -> bool:
        return self._managers.get(customer) == address and (customer, address) not in self._contacts.values()

    def _below(self, folder: str, name: str) -> str | None:
        return None if self._public_url is None else f"{self._public_url}/{folder}/{name}"
