"""Somebody, a token, a session and a line of the audit list, as the store keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from slawatch.model import Instant
from slawatch.rules.permissions import Permission, Role


class Way(StrEnum):
    """By which way something was asked."""

    SOCKET = "socket"  # the daemon's Unix socket, by who may open it
    STORE = "store"  # a verb, where no daemon runs
    TOKEN = "token"  # noqa: S105 - a token of ours
    SESSION = "session"  # somebody who signed in here
    PROXY = "proxy"  # a reverse proxy signed who it is


class Deed(StrEnum):
    """What was done."""

    SIGNED_IN = "signed_in"
    REFUSED = "sign_in_refused"
    SIGNED_OUT = "signed_out"
    USER_ADDED = "user_added"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - no password
    ROLE_CHANGED = "role_changed"
    USER_DISABLED = "user_disabled"
    USER_ENABLED = "user_enabled"
    USER_REMOVED = "user_removed"
    TOKEN_CREATED = "token_created"  # noqa: S105 - no token
    TOKEN_REVOKED = "token_revoked"  # noqa: S105 - no token
    DECLARED = "declared"


@dataclass(frozen=True, slots=True)
class User:
    """`hash`: of the password, as Argon2 writes it."""

    name: str
    hash: str = field(repr=False)
    role: Role
    language: str
    disabled: bool
    created: Instant


@dataclass(frozen=True, slots=True)
class Token:
    """`digest`: SHA-256 (hex) of its secret. `used`: the start of the UTC day of its last use."""

    id: str
    digest: str = field(repr=False)
    name: str
    scopes: frozenset[Permission]
    created: Instant
    expires: Instant | None = None
    revoked: Instant | None = None
    used: Instant | None = None

    def holds(self, now: Instant) -> bool:
        """Whether it opens anything."""
        return self.revoked is None and (self.expires is None or now < self.expires)


@dataclass(frozen=True, slots=True)
class Session:
    """`digest`: SHA-256 (hex) of what the cookie says. `expires`: it ends then, however much it is used."""

    digest: str = field(repr=False)
    user: str
    created: Instant
    seen: Instant
    expires: Instant


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks, by which way, and from where: an address, or nothing where that says nothing."""

    who: str
    way: Way
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Audited:
    """A line of the audit list. `subject`: what it was done to. `number`: its place there, 0 before it is in it."""

    at: Instant
    actor: Actor
    what: Deed
    subject: str
    facts: Mapping[str, object]
    number: int = field(default=0, compare=False)
