"""What is handed out once and kept nowhere: the secrets of tokens and sessions, of which only digests are stored."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets

_BYTES = 32
#: So that a token is known for one when it is found where it should not be.
PREFIX = "slawatch_"
_TOKEN = re.compile(rf"{PREFIX}[A-Za-z0-9_-]{{43}}")


def new_secret() -> str:
    """32 random bytes, as text."""
    return secrets.token_urlsafe(_BYTES)


def new_token() -> str:
    """The same, as a token."""
    return PREFIX + new_secret()


def is_token(text: str) -> bool:
    return _TOKEN.fullmatch(text) is not None


def digest(secret: str) -> str:
    """SHA-256 (hex). Of random bytes that is enough: there is nothing to guess."""
    return hashlib.sha256(secret.encode()).hexdigest()


def form_key(key: bytes, about: str) -> str:
    """What forms bring back, of one session or person and no other."""
    return hmac.new(key, b"form\0" + about.encode(), hashlib.sha256).hexdigest()
