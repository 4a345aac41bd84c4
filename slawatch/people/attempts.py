"""Failures to sign in, by address and by name, in memory: who fails too often has to wait.

Who has signed in from an address before is not held up there by what strangers try with the same name elsewhere.
"""

from __future__ import annotations

import ipaddress
from collections import OrderedDict
from typing import Generic, TypeVar

from slawatch.model import Instant, Micros
from slawatch.rules.signing_in import BY_ADDRESS, BY_NAME, NONE, Failures, Limit

V = TypeVar("V")

#: So many addresses, and names, are remembered; the oldest go.
MOST = 10_000


class _Recent(Generic[V]):
    """A mapping that forgets what was touched longest ago."""

    def __init__(self) -> None:
        self._held: OrderedDict[str, V] = OrderedDict()

    def get(self, key: str, default: V) -> V:
        return self._held.get(key, default)

    def put(self, key: str, value: V) -> None:
        self._held[key] = value
        self._held.move_to_end(key)
        if len(self._held) > MOST:
            self._held.popitem(last=False)

    def drop(self, key: str) -> None:
        self._held.pop(key, None)


class Attempts:
    """`address`: an IP address, or empty where there is none."""

    def __init__(self) -> None:
        self._by_address: _Recent[Failures] = _Recent()
        self._by_name: _Recent[Failures] = _Recent()
        self._known: _Recent[bool] = _Recent()

    def wait(self, name: str, address: str, now: Instant) -> Micros:
        """How long until an attempt is looked at; 0: at once."""
        waits = [_wait(self._by_address.get(_net(address), NONE), BY_ADDRESS, now)]
        if not self._known.get(_pair(name, address), default=False):
            waits.append(_wait(self._by_name.get(name, NONE), BY_NAME, now))
        return max(waits)

    def failed(self, name: str, address: str, now: Instant) -> None:
        for held, key in ((self._by_address, _net(address)), (self._by_name, name)):
            held.put(key, held.get(key, NONE).one_more(now))

    def succeeded(self, name: str, address: str) -> None:
        """It was no failure after all. Of the name nothing is held against anybody; of the address what went before."""
        self._by_name.drop(name)
        counted = self._by_address.get(_net(address), NONE)
        self._by_address.put(_net(address), Failures(max(0, counted.count - 1), counted.last))
        self._known.put(_pair(name, address), value=True)


def _wait(failures: Failures, limit: Limit, now: Instant) -> Micros:
    return max(0, failures.free_from(limit) - now) if failures.count else 0


def _net(address: str) -> str:
    """Of IPv6 the /64, which is one line's."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if found.version == 4:
        return address
    return str(ipaddress.ip_network((found, 64), strict=False))


def _pair(name: str, address: str) -> str:
    return f"{_net(address)} {name}"
