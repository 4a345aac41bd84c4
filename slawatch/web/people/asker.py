"""Who asks: the value that a request carries once that is known."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from aiohttp import web

from slawatch.rules.permissions import Permission

_ASKER = "slawatch.asker"
_BY_PROXY = "slawatch.by_proxy"


class Way(StrEnum):
    """How it is known who asks."""

    SOCKET = "socket"  # may open the daemon's Unix socket
    TOKEN = "token"  # noqa: S105 - shows a token of ours
    SESSION = "session"  # signed in here with a password
    PROXY = "proxy"  # a reverse proxy signed who it is


@dataclass(frozen=True, slots=True)
class Asker:
    """`name`: of a person, or of a token. `form_key`: what a form of theirs must bring back; empty where none need."""

    name: str
    way: Way
    may: frozenset[Permission]
    language: str = "en"
    form_key: str = ""


def recognise(request: web.Request, asker: Asker) -> None:
    """From now on the request is known to be of this one."""
    request[_ASKER] = asker


def asker_of(request: web.Request) -> Asker | None:
    """None: nobody knows."""
    asker: Asker | None = request.get(_ASKER)
    return asker


def mark_proxied(request: web.Request) -> None:
    """From now on the request is known to have come through a trusted proxy."""
    request[_BY_PROXY] = True


def came_by_proxy(request: web.Request) -> bool:
    return bool(request.get(_BY_PROXY))
