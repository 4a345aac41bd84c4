"""The configuration as a whole."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, PrivateAttr, field_validator, model_validator

from slawatch import model
from slawatch.config import ledger, secrets, warning
from slawatch.config.agreement import Agreement
from slawatch.config.customer import Customer
from slawatch.config.mail import Mail
from slawatch.config.service import Monitor, Retention, Store, sqlite_file
from slawatch.config.shape import Shape, some
from slawatch.config.tree import Section
from slawatch.config.web import Web
from slawatch.config.window import DeclaredWindow
from slawatch.config.wrong import Place, UnknownCustomer, Wrong, lines

_STORE = "sqlite:///slawatch.db"


class Config(Shape):
    """slawatch.yaml, read and judged, every customer complete. Made by `load`."""

    agreement: Agreement = Agreement()
    """What is promised to every customer, where it says nothing else."""
    monitor: Monitor = Monitor()
    """Where and how slawatch looks."""
    customers: Annotated[tuple[Customer, ...], BeforeValidator(some)] = Field(
        examples=["[{id: duinzicht, url: 'https://duinzicht.example'}]"]
    )
    """The customers. `login`, `pages`, `http` and the agreement's parts may be said here too: a deep merge."""
    maintenance: tuple[DeclaredWindow, ...] = ()
    """Maintenance windows known in advance."""
    mail: Mail | None = None
    """How mail goes out; without it nobody is mailed."""
    store: Store = _STORE
    """Where everything is remembered: sqlite:///FILE or postgresql://USER@HOST/NAME."""
    retention: Retention = Retention()
    """How long what was looked at is kept."""
    web: Web = Web(socket="slawatch.db.sock")
    """slawatch's own pages and metrics."""

    _file: str = PrivateAttr(default="slawatch.yaml")
    _text: str = PrivateAttr(default="")
    _tree: Section = PrivateAttr(default=Section(Place(1, 1, ""), {}))

    @model_validator(mode="before")
    @classmethod
    def _socket_beside_the_store(cls, said: object) -> object:
        if not isinstance(said, Mapping):
            return said
        web = said.get("web") if said.get("web") is not None else {}
        if not isinstance(web, Mapping) or web.get("socket") is not None:
            return said
        store = said.get("store") if isinstance(said.get("store"), str) else _STORE
        return {**said, "web": {**web, "socket": f"{sqlite_file(str(store)) or 'slawatch'}.sock"}}

    @field_validator("maintenance")
    @classmethod
    def _names_tell_windows_apart(cls, windows: tuple[DeclaredWindow, ...]) -> tuple[DeclaredWindow, ...]:
        for index, window in enumerate(windows):
            for earlier, other in enumerate(windows[:index]):
                if window.id is None and window.name == other.name and window.meets(other):
                    raise Wrong(
                        f"the same start, reason and repeat as maintenance[{earlier}], expected an id of its own", index
                    )
        return windows

    def model_post_init(self, context: Any) -> None:
        """Keep the file's name, its text, and its tree for the lines of text that point into it."""
        if context:
            self._file, self._text, self._tree = context["file"], context["text"], context["tree"]

    @property
    def file(self) -> str:
        """The file that it was read from, as it was named."""
        return self._file

    @property
    def text(self) -> str:
        """What was in the file: by it the same configuration can be made, whatever stands there by now."""
        return self._text

    def customer(self, customer_id: str) -> Customer:
        """The customer of this id. Raises UnknownCustomer."""
        for customer in self.customers:
            if customer.id == customer_id:
                return customer
        raise UnknownCustomer(customer_id, (customer.id for customer in self.customers))

    def exclusions(self, customer_id: str, until: model.Instant | None = None) -> tuple[model.Exclusion, ...]:
        """The declared windows that concern the customer, by start; of recurring ones each occurrence.

        `until`: occurrences that start before it; without it, those of the 400 days from the window's first start on.
        Raises UnknownCustomer.
        """
        customer, zone = self.customer(customer_id), ZoneInfo(self.agreement.timezone)
        concerning = (window for window in self.maintenance if window.concerns(customer.id))
        return _by_start(one for window in concerning for one in window.exclusions(zone, until))

    def all_exclusions(self, until: model.Instant | None = None) -> dict[str, tuple[model.Exclusion, ...]]:
        """The same of every customer, by id: what many have is written out once."""
        zone = ZoneInfo(self.agreement.timezone)
        windows = [(window, window.exclusions(zone, until)) for window in self.maintenance]
        return {
            customer.id: _by_start(one for window, found in windows if window.concerns(customer.id) for one in found)
            for customer in self.customers
        }

    def document(self, customer_id: str) -> dict[str, Any]:
        """What the customer is judged by, as JSON-able values for the ledger: terms, and what is looked at.

        `terms_from_document` reads it back. Holds no secret. Raises UnknownCustomer.
        """
        return ledger.document(self.customer(customer_id))

    def digest(self) -> str:
        """sha256 (hex) of the whole configuration, defaults filled in; of secrets the references, not the values."""
        settings = self.model_dump(mode="json", by_alias=True)
        return hashlib.sha256(json.dumps(settings, sort_keys=True, separators=(",", ":")).encode()).hexdigest()

    def unreadable_secrets(self) -> tuple[str, ...]:
        """One line for each secret that cannot be read now, with its place."""
        return lines(self._file, secrets.unreadable(secrets.of(self), self._tree))

    def warnings(self) -> tuple[str, ...]:
        """One line, with its place, for each setting that can be carried out but may surprise."""
        return lines(self._file, warning.warnings(self, self._tree))


def _by_start(declared: Iterable[model.Exclusion]) -> tuple[model.Exclusion, ...]:
    return tuple(sorted(declared, key=lambda one: (one.starts, one.ends)))
