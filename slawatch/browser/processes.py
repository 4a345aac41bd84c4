"""What /proc says of the browser's processes. All of it may vanish while it is read; then it is simply not there."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Process:
    """One line of /proc/<pid>/stat. `started`: clock ticks since boot, which tells a reused pid."""

    pid: int
    state: str
    parent: int
    group: int
    session: int
    started: int

    @property
    def alive(self) -> bool:
        return self.state not in "ZX"


def process(pid: int) -> Process | None:
    """The process of this pid, a zombie too; None when there is none."""
    try:
        text = (PROC / str(pid) / "stat").read_text()
    except (OSError, UnicodeDecodeError):
        return None
    # The name stands in parentheses and may itself hold spaces and parentheses.
    fields = text[text.rindex(")") + 2 :].split()
    return Process(pid, fields[0], int(fields[1]), int(fields[2]), int(fields[3]), int(fields[19]))


def everyone() -> Iterator[Process]:
    """All processes of this machine."""
    for entry in PROC.iterdir():
        if entry.name.isdigit() and (found := process(int(entry.name))) is not None:
            yield found


def same(known: Process | None) -> bool:
    """Whether this very process still runs."""
    now = process(known.pid) if known else None
    return now is not None and known is not None and now.started == known.started and now.alive


def stopped(known: Process | None) -> bool:
    """Whether the process was stopped by a signal, or by a debugger."""
    now = process(known.pid) if known else None
    return now is not None and now.state in "Tt"


def offspring(pid: int) -> list[int]:
    """The process and all below it, from the kernel's list of children."""
    found = [pid]
    for parent in found:
        try:
            found.extend(map(int, (PROC / f"{parent}/task/{parent}/children").read_text().split()))
        except OSError:
            continue
    return found


def group_members(group: int) -> list[Process]:
    """The living processes of a process group."""
    return [one for one in everyone() if one.group == group and one.alive]


def mentions(pid: int, text: str) -> bool:
    """Whether the process was started with `text` in its environment or on its command line."""
    wanted = text.encode()
    for name in ("environ", "cmdline"):
        try:
            if wanted in (PROC / str(pid) / name).read_bytes():
                return True
        except OSError:
            continue
    return False


def waited(pid: int) -> int:
    """Nanoseconds that the process's main thread stood ready to run but had no core (schedstat's second field)."""
    try:
        return int((PROC / str(pid) / "schedstat").read_text().split()[1])
    except (OSError, IndexError, ValueError):
        return 0


def kill(pid: int) -> None:
    """SIGKILL to one process; nothing when it is gone."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def kill_group(group: int) -> None:
    """SIGKILL to a process group; nothing when it is gone. Never our own."""
    if group <= 1 or group == os.getpgrp():
        return
    try:
        os.killpg(group, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return
