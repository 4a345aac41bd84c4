"""From where and over what somebody asks; of what proxies say, only what trusted ones do is believed."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from aiohttp import hdrs, web

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network
Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

#: Whoever sends one of these comes through a proxy, or says so.
_FORWARDING = ("X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Real-IP", "Forwarded", "Via")


@dataclass(frozen=True, slots=True)
class Connection:
    """`address`: of who asks; empty on the Unix socket. `host`: as they know us. `secure`: they ask by https.

    `proxied`: it came through a proxy, or says so. `trusted`: what hands it to us is a proxy that is believed.
    `private`: nobody between them and us reads along.
    """

    address: str
    host: str
    secure: bool
    proxied: bool
    trusted: bool
    private: bool
    by_socket: bool = False


_CONNECTION: web.RequestKey[Connection] = web.RequestKey("connection", Connection)


def look_at(request: web.Request, trusted: Sequence[Network]) -> Connection:
    """The connection of a request, which carries it from now on."""
    connection = _seen(request, trusted)
    request[_CONNECTION] = connection
    return connection


def connection_of(request: web.Request) -> Connection:
    """That of a request that was looked at."""
    return request[_CONNECTION]


def _seen(request: web.Request, trusted: Sequence[Network]) -> Connection:
    host = request.headers.get(hdrs.HOST, "")
    endpoint = None if request.transport is None else request.transport.get_extra_info("socket")
    if endpoint is not None and endpoint.family == socket.AF_UNIX:
        return Connection("", host, secure=False, proxied=False, trusted=False, private=True, by_socket=True)
    peer = _read(request.remote or "")
    proxied = any(name in request.headers for name in _FORWARDING)
    believed = peer is not None and _among(peer, trusted)
    if proxied and believed:
        client, secure = _client(request, trusted), _last(request, "X-Forwarded-Proto") == "https"
        known_as, private = _last(request, "X-Forwarded-Host") or host, secure or _near(client, trusted)
        return Connection(_shown(client or peer), known_as, secure, proxied=True, trusted=True, private=private)
    # A proxy that nobody told us about hides whether it is asked by https, and by whom.
    private = request.secure or (not proxied and _near(peer, trusted))
    return Connection(_shown(peer), host, request.secure, proxied=proxied, trusted=believed, private=private)


def _near(address: Address | None, trusted: Sequence[Network]) -> bool:
    return address is not None and (address.is_loopback or _among(address, trusted))


def _client(request: web.Request, trusted: Sequence[Network]) -> Address | None:
    """The last address that no trusted proxy has: what stands before it, anybody may have written.

    None where no proxy says, or where it cannot be read.
    """
    client = None
    for written in reversed(",".join(request.headers.getall("X-Forwarded-For", [])).split(",")):
        client = _read(written.strip())
        if client is None or not _among(client, trusted):
            break
    return client


def _last(request: web.Request, name: str) -> str:
    """What the nearest proxy says, which is the one that we know."""
    return ",".join(request.headers.getall(name, [])).rpartition(",")[2].strip()


def _read(written: str) -> Address | None:
    try:
        found = ipaddress.ip_address(written.partition("%")[0])
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, ipaddress.IPv6Address) else found


def _among(address: Address, networks: Sequence[Network]) -> bool:
    return any(address in one for one in networks)


def _shown(address: Address | None) -> str:
    return "" if address is None else str(address)
