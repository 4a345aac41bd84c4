"""Where mail goes out, and in whose name."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import BeforeValidator, Field, PlainValidator, WithJsonSchema, model_validator

from slawatch.config.addresses import Mailbox, Text, is_loopback, shown, split_relay, text
from slawatch.config.secret import SecretReference
from slawatch.config.shape import Shape, some
from slawatch.config.wrong import Wrong


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


class Mail(Shape):
    sender: Mailbox = Field(examples=['"Storingen Tommy <storing@example.org>"'])
    """Who the mails come from."""
    reply_to: Mailbox | None = Field(default=None, examples=["servicedesk@example.org"])
    """Who answers go to."""
    relays: Annotated[tuple[Relay, ...], BeforeValidator(some)] = Field(examples=['["smtp://mail.example.org:587"]'])
    """The servers that take the mail, the first that answers."""
