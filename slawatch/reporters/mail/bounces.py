"""The address that a mail comes back to, one for each message, so that a bounce says which message it is of (VERP).

`bounces+TOKEN.SIGNATURE@example.org`: the token names the message, the signature shows that we made the address.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable

_BYTES = 10
_MADE = re.compile(r"(?P<local>.+)\+(?P<token>[a-z2-7]{16})\.(?P<signature>[a-z2-7]{16})@(?P<domain>[^@]+)")


def bounce_address(address: str, message: str, key: str) -> str:
    """Where the mail of the message with this id comes back to. `address`: the mailbox that takes them all.

    In letters and digits that survive a server which writes all in lower case; 34 characters more before the @.
    """
    local, _, domain = address.rpartition("@")
    return f"{local}+{_token(message)}.{_signature(message, key)}@{domain.encode('idna').decode('ascii')}"


def bounced_message(address: str, messages: Iterable[str], key: str) -> str | None:
    """Of which of the messages, by their ids, an address is; None for an address that we did not make."""
    made = _MADE.fullmatch(address.lower())
    if made is None:
        return None
    for message in messages:
        if made["token"] == _token(message):
            is_ours = hmac.compare_digest(made["signature"], _signature(message, key))
            return message if is_ours else None
    return None


def _token(message: str) -> str:
    return _written(hashlib.sha256(message.encode()).digest())


def _signature(message: str, key: str) -> str:
    return _written(hmac.digest(key.encode(), message.encode(), "sha256"))


def _written(digest: bytes) -> str:
    return base64.b32encode(digest[:_BYTES]).decode().lower()
