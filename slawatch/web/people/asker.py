"""Who asks: the value that a request carries once that is known."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from slawatch.rules.permissions import Permission
from slawatch.store import Actor, Way


@dataclass(frozen=True, slots=True)
class Asker:
    """`name`: of a person, or of a token. `language`: theirs, empty where that is not known. `origin`: their address.

    `form_key`: what each form of theirs brings back in a field of this name; empty where none need.
    """

    name: str
    way: Way
    may: frozenset[Permission]
    language: str = ""
    origin: str = ""
    form_key: str = ""

    @property
    def by_cookie(self) -> bool:
        """Whether a browser says who it is by itself, also when another site has it ask."""
        return self.way in {Way.SESSION, Way.PROXY}

    def actor(self, said: str | None) -> Actor:
        """Who does what is asked. `said`: who the request says it is, which counts over the socket only.

        Raises ValueError, with what would be right.
        """
        if self.way is Way.SOCKET:
            if said is None:
                raise ValueError("by: missing")
            return Actor(said, self.way)
        if said not in {None, self.name}:
            raise ValueError(f"by: expected {self.name!r}, who asks, or nothing, got {said!r}")
        return Actor(self.name, self.way, self.origin)


_ASKER: web.RequestKey[Asker] = web.RequestKey("asker", Asker)


def recognise(request: web.Request, asker: Asker) -> None:
    """From now on the request is known to be of this one."""
    request[_ASKER] = asker


def asker_of(request: web.Request) -> Asker | None:
    """None: nobody knows."""
    return request.get(_ASKER)
