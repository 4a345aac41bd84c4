"""Texts that name a place or a person: URLs, paths, host:port, mail addresses, zones, names.

Each reader gives the text when it is right and raises Wrong when not.
"""

from __future__ import annotations

import ipaddress
import re
from email.utils import parseaddr
from typing import Annotated, TypeAlias
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import PlainValidator, WithJsonSchema

from slawatch.config.wrong import Wrong, got
from slawatch.rules.naming import nearest

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
_ADDRESS = re.compile(r"[^\s@<>(),;:\"\\\[\]]{1,64}@[^\s@<>(),;:\"\\\[\]._-][^\s@<>(),;:\"\\\[\]]{0,252}")
_HOST = re.compile(r"[^\s/?#@:\[\]<>\"'\\]{1,253}")
_ENDPOINT = re.compile(r"(?:\[(?P<six>[0-9A-Fa-f:.]+)\]|(?P<host>[^\s/?#@:\[\]<>\"'\\]{1,253})):(?P<port>[0-9]{1,5})")


def text(value: object, expected: str) -> str:
    """The value when it is text on one line, with something in it."""
    if not isinstance(value, str):
        raise Wrong(f"expected {expected}, got {got(value)}" + (_quoting(value) if expected == "text" else ""))
    if not value.strip() or not value.isprintable():
        raise Wrong(f"expected {expected}, got {got(value)}")
    return value


def _quoting(value: object) -> str:
    """The end of a message about a number or truth value that was perhaps meant as text."""
    shown = got(value).removeprefix("the number ")
    return (
        f'; if text is meant, put it in quotes: "{shown}"'
        if isinstance(value, bool | int) or shown[:1].isdigit()
        else ""
    )


def shown(url: str) -> str:
    """A URL as a message may show it: one that holds a name or a password is not shown."""
    return "one with a name or password in it" if "@" in url else got(url)


def read_url(value: object) -> str:
    """An http or https URL of a whole environment, without the slash at its end."""
    url = text(value, "https://...")
    parts = _split(url, "https://...", ("http", "https"))
    for part, name in ((parts.query, "a query"), (parts.fragment, "a fragment")):
        if part:
            raise Wrong(f"expected https://... without {name}, got {shown(url)}")
    return url.rstrip("/?#")


def read_witness(value: object) -> str:
    """A URL or host:port that tells whether our own network works."""
    expected = "a URL or host:port such as https://example.net/ or 192.0.2.1:443"
    witness = text(value, expected)
    if "://" in witness:
        _split(witness, expected, ("http", "https"))
    else:
        split_endpoint(witness, expected)
    return witness


def _split(url: str, expected: str, schemes: tuple[str, ...]) -> SplitResult:
    wrong = Wrong(f"expected {expected}, got {shown(url)}")
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises ValueError for one that is no port
    except ValueError:
        raise wrong from None
    if "@" in parts.netloc:
        raise Wrong(f"expected {expected} without a name or password in it")
    host = parts.hostname or ""
    if parts.scheme not in schemes or not (_HOST.fullmatch(host) or _is_ip(host)) or " " in url:
        raise wrong
    return parts


def split_relay(url: str) -> tuple[str, str, int]:
    """A relay's URL as scheme, host and port, the port 587 or 465 where none is written."""
    expected = "a relay such as smtp://mail.example.org:587 or smtps://mail.example.org:465"
    parts = _split(url, expected, ("smtp", "smtps"))
    if parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise Wrong(f"expected {expected}, got {shown(url)}")
    return parts.scheme, parts.hostname or "", parts.port or (465 if parts.scheme == "smtps" else 587)


def split_endpoint(value: str, expected: str) -> tuple[str, int]:
    """`host:port` (`[address]:port` for IPv6) as its two parts."""
    match = _ENDPOINT.fullmatch(value)
    if not match or int(match["port"]) > 65535 or (match["six"] and not _is_ip(match["six"])):
        raise Wrong(f"expected {expected}, got {shown(value)}")
    return match["six"] or match["host"], int(match["port"])


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def is_loopback(host: str) -> bool:
    """Whether the host is this machine by name or address: what is sent there stays here."""
    return (
        host == "localhost" or host.endswith(".localhost") or (_is_ip(host) and ipaddress.ip_address(host).is_loopback)
    )


def read_listen(value: object) -> str:
    expected = "host:port such as 127.0.0.1:9464"
    listen = text(value, expected)
    split_endpoint(listen, expected)
    return listen


def read_path(value: object) -> str:
    """A path on the customer's environment; a query or fragment may follow."""
    path = text(value, "a path such as /dashboard")
    if not path.startswith("/") or " " in path:
        raise Wrong(f"expected a path such as /dashboard, got {got(path)}")
    return path


def read_selector(value: object) -> str:
    return text(value, 'a CSS selector such as "#dashboard .card"')


def read_address(value: object) -> str:
    """One bare mail address: nothing in it can start another header or recipient."""
    address = text(value, "a mail address such as beheer@duinzicht.example")
    if not _ADDRESS.fullmatch(address):
        raise Wrong(f"expected a mail address such as beheer@duinzicht.example, got {got(address)}")
    return address


def read_mailbox(value: object) -> str:
    """A mail address, with or without a name before it: `Name <address>`."""
    expected = 'a mail address such as "Storingen Tommy <storing@example.org>"'
    mailbox = text(value, expected)
    if not _ADDRESS.fullmatch(parseaddr(mailbox)[1]):
        raise Wrong(f"expected {expected}, got {got(mailbox)}")
    return mailbox


def read_timezone(value: object) -> str:
    name = text(value, "a time zone such as Europe/Amsterdam")
    try:
        ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        near = nearest(name, available_timezones())
        raise Wrong(f"expected a time zone such as Europe/Amsterdam, got {got(name)}{near}") from None
    return name


def read_id(value: object) -> str:
    """A customer's id: it stands in metrics, file names and commands, so it is plain and never changes."""
    expected = "an id of a-z, 0-9 and - that starts with a letter or digit, such as duinzicht"
    name = text(value, expected)
    if not _ID.fullmatch(name):
        raise Wrong(f"expected {expected}, got {got(name)}")
    if name == "all":
        raise Wrong("expected another id: all means every customer")
    return name


def read_name(value: object) -> str:
    """A check's or node's name."""
    expected = "a name of a-z, 0-9, - and _ that starts with a letter or digit, such as dashboard"
    name = text(value, expected)
    if not _NAME.fullmatch(name):
        raise Wrong(f"expected {expected}, got {got(name)}")
    return name


def read_text(value: object) -> str:
    return text(value, "text")


_TEXT = WithJsonSchema({"type": "string", "minLength": 1})

Url: TypeAlias = Annotated[
    str, PlainValidator(read_url), WithJsonSchema({"type": "string", "pattern": "^https?://[^?#@]+$"})
]
Path: TypeAlias = Annotated[str, PlainValidator(read_path), WithJsonSchema({"type": "string", "pattern": "^/"})]
Selector: TypeAlias = Annotated[str, PlainValidator(read_selector), _TEXT]
Text: TypeAlias = Annotated[str, PlainValidator(read_text), _TEXT]
Address: TypeAlias = Annotated[
    str, PlainValidator(read_address), WithJsonSchema({"type": "string", "pattern": "^[^@]+@[^@]+$"})
]
Mailbox: TypeAlias = Annotated[
    str, PlainValidator(read_mailbox), WithJsonSchema({"type": "string", "pattern": "^[^@]+@[^@]+$"})
]
Witness: TypeAlias = Annotated[str, PlainValidator(read_witness), _TEXT]
Listen: TypeAlias = Annotated[
    str, PlainValidator(read_listen), WithJsonSchema({"type": "string", "pattern": ":[0-9]+$"})
]
Timezone: TypeAlias = Annotated[str, PlainValidator(read_timezone), _TEXT]
Id: TypeAlias = Annotated[
    str, PlainValidator(read_id), WithJsonSchema({"type": "string", "pattern": f"^{_ID.pattern}$"})
]
Name: TypeAlias = Annotated[
    str, PlainValidator(read_name), WithJsonSchema({"type": "string", "pattern": f"^{_NAME.pattern}$"})
]
