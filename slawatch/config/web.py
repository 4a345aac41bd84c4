"""slawatch's own web address: where it listens, by what it is protected there, and who says who somebody is."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

from pydantic import (
    BeforeValidator,
    Field,
    PlainSerializer,
    PlainValidator,
    ValidationInfo,
    WithJsonSchema,
    model_validator,
)

from slawatch.config.addresses import Listen, Text, Url, is_loopback, split_endpoint, text
from slawatch.config.shape import Shape, some
from slawatch.config.tree import Scalar, Section, Steps, find
from slawatch.config.wrong import Problem, Wrong, got
from slawatch.rules.permissions import Role

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network
#: All sign with a private key: who can check a signature cannot make one.
Algorithm: TypeAlias = Literal["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"]
RoleName: TypeAlias = Literal["viewer", "account_manager", "operator", "admin"]

#: The files that the daemon reads, by their keys.
FILES: tuple[Steps, ...] = (("web", "tls", "certificate"), ("web", "tls", "key"), ("web", "login", "header", "keys"))
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,63}")


def _read_network(value: object) -> Network:
    expected = "expected a network such as 10.0.0.0/8, or an address such as 127.0.0.1"
    if isinstance(value, Network):
        return value
    written = text(value, expected.removeprefix("expected "))
    try:
        network = ipaddress.ip_network(written, strict=False)
    except ValueError:
        raise Wrong(f"{expected}, got {got(written)}") from None
    if not network.prefixlen:
        raise Wrong(f"{expected}, got {got(written)}, which is everyone")
    return network


def _read_file(value: object, info: ValidationInfo) -> Path:
    if isinstance(value, Path):
        return value
    written = text(value, "the path of a file")
    return (info.context["folder"] if info.context else Path()) / written


def _read_header(value: object) -> str:
    expected = "the name of a header such as X-Forwarded-Id-Token"
    name = text(value, expected)
    if not _HEADER.fullmatch(name):
        raise Wrong(f"expected {expected}, got {got(name)}")
    return name


_TEXT = WithJsonSchema({"type": "string", "minLength": 1})
NetworkText: TypeAlias = Annotated[Network, PlainValidator(_read_network), PlainSerializer(str), _TEXT]
File: TypeAlias = Annotated[Path, PlainValidator(_read_file), PlainSerializer(str), _TEXT]
HeaderName: TypeAlias = Annotated[str, PlainValidator(_read_header), _TEXT]


class Tls(Shape):
    certificate: File = Field(examples=["/etc/slawatch/tls/fullchain.pem"])
    """The file with the certificate and what leads to its root, as PEM; read again at SIGHUP."""
    key: File = Field(examples=["/etc/slawatch/tls/key.pem"])
    """The file with the certificate's private key, as PEM."""


class SignedHeader(Shape):
    name: HeaderName = Field(examples=["X-Forwarded-Id-Token"])
    """The header that carries the token; of `Authorization` what follows Bearer."""
    keys: File = Field(examples=["/etc/slawatch/login-keys.json"])
    """The file with the public keys of who signs: PEM, or a JWK set; read again at SIGHUP."""
    algorithms: Annotated[tuple[Algorithm, ...], BeforeValidator(some)] = ("RS256",)
    """Signatures by other algorithms are refused."""
    audience: Text = Field(examples=["slawatch"])
    """The `aud` that the token must name: that it was made for slawatch."""
    issuer: Text = Field(examples=["https://login.example.org"])
    """The `iss` that the token must name: who made it."""
    user_claim: Text = "email"
    """The claim that says who it is."""
    role_claim: Text = "groups"
    """The claim that says what they are: one text, or a list."""
    roles: dict[str, RoleName] = Field(examples=["{slawatch-ops: operator}"])
    """What each value of that claim means; who has none of them is not let in."""

    def role_of(self) -> dict[str, Role]:
        """The same as roles."""
        return {claimed: Role(name) for claimed, name in self.roles.items()}


class WebLogin(Shape):
    header: SignedHeader | None = None
    """A reverse proxy says who somebody is, by a signed token in a header; taken from trusted proxies only."""


class Web(Shape):
    listen: Listen = "127.0.0.1:9464"
    """Where pages, API and /metrics are, as host:port; beyond this machine only with tls or trusted_proxies."""
    socket: Text = Field(default="", examples=["/run/slawatch/slawatch.sock"])
    """The Unix socket that commands reach the daemon by. By default beside the store's file: `<store>.sock`."""
    public_url: Url | None = Field(default=None, examples=["https://status.example.org"])
    """Where customers reach these pages, as links in mails say it; without it mails have no links."""
    tls: Tls | None = None
    """The certificate that the port is served with; without it plain http."""
    trusted_proxies: tuple[NetworkText, ...] = Field(default=(), examples=["[10.0.0.7, 172.16.0.0/12]"])
    """The networks of reverse proxies: what they say of who asks, from where and over what, is believed."""
    login: WebLogin = WebLogin()
    """How people sign in, beside name and password."""

    @model_validator(mode="after")
    def _protected(self) -> Web:
        """Raises Wrong where passwords and figures would go over a network in the clear."""
        if not (is_loopback(self.host) or self.tls or self.trusted_proxies):
            raise Wrong(
                f"{self.host} is reached by other machines, expected web.tls or web.trusted_proxies too, or 127.0.0.1",
                "listen",
            )
        if self.login.header and not self.trusted_proxies:
            raise Wrong("of no use without web.trusted_proxies, expected the networks that may send it", "login")
        return self

    @property
    def host(self) -> str:
        return split_endpoint(self.listen, "host:port")[0]

    @property
    def port(self) -> int:
        """The port; 0 takes any that is free."""
        return split_endpoint(self.listen, "host:port")[1]


def unreadable(tree: Section, folder: Path) -> Iterator[Problem]:
    """One problem for each of these files that cannot be read now."""
    for steps in FILES:
        node = find(tree, *steps)
        if isinstance(node, Scalar) and isinstance(node.value, str):
            path = folder / node.value
            try:
                with path.open("rb"):
                    pass
            except OSError as error:
                reason = "no such file" if isinstance(error, FileNotFoundError) else error.strerror
                yield Problem(node.place, f"{path} cannot be read: {reason}")
