"""Whether this machine, and not the watched page, made a look slow: what the browser itself had to wait for.

The machine's overall load says nothing: measured, pages open as fast beside four busy loops as on an idle machine,
because the kernel favours short tasks. What counts is how long the browser's main threads stood ready without a core.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from slawatch.browser import processes

#: A main thread that waited this share of the look, and at least this long, was strained.
WAITED_SHARE = 0.10
WAITED_MILLISECONDS = 100
#: The same for a cgroup that used up its CPU quota.
THROTTLED_SHARE = 0.05
#: Our own loop, which keeps the deadlines, came this much too late.
LOOP_LAG_MILLISECONDS = 1000
#: From this share on the browser was starved: that time ran out says nothing of the page.
STARVED_SHARE = 0.25

_TICK_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Strain:
    """What one look had to wait for, in whole milliseconds, within `milliseconds` of looking. `waited`: the process
    that waited longest; `waited_together`: all of them, the most that waiting can explain.
    """

    waited: int
    waited_together: int
    throttled: int
    loop_lag: int
    milliseconds: int

    @property
    def strained(self) -> bool:
        return (
            self.waited > max(WAITED_MILLISECONDS, WAITED_SHARE * self.milliseconds)
            or self.throttled > max(WAITED_MILLISECONDS, THROTTLED_SHARE * self.milliseconds)
            or self.loop_lag > LOOP_LAG_MILLISECONDS
        )

    @property
    def starved(self) -> bool:
        return max(self.waited, self.throttled, self.loop_lag) > max(
            WAITED_MILLISECONDS, STARVED_SHARE * self.milliseconds
        )

    def explains(self, milliseconds: int) -> bool:
        """Whether the look could have been shorter by so much."""
        return self.strained and self.waited_together + self.throttled >= milliseconds


class Strainmeter:
    """Measures from its making until `read`. `pid`: the browser's process; it and all below it are watched."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._loop = asyncio.get_running_loop()
        self._began = self._loop.time()
        self._before = {one: processes.waited(one) for one in processes.offspring(pid)}
        self._throttled = _throttled()
        self._lag = 0.0
        self._due = self._began + _TICK_SECONDS
        self._timer = self._loop.call_at(self._due, self._tick)

    def _tick(self) -> None:
        now = self._loop.time()
        self._lag = max(self._lag, now - self._due)
        self._due = now + _TICK_SECONDS
        self._timer = self._loop.call_at(self._due, self._tick)

    def read(self) -> Strain:
        """What was felt so far."""
        now = {one: processes.waited(one) for one in processes.offspring(self._pid)}
        waits = [max(0, ns - self._before.get(pid, 0)) // 1_000_000 for pid, ns in now.items()]
        return Strain(
            waited=max(waits, default=0),
            waited_together=sum(waits),
            throttled=max(0, _throttled() - self._throttled) // 1_000_000,
            loop_lag=int(max(self._lag, self._loop.time() - self._due) * 1000),
            milliseconds=int((self._loop.time() - self._began) * 1000),
        )

    def stop(self) -> None:
        self._timer.cancel()


def _throttled() -> int:
    """Nanoseconds that our cgroup was held back by its CPU quota; 0 where there is no quota."""
    for path, name, unit in _sources():
        try:
            lines = path.read_text().splitlines()
        except OSError:
            continue
        return next((int(line.split()[1]) * unit for line in lines if line.startswith(name)), 0)
    return 0


def _sources() -> tuple[tuple[Path, str, int], ...]:
    """Where the kernel may tell it: cgroup version 2 in microseconds (ours, or a container's root), then version 1."""
    root = Path("/sys/fs/cgroup")
    try:
        lines = Path("/proc/self/cgroup").read_text().splitlines()
    except OSError:
        lines = []
    below = next((line.removeprefix("0::/") for line in lines if line.startswith("0::/")), "")
    return (
        (root / below / "cpu.stat", "throttled_usec", 1000),
        (root / "cpu.stat", "throttled_usec", 1000),
        (root / "cpu" / "cpu.stat", "throttled_time", 1),
    )
