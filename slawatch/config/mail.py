"""Where mail goes out, and in whose name."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal, TypeAlias

from pydantic import BeforeValidator, Field, PlainValidator, WithJsonSchema, model_validator

from slawatch.config.addresses import (
    Address,
    Mailbox,
    Text,
    is_loopback,
    read_address,
    shown,
    split_relay,
    text,
)
from slawatch.config.scalars import Duration, micros
from slawatch.config.secret import SecretReference
from slawatch.config.shape import Shape, some
from slawatch.config.wrong import Wrong
from slawatch.rules.owed import Cadence


def _relay_url(value: object) -> str:
    url = text(value, "a relay such as smtp://mail.example.org:587")
    split_relay(url)
    return url


RelayUrl: TypeAlias = Annotated[
    str, PlainValidator(_relay_url), WithJsonSchema({"type": "string", "pattern": "^smtps?://[^/@]+/?$"})
]


class Relay(Shape):
    """An SMTP server; in the file a URL alone, or a section."""

    url: RelayUrl = Field(examples=["smtp://mail.example.org:587"])
    """smtp://host:587 (STARTTLS) or smtps://host:465 (TLS from the start)."""
    username: Text | None = None
    """The name to sign in with at the relay; without it nothing signs in."""
    password: SecretReference | None = Field(default=None, examples=["{file: /run/secrets/smtp}"])
    """Where the password is: `{env: NAME}` or `{file: PATH}`."""
    encryption: Literal["required", "off"] = Field(default="required", alias="tls")
    """Whether mail may only go encrypted; `off` sends it, and everything in it, in the clear."""

    @model_validator(mode="before")
    @classmethod
    def _from_a_url(cls, said: object) -> object:
        return {"url": said} if isinstance(said, str) else said

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Relay:
        if self.encryption == "off" and self.tls == "implicit":
            raise Wrong(f"expected smtp:// with tls: off, got {shown(self.url)}", "url")
        if (self.username is None) != (self.password is None):
            said, missing = ("password", "username") if self.username is None else ("username", "password")
            raise Wrong(f"expected a {missing} with it", said)
        if self.password and self.encryption == "off" and not is_loopback(self.host):
            raise Wrong("expected required: with off the password would go in the clear", "tls")
        return self

    @property
    def host(self) -> str:
        return split_relay(self.url)[1]

    @property
    def port(self) -> int:
        return split_relay(self.url)[2]

    @property
    def tls(self) -> Literal["starttls", "implicit", "off"]:
        if split_relay(self.url)[0] == "smtps":
            return "implicit"
        return "off" if self.encryption == "off" else "starttls"


#: What a message's own address adds must fit before the @, where mail servers take 64 characters (RFC 5321, 4.5.3.1.1).
LONGEST_BOUNCES = 29


def _bounces_address(value: object) -> str:
    address = read_address(value)
    local = address.rpartition("@")[0]
    if not local.isascii() or len(local) > LONGEST_BOUNCES:
        raise Wrong(f"expected at most {LONGEST_BOUNCES} plain characters before the @, got {shown(local)}")
    return address


class Bounces(Shape):
    """Where mails that cannot be delivered come back to, each to an address of its own that only we can make."""

    address: Annotated[Address, PlainValidator(_bounces_address)] = Field(examples=["bounces@example.org"])
    """A mailbox that takes `bounces+anything@...` too; at most 29 plain characters before its @."""
    key: SecretReference = Field(examples=["{file: /run/secrets/bounces}"])
    """Where the key is that these addresses are signed with: `{env: NAME}` or `{file: PATH}`."""


class Mail(Shape):
    sender: Mailbox = Field(examples=['"Storingen Tommy <storing@example.org>"'])
    """Who the mails come from."""
    reply_to: Mailbox | None = Field(default=None, examples=["servicedesk@example.org"])
    """Who answers go to."""
    relays: Annotated[tuple[Relay, ...], BeforeValidator(some)] = Field(examples=['["smtp://mail.example.org:587"]'])
    """The servers that take the mail, the first that answers."""
    connections: int = Field(default=4, ge=1, le=64)
    """So many mails go out side by side."""
    update_every: Duration | None = timedelta(minutes=60)
    """While an outage lasts its contacts get an update so often; null: none."""
    reminder: Duration | None = timedelta(days=1)
    """So long before maintenance its contacts are reminded of it; null: never."""
    reopens_within: Duration = timedelta(minutes=15)
    """An outage that begins so soon after the one before goes on in its thread; its end is told once it lasts."""
    most_per_hour: int = Field(default=20, ge=1)
    """So many mails a contact gets in an hour; what is beyond is told in one, each five minutes."""
    bounces: Bounces | None = None
    """Where bounces go; by default to the sender."""

    def cadence(self) -> Cadence:
        """When contacts are told something beside at once, as the rules read it."""
        return Cadence(
            reopens_within=micros(self.reopens_within),
            update_every=None if self.update_every is None else micros(self.update_every),
            reminder=None if self.reminder is None else micros(self.reminder),
        )
