"""Who a reverse proxy says somebody is: a JSON Web Token (RFC 7519) that it, or its identity provider, signed."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from slawatch.clock import Clock
from slawatch.model import SECOND
from slawatch.people.standing import Known
from slawatch.rules.permissions import ROLES, Permission, Role

#: Clocks differ by so much.
LEEWAY_SECONDS = 30
#: No token is longer; and of so many it is remembered that they were seen.
_LONGEST, _REMEMBERED = 8000, 1000


class BadKeys(Exception):
    """The file of keys cannot be used; the text is one line: which, and what would be right."""


@dataclass(frozen=True, slots=True)
class SignedSettings:
    """`roles`: what each value of the role's claim means; of several the mightiest counts, of none nobody is known."""

    algorithms: tuple[str, ...]
    audience: str
    issuer: str
    user_claim: str
    role_claim: str
    roles: Mapping[str, Role]


#: By the id that a token names; with one key that has none, for all.
Keys = Mapping[str | None, Any]


def read_keys(path: Path) -> Keys:
    """The public keys of a file: PEM, or a JWK set (RFC 7517). Raises BadKeys."""
    expected = "expected public keys as PEM, or as a JWK set"
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BadKeys(f"{path}: cannot be read: {error.strerror}") from None
    try:
        if content.lstrip().startswith(b"-----BEGIN"):
            return {None: load_pem_public_key(content)}
        found = jwt.PyJWKSet.from_dict(json.loads(content))
    except (ValueError, TypeError, AttributeError, jwt.PyJWTError) as error:
        raise BadKeys(f"{path}: {expected} ({' '.join(str(error).split())[:80] or 'it is none'})") from None
    keys = {one.key_id: one.key for one in found.keys}
    if any(isinstance(one, bytes) for one in keys.values()):
        raise BadKeys(f"{path}: {expected}; it holds a secret, by which anybody who reads it could sign")
    return keys


class Signed:
    """Reads such tokens. `keys` may be replaced while it is in use."""

    def __init__(self, settings: SignedSettings, keys: Keys, clock: Clock) -> None:
        self.keys = keys
        self._settings = settings
        self._clock = clock
        self._seen: OrderedDict[str, None] = OrderedDict()

    def read(self, written: str) -> Known | None:
        """Who it is; None for a token that is forged, too early or late, for others, or without a role of ours."""
        if len(written) > _LONGEST:
            return None
        try:
            claims = self._claims(written)
        except (jwt.PyJWTError, ValueError, TypeError, OverflowError):
            return None
        name = claims.get(self._settings.user_claim)
        roles = [self._settings.roles[one] for one in _texts(claims.get(self._settings.role_claim)) if self._maps(one)]
        if not isinstance(name, str) or not name.strip() or not name.isprintable() or not roles:
            return None
        may: frozenset[Permission] = max((ROLES[one] for one in roles), key=len)
        return Known(name.strip()[:64], may)

    def is_new(self, written: str) -> bool:
        """Whether this one was not read before, as far back as is remembered."""
        new = written not in self._seen
        self._seen[written] = None
        self._seen.move_to_end(written)
        if len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
        return new

    def _claims(self, written: str) -> dict[str, Any]:
        key = self.keys.get(jwt.get_unverified_header(written).get("kid"), self.keys.get(None))
        if key is None:
            raise jwt.InvalidKeyError
        claims: dict[str, Any] = jwt.decode(
            written,
            key,
            algorithms=list(self._settings.algorithms),
            audience=self._settings.audience,
            issuer=self._settings.issuer,
            options={"require": ["exp", "iss", "aud"], "verify_exp": False, "verify_nbf": False, "verify_iat": False},
        )
        self._ensure_in_time(claims)
        return claims

    def _ensure_in_time(self, claims: Mapping[str, Any]) -> None:
        """By our clock, as everything here."""
        now = self._clock() / SECOND
        if float(claims["exp"]) + LEEWAY_SECONDS <= now:
            raise jwt.ExpiredSignatureError
        if any(float(claims.get(one, now)) - LEEWAY_SECONDS > now for one in ("nbf", "iat")):
            raise jwt.ImmatureSignatureError

    def _maps(self, value: str) -> bool:
        return value in self._settings.roles


def _texts(claim: object) -> Sequence[str]:
    """A claim that is one text, or a list of them."""
    if isinstance(claim, str):
        return (claim,)
    return tuple(one for one in claim if isinstance(one, str)) if isinstance(claim, list) else ()
