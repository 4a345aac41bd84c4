"""The switches: what can be made to go wrong at a park, at once."""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace

#: The longest slowness that the switch takes, in seconds.
SLOWEST = 120.0


class BadFault(ValueError):
    """A switch that does not exist, or a position that it does not have; str is one clear line."""


@dataclass(frozen=True, slots=True)
class Faults:
    """What is wrong at one park now. `slow`: seconds by which every page (not its data, not /health) comes later."""

    slow: float = 0.0
    unavailable: bool = False
    hang: bool = False
    refuse: bool = False
    empty: bool = False
    login_broken: bool = False
    password_changed: bool = False
    script_error: bool = False

    @property
    def on(self) -> tuple[str, ...]:
        """The names of the switches that are on."""
        return tuple(each.name for each in fields(self) if getattr(self, each.name))


@dataclass(frozen=True, slots=True)
class Kind:
    """How a switch is told to a person: `does` at the park, `seen` by slawatch (the cause that it should find)."""

    name: str
    label: str
    does: str
    seen: str


KINDS: tuple[Kind, ...] = (
    Kind("unavailable", "503", "Every address answers 503 Service Unavailable", "http_5xx"),
    Kind("hang", "Hang", "Takes the connection and never answers", "timeout_server"),
    Kind("refuse", "Refuse", "Nobody listens: connection refused", "connect"),
    Kind("empty", "Empty table", "Reservations opens, but has no rows", "selector_missing"),
    Kind("script_error", "Script error", "The pages' script breaks at once", "script_error"),
    Kind("login_broken", "Login broken", "Ends all sessions; signing in answers 500", "login_unavailable"),
    Kind("password_changed", "Password changed", "Ends all sessions; the password is refused", "login_rejected"),
)

#: A park where these are switched on loses its sessions, for otherwise nobody would notice for minutes.
ENDS_SESSIONS = frozenset({"login_broken", "password_changed"})

_POSITIONS: Mapping[object, bool] = {"on": True, "off": False, "true": True, "false": False}


def changed(faults: Faults, wanted: Mapping[str, object]) -> Faults:
    """`faults` with the switches in `wanted` set: seconds for `slow`, else true or false (a form: on or off).

    Raises BadFault with nothing changed.
    """
    for name in wanted:
        if name not in Faults.__dataclass_fields__:
            known = ", ".join(Faults.__dataclass_fields__)
            raise BadFault(f"{name}: there is no such switch; there are {known}")
    slow = _seconds(wanted["slow"]) if "slow" in wanted else faults.slow
    return replace(faults, slow=slow, **{name: _position(name, wanted[name]) for name in wanted if name != "slow"})


def _position(name: str, value: object) -> bool:
    position = value if isinstance(value, bool) else _POSITIONS.get(value) if isinstance(value, str) else None
    if position is None:
        raise BadFault(f"{name}: expected true or false, got {value!r}")
    return position


def _seconds(value: object) -> float:
    seconds = math.nan
    if isinstance(value, int | float | str) and not isinstance(value, bool):
        with contextlib.suppress(ValueError):
            seconds = float(value)
    if not 0 <= seconds <= SLOWEST:
        raise BadFault(f"slow: expected seconds from 0 to {SLOWEST:g}, got {value!r}")
    return seconds


class Bell:
    """Rings for everyone who waits: something changed."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        self._rung.set()
        self._rung = asyncio.Event()

    async def wait(self) -> None:
        """Until the next ring."""
        await self._rung.wait()


class Switch:
    """The position of one park's switches, and those who wait for it to change."""

    def __init__(self, bell: Bell | None = None) -> None:
        self.faults = Faults()
        self._here = Bell()
        self._also = bell

    def set(self, faults: Faults) -> None:
        self.faults = faults
        self._here.ring()
        if self._also is not None:
            self._also.ring()

    async def until(self, met: Callable[[Faults], bool], *, seconds: float | None = None) -> None:
        """Until the switches meet the condition, or until `seconds` have passed."""
        try:
            async with asyncio.timeout(seconds):
                while not met(self.faults):
                    await self._here.wait()
        except TimeoutError:
            return
