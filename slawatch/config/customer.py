"""A customer: a park with its own environment, and all that holds for it after the shared settings are merged in."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, field_validator, model_validator

from slawatch import model
from slawatch.config.addresses import Id, Text, Url
from slawatch.config.agreement import Agreement
from slawatch.config.contact import Contact
from slawatch.config.scalars import micros
from slawatch.config.shape import Shape
from slawatch.config.summaries import AccountManager, Summaries
from slawatch.config.watched import Check, Credentials, Http, Login, Page
from slawatch.config.wrong import Wrong

#: The http check's name; no page may have it.
HTTP = "http"


def _without_removed(pages: object) -> object:
    return {name: page for name, page in pages.items() if page is not None} if isinstance(pages, Mapping) else pages


def _frozen(pages: Mapping[str, Page]) -> Mapping[str, Page]:
    return MappingProxyType(dict(pages))


Pages: TypeAlias = Annotated[
    Mapping[str, Page], BeforeValidator(_without_removed), AfterValidator(_frozen), PlainSerializer(dict)
]


class Customer(Shape):
    id: Id = Field(examples=["duinzicht"])
    """The name in metrics, files and commands: a-z, 0-9 and -. It never changes, for the past is kept under it."""
    name: Text = Field(default="", examples=["Vakantiepark Duinzicht"])
    """The name for people. By default the id."""
    url: Url = Field(examples=["https://duinzicht.example"])
    """The customer's environment; paths of pages come below it."""
    language: Literal["nl", "en"] = "nl"
    """The language of its mails and summaries."""
    status_page: Literal["link", "public", "off"] = "link"
    """Its status page: behind a link that nobody can guess, also at /status/ID for everyone, or none."""
    contacts: tuple[Contact, ...] = Field(default=(), examples=["[beheer@duinzicht.example]"])
    """Who is mailed: one mail to each address."""
    account_manager: AccountManager | None = Field(default=None, examples=["pia@vendor.example"])
    """Who is mailed the summary of each month once it is closed."""
    summaries: Summaries = Summaries()
    """How the summaries of closed months are mailed."""
    credentials: Credentials | None = None
    """What to sign in with; needed where there is a login."""
    login: Login | None = None
    """How to sign in; without it the pages are opened as they are."""
    pages: Pages = Field(default_factory=dict, validate_default=True)
    """The pages that a real browser looks at, by name."""
    http: Http | None = None
    """The light check of the network; without it there is none."""
    agreement: Agreement = Agreement()
    """What was promised to this customer."""

    @model_validator(mode="before")
    @classmethod
    def _is_called_by_its_id(cls, said: object) -> object:
        if isinstance(said, Mapping) and said.get("name") is None and isinstance(said.get("id"), str):
            return {**said, "name": said["id"]}
        return said

    @field_validator("contacts")
    @classmethod
    def _each_address_once(cls, contacts: tuple[Contact, ...]) -> tuple[Contact, ...]:
        known: dict[str, int] = {}
        for index, contact in enumerate(contacts):
            first = known.setdefault(contact.address.casefold(), index)
            if first != index:
                raise Wrong(f"the same address as contacts[{first}], expected each once", index)
        return contacts

    @property
    def checks(self) -> Mapping[str, Check]:
        """Everything that is looked at, by name: the pages in their order, then http."""
        return {**self.pages, **({HTTP: self.http} if self.http else {})}

    def at(self, path: str) -> str:
        """The full URL of a path of this customer's environment."""
        return self.url + path

    def addressed(self) -> tuple[model.Contact, ...]:
        """Who is written to, each in its language."""
        return tuple(
            model.Contact(one.address, one.language or self.language, frozenset(map(model.Topic, one.wants)))
            for one in self.contacts
        )

    def readers(self) -> tuple[model.Contact, ...]:
        """Who may be sent its summaries: the account manager, and its contacts where the setting says so.

        One who is both is there once, as the account manager.
        """
        contacts = self.addressed() if self.summaries.contacts else ()
        if self.account_manager is None:
            return contacts
        address = self.account_manager.address
        manager = model.Contact(address, self.account_manager.language or self.language)
        return (manager, *(one for one in contacts if one.address.casefold() != address.casefold()))

    def terms(self) -> model.Terms:
        """What was promised and how it is measured, as the rules read it."""
        promised, pages = self.agreement, tuple(self.pages)
        maintenance, confirm = promised.maintenance, promised.confirm
        days, rest = divmod(micros(maintenance.notice), model.DAY)
        return model.Terms(
            customer=self.id,
            agreement=promised.name,
            timezone=promised.timezone,
            availability=model.AvailabilityTerms(
                objective=promised.availability.objective,
                coverage=promised.availability.coverage,
                checks=promised.availability.checks or pages,
            ),
            speed=model.SpeedTerms(
                objective=promised.speed.objective,
                within_milliseconds=-(-micros(promised.speed.within) // 1000),
                pages=promised.speed.pages or pages,
            ),
            maintenance=model.MaintenanceTerms(
                notice=model.Notice(days, rest),
                preferred=maintenance.preferred,
                late_excluded=maintenance.late_notice == "excluded",
                hotfix_excluded=maintenance.hotfix == "excluded",
                as_up=maintenance.arithmetic == "as_up",
            ),
            confirm=model.ConfirmTerms(
                failures=confirm.failures,
                within=micros(confirm.within),
                recheck=micros(confirm.recheck),
                blips_down=confirm.blips == "down",
            ),
            checks={name: self._check_terms(name, check) for name, check in self.checks.items()},
            business=model.BusinessTerms(
                hours=promised.business.hours,
                days=promised.business.days,
                holidays=promised.business.holidays,
                extra=promised.business.extra,
                removed=promised.business.removed,
            ),
        )

    def _check_terms(self, name: str, check: Check) -> model.CheckTerms:
        return model.CheckTerms(
            id=model.CheckId(self.id, "page" if isinstance(check, Page) else HTTP, name),
            every=micros(check.every),
            stale_after=micros(check.holds),
            cache=check.cache if isinstance(check, Page) else None,
        )
