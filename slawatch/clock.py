"""The only reader of the wall clock. Everything else is given an instant, or this module's `Clock`."""

from __future__ import annotations

import time
from collections.abc import Callable

from slawatch.model import Instant

#: Gives the present instant; tests hand in another.
Clock = Callable[[], Instant]


def now() -> Instant:
    """The present instant: microseconds since the epoch, UTC."""
    return time.time_ns() // 1000
