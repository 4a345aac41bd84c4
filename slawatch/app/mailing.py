"""How a message becomes a mail that goes out: what the configuration and the ledger say, put together for delivery."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from email.message import EmailMessage
from email.utils import parseaddr

from slawatch.app.enclosing import Printer, enclose
from slawatch.app.gathering import addressee_of, facts_of
from slawatch.app.gathering_months import summary_facts
from slawatch.app.links import Links
from slawatch.config import Config, Customer, Mail, SecretUnreadable
from slawatch.config.mail import Bounces
from slawatch.deliver import Limits
from slawatch.model import Message, Topic
from slawatch.observers import Observer
from slawatch.reporters.mail import (
    Accepted,
    Addressee,
    SenderSettings,
    Transport,
    Undeliverable,
    bounce_address,
    render,
)
from slawatch.reporters.metrics import Metrics
from slawatch.rules.choices import Choices, chosen
from slawatch.rules.owed import Recipients
from slawatch.store import Store

CHANNEL = "mail"


class Mailing:
    """The mail settings in force, for the delivery loop; a reload replaces them."""

    def __init__(self, store: Store, metrics: Metrics, observer: Observer, links: Links) -> None:
        self._store = store
        self._metrics = metrics
        self._observer = observer
        self._links = links
        self._formats: dict[str, str] = {}
        self._sender: SenderSettings | None = None
        self._transport: Transport | None = None
        self._bounces: Bounces | None = None
        self._addressees: dict[str, Addressee] = {}
        self._put_off: frozenset[str] = frozenset()
        self.limits = Limits()

    async def configure(self, config: Config) -> None:
        """Use these relays and names from now on; mails on their way finish on the old ones."""
        before = self._transport
        self._formats = {one.id: one.summaries.format for one in config.customers}
        self._addressees = {one.id: addressee(one) for one in config.customers} | {
            id_: one for id_, one in self._addressees.items() if id_ not in {each.id for each in config.customers}
        }
        if config.mail is None:
            self._sender = self._transport = self._bounces = None
        else:
            own = sender_settings(config.mail)
            links = self._links
            self._sender = replace(
                own, preferences=links.preferences, calendar=links.calendar, summaries=links.summaries
            )
            self._transport = Transport(config.mail.relays, on_relay=self._metrics.relay)
            self._bounces = config.mail.bounces
            self.limits = Limits(config.mail.connections, config.mail.most_per_hour)
        self._metrics.relays(() if self._transport is None else self._transport.relays)
        if before is not None:
            await before.close()

    async def close(self) -> None:
        if self._transport is not None:
            await self._transport.close()

    async def compose(self, message: Message) -> EmailMessage:
        """The mail of a message about an outage or maintenance: the same bytes at every attempt."""
        return render(message, await facts_of(self._store, message, self._addressees), self._named())

    async def compose_summary(self, printer: Printer, message: Message) -> EmailMessage:
        """The mail with a month's summary, which the `printer` makes: the same bytes at every attempt."""
        sender, to = self._named(), addressee_of(message, self._addressees)
        enclosure = await enclose(printer, message, self._formats.get(message.customer, "pdf"))
        return render(message, await summary_facts(self._store, message, to, enclosure), sender)

    def _named(self) -> SenderSettings:
        if self._sender is None:
            raise Undeliverable("the configuration has no mail any more", permanent=False)
        return self._sender

    async def send(self, email: EmailMessage, message: Message) -> Accepted:
        """Over the relays in their order; what one of them may have already, only over that one."""
        if self._transport is None:
            raise Undeliverable("the configuration has no mail any more", permanent=False)
        only = message.relay if message.handed_over else None
        return await self._transport.send(email, only=only, bounces_to=self._bounces_to(message))

    def _bounces_to(self, message: Message) -> str | None:
        if self._bounces is None:
            return None
        try:
            return bounce_address(self._bounces.address, message.id, self._bounces.key.reveal())
        except SecretUnreadable as error:
            raise Undeliverable(str(error), permanent=False) from error

    def on_accepted(self, message: Message, delay_seconds: float | None) -> None:
        self._metrics.notification(CHANNEL, failed=False)
        self._put_off = frozenset()
        self._metrics.put_off(CHANNEL, 0)
        if delay_seconds is not None:
            self._metrics.mail_accepted(delay_seconds)
        self._observer.on_message(message, delay_seconds)

    def on_failure(self, message: Message, *, permanent: bool) -> None:
        self._metrics.notification(CHANNEL, failed=True)
        if not permanent and message.attempts == 0:
            self._put_off |= {message.contact.rpartition("@")[2].lower()}
            self._metrics.put_off(CHANNEL, len(self._put_off))
        if permanent:
            self._observer.on_notice(f"mail {message.id} for {message.customer} was refused for good")

    def on_repeat(self, _message: Message) -> None:
        self._metrics.notification_repeated(CHANNEL)


def sender_settings(mail: Mail) -> SenderSettings:
    """In whose name mail goes out."""
    return SenderSettings(mail.sender, mail.reply_to)


def recipients(config: Config, customer: Customer, by: Choices) -> Recipients | None:
    """Who is told of the customer's outages and maintenance, `by` what each chose; None where nobody is."""
    if config.mail is None or not customer.contacts:
        return None
    return Recipients(chosen(customer.addressed(), by), _domain(config.mail), config.mail.cadence())


def _domain(mail: Mail) -> str:
    return parseaddr(mail.sender)[1].rpartition("@")[2]


def all_recipients(config: Config, by: Mapping[str, Choices]) -> dict[str, Recipients]:
    """The same, of each customer of whom somebody is mailed."""
    every = {one.id: recipients(config, one, by.get(one.id, {})) for one in config.customers}
    return {id_: one for id_, one in every.items() if one is not None}


def summary_readers(config: Config, customer: Customer, by: Choices) -> Recipients | None:
    """Who is sent the customer's summaries, `by` what each chose; None where nobody is."""
    if config.mail is None:
        return None
    reading = tuple(one for one in chosen(customer.readers(), by) if Topic.SUMMARIES in one.wants)
    return Recipients(reading, _domain(config.mail)) if reading else None


def all_summary_readers(config: Config, by: Mapping[str, Choices]) -> dict[str, Recipients]:
    """The same, of each customer whose summaries somebody is sent."""
    every = {one.id: summary_readers(config, one, by.get(one.id, {})) for one in config.customers}
    return {id_: one for id_, one in every.items() if one is not None}


def addressed(config: Config) -> set[tuple[str, str]]:
    """All (customer, address) that something may be owed to."""
    return {(one.id, contact.address) for one in config.customers for contact in (*one.addressed(), *one.readers())}


def addressee(customer: Customer) -> Addressee:
    """How the customer is written to."""
    return Addressee(
        name=customer.name,
        service=customer.agreement.name,
        zone=customer.agreement.timezone,
        environment=customer.url,
    )
