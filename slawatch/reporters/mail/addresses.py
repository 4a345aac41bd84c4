"""Mailboxes and identifiers as they may stand in a header."""

from __future__ import annotations

import re
from email.errors import MessageError
from email.headerregistry import Address
from email.utils import parseaddr
from functools import lru_cache

from slawatch.reporters.wording.phrasing import one_line

_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,400}@[!-;=?-~]{1,400}>")


@lru_cache(maxsize=256)
def mailbox(written: str) -> Address:
    """`Name <address>` or an address. A domain outside ASCII goes as IDNA; ValueError for a local part outside it."""
    name, address = parseaddr(one_line(written)) if "<" in written else ("", written)
    local_part, at, domain = address.rpartition("@")
    if not at or not local_part.isascii():
        raise ValueError("expected a mail address with an ASCII name before its @")
    try:
        return Address(display_name=name, addr_spec=f"{local_part}@{domain.encode('idna').decode('ascii')}")
    except (ValueError, MessageError):
        raise ValueError("a mail address cannot be read") from None  # whose it is stays out of the log


def identifier(written: str) -> str:
    """A Message-ID; ValueError for what is none."""
    if not _MESSAGE_ID.fullmatch(written):
        raise ValueError(f"expected a Message-ID such as <name@example.org>, got {written!r}")
    return written
