"""What a link to a customer's own pages ends with: nobody can guess it, and it shows neither address nor customer."""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64encode
from hashlib import sha256

#: 128 bits, 22 characters.
_BYTES = 16


def contact_token(key: bytes, customer: str, address: str) -> str:
    """Of the page on which a contact chooses what it is mailed of."""
    return _signed(key, "contact", customer, address)


def calendar_token(key: bytes, customer: str) -> str:
    """Of the calendar with the customer's maintenance."""
    return _signed(key, "calendar", customer)


def status_token(key: bytes, customer: str) -> str:
    """Of the customer's status page."""
    return _signed(key, "status", customer)


def _signed(key: bytes, *what: str) -> str:
    digest = hmac.digest(key, json.dumps(what).encode(), sha256)
    return urlsafe_b64encode(digest[:_BYTES]).rstrip(b"=").decode()
