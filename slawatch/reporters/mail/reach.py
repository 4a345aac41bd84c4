"""A TCP connection to a host by one of its addresses: an address that swallows packets must not use up all the time."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence
from typing import Any, TypeAlias

#: As getaddrinfo gives it: family, kind, protocol, name, address.
Found: TypeAlias = tuple[socket.AddressFamily, socket.SocketKind, int, str, Any]
#: Seconds for one address, while there are others to try.
PER_ADDRESS = 3.0


async def reach(host: str, port: int) -> socket.socket:
    """Raises OSError. Put a timeout around it: looking up the name and the last address have no end of their own."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return await reach_any(found)


async def reach_any(found: Sequence[Found], per_address: float = PER_ADDRESS) -> socket.socket:
    """Connected to the first that answers; only the last may take longer than `per_address` seconds. Raises OSError."""
    for one in found[:-1]:
        try:
            async with asyncio.timeout(per_address):
                return await _connect(one)
        except OSError:  # a timeout is one
            continue
    return await _connect(found[-1])


async def _connect(found: Found) -> socket.socket:
    family, kind, protocol, _, address = found
    connecting = socket.socket(family, kind, protocol)
    connecting.settimeout(0)
    try:
        await asyncio.get_running_loop().sock_connect(connecting, address)
    except BaseException:
        connecting.close()
        raise
    return connecting
