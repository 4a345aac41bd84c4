"""Chromium's network errors and the causes that they stand for.

Names and meanings: Chromium's net/base/net_error_list.h. `docs/probes.md` shows the same table to people.
"""

from __future__ import annotations

import re

from slawatch.model import Cause

_NAME = re.compile(r"net::(ERR_[A-Z0-9_]+)")

#: By exact name.
NAMED: dict[str, Cause] = {
    "ERR_NAME_NOT_RESOLVED": Cause.DNS,
    "ERR_NAME_RESOLUTION_FAILED": Cause.DNS,
    "ERR_ICANN_NAME_COLLISION": Cause.DNS,
    "ERR_CONNECTION_REFUSED": Cause.CONNECT,
    "ERR_CONNECTION_RESET": Cause.CONNECT,
    "ERR_CONNECTION_CLOSED": Cause.CONNECT,
    "ERR_CONNECTION_ABORTED": Cause.CONNECT,
    "ERR_CONNECTION_FAILED": Cause.CONNECT,
    "ERR_CONNECTION_TIMED_OUT": Cause.CONNECT,
    "ERR_ADDRESS_UNREACHABLE": Cause.CONNECT,
    "ERR_ADDRESS_INVALID": Cause.CONNECT,
    "ERR_SOCKET_NOT_CONNECTED": Cause.CONNECT,
    "ERR_EMPTY_RESPONSE": Cause.CONNECT,
    "ERR_TIMED_OUT": Cause.TIMEOUT_SERVER,
    # The server did answer, but with nothing that a browser can show.
    "ERR_TOO_MANY_REDIRECTS": Cause.HTTP_5XX,
    "ERR_INVALID_RESPONSE": Cause.HTTP_5XX,
    "ERR_INVALID_HTTP_RESPONSE": Cause.HTTP_5XX,
    "ERR_INVALID_REDIRECT": Cause.HTTP_5XX,
    "ERR_UNSAFE_REDIRECT": Cause.HTTP_5XX,
    "ERR_HTTP_RESPONSE_CODE_FAILURE": Cause.HTTP_5XX,
    "ERR_RESPONSE_HEADERS_TOO_BIG": Cause.HTTP_5XX,
    "ERR_RESPONSE_HEADERS_TRUNCATED": Cause.HTTP_5XX,
    "ERR_RESPONSE_HEADERS_MULTIPLE_CONTENT_LENGTH": Cause.HTTP_5XX,
    "ERR_RESPONSE_HEADERS_MULTIPLE_LOCATION": Cause.HTTP_5XX,
    "ERR_CONTENT_DECODING_FAILED": Cause.HTTP_5XX,
    "ERR_CONTENT_LENGTH_MISMATCH": Cause.HTTP_5XX,
    "ERR_INCOMPLETE_CHUNKED_ENCODING": Cause.HTTP_5XX,
    "ERR_INVALID_CHUNKED_ENCODING": Cause.HTTP_5XX,
    "ERR_HTTP2_PROTOCOL_ERROR": Cause.HTTP_5XX,
    "ERR_HTTP2_SERVER_REFUSED_STREAM": Cause.HTTP_5XX,
    "ERR_QUIC_PROTOCOL_ERROR": Cause.CONNECT,
    # An answer without a document: 204, 205 or a download.
    "ERR_ABORTED": Cause.TIMEOUT_READY,
    # This machine has no network, or it has just changed.
    "ERR_INTERNET_DISCONNECTED": Cause.MONITOR_NETWORK,
    "ERR_NETWORK_CHANGED": Cause.MONITOR_NETWORK,
    "ERR_NETWORK_ACCESS_DENIED": Cause.MONITOR_NETWORK,
    "ERR_NETWORK_IO_SUSPENDED": Cause.MONITOR_NETWORK,
    "ERR_ADDRESS_IN_USE": Cause.MONITOR_NETWORK,
    "ERR_NO_BUFFER_SPACE": Cause.MONITOR_NETWORK,
    "ERR_TUNNEL_CONNECTION_FAILED": Cause.MONITOR_NETWORK,
    "ERR_NO_SUPPORTED_PROXIES": Cause.MONITOR_NETWORK,
    "ERR_MANDATORY_PROXY_CONFIGURATION_FAILED": Cause.MONITOR_NETWORK,
}

#: By the beginning of the name, for families.
BEGINNINGS: tuple[tuple[str, Cause], ...] = (
    ("ERR_DNS_", Cause.DNS),
    ("ERR_SSL_", Cause.TLS),
    ("ERR_CERT_", Cause.TLS),
    ("ERR_CERTIFICATE_", Cause.TLS),
    ("ERR_BAD_SSL_", Cause.TLS),
    ("ERR_ECH_", Cause.TLS),
    ("ERR_PROXY_", Cause.MONITOR_NETWORK),
    ("ERR_SOCKS_", Cause.MONITOR_NETWORK),
    ("ERR_HTTP2_", Cause.HTTP_5XX),
    ("ERR_QUIC_", Cause.CONNECT),
)

#: What is in neither table is about the browser itself: resources, cache, a refused address or argument.
OTHERS = Cause.MONITOR_BROWSER


def name_of(text: str) -> str | None:
    """The error's name in Playwright's text, such as ERR_CONNECTION_REFUSED."""
    found = _NAME.search(text)
    return found[1] if found else None


def cause_of(name: str) -> Cause:
    """The cause that an error's name stands for."""
    if name in NAMED:
        return NAMED[name]
    return next((cause for beginning, cause in BEGINNINGS if name.startswith(beginning)), OTHERS)
