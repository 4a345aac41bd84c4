"""Whether the daemon lives (its loops give signs of life) and is ready (what it needs has come up)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

#: What must have come up before the daemon watches anything.
NEEDS = ("configuration", "store", "schedule")


@dataclass(slots=True)
class _Loop:
    within_seconds: float
    last: float


class Health:
    """Kept by the composition root and the loops, read by `/healthz` and `/readyz`.

    `needs`: what `ready` must be called for. `monotonic`: seconds that only grow; tests hand in another.
    """

    def __init__(self, needs: Iterable[str] = NEEDS, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._missing = dict.fromkeys(needs)
        self._loops: dict[str, _Loop] = {}
        self._monotonic = monotonic

    def expect(self, name: str, within_seconds: float) -> None:
        """From now on a loop of this name beats at least this often."""
        self._loops[name] = _Loop(within_seconds, self._monotonic())

    def sign(self, name: str, within_seconds: float) -> Callable[[], None]:
        """Expect a loop of this name from now on; gives what the loop calls to say that it is alive."""
        self.expect(name, within_seconds)
        return partial(self.beat, name)

    def beat(self, name: str) -> None:
        """The loop is alive now. Raises KeyError when it is not expected."""
        self._loops[name].last = self._monotonic()

    def ready(self, name: str) -> None:
        """What goes by this name has come up."""
        self._missing.pop(name, None)

    def stuck(self) -> tuple[str, ...]:
        """One line for each loop without a sign of life for longer than it said; none when all is well."""
        now = self._monotonic()
        return tuple(
            f"{name}: no sign of life for {now - loop.last:.0f} s, expected within {loop.within_seconds:g} s"
            for name, loop in self._loops.items()
            if now - loop.last > loop.within_seconds
        )

    def missing(self) -> tuple[str, ...]:
        """What has not come up yet."""
        return tuple(self._missing)
