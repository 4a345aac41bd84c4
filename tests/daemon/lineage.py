"""Processes by the kernel's word: whose child is whose, who lives, and waiting for an end."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path


def descendants(pid: int) -> list[int]:
    """All processes below one."""
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        try:
            children = (task / "children").read_text()
        except (FileNotFoundError, ProcessLookupError):
            continue  # a thread that ended meanwhile
        for child in children.split():
            found += [int(child), *(descendants(int(child)) if alive(int(child)) else [])]
    return found


def state(pid: int) -> str:
    """One letter, as in proc(5); Z too when there is no such process any more."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return "Z"


def alive(pid: int) -> bool:
    return state(pid) not in {"Z", "X"}


def called(pids: Iterable[int], words: str) -> list[int]:
    """Those with these words in their command line."""
    found = []
    for pid in pids:
        try:
            line = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            continue
        if words in line:
            found.append(pid)
    return found


async def gone(pids: Iterable[int], seconds: float = 10) -> None:
    """Until none of them lives."""
    left = list(pids)
    async with asyncio.timeout(seconds):
        while any(alive(pid) for pid in left):
            await asyncio.sleep(0.02)
