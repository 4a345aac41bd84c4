"""The engine's own folder, and the sweep of what a killed daemon left: its folder, and processes that carry its mark.

A folder is its daemon's as long as that holds the folder's lock, which the kernel lets go of however a daemon ends:
so no pid is guessed about, across reboots and containers alike.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog

from slawatch.browser import processes

log = structlog.get_logger()

PREFIX = "slawatch-browser-"
#: In the environment of the driver and the browser: whose they are.
MARK = "SLAWATCH_RUN"
#: In the folder: the process groups of the browsers that were started, one a line.
GROUPS = "groups"


@contextmanager
def own_folder(directory: Path) -> Iterator[Path]:
    """A new folder for one engine, mode 0700, locked as ours and removed at the end."""
    folder, lock = _locked_folder(directory)
    try:
        yield folder
    finally:
        _remove(folder)
        os.close(lock)


def _locked_folder(directory: Path) -> tuple[Path, int]:
    while True:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=directory))
        lock = _lock(folder)
        # Another daemon that started at this instant may have swept the folder before it was locked.
        if lock is not None and os.fstat(lock).st_nlink > 0:
            return folder, lock
        if lock is not None:
            os.close(lock)


def _lock(folder: Path) -> int | None:
    """A descriptor that holds the folder's lock; None when somebody else does, or the folder is gone."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


def sweep(directory: Path) -> int:
    """End the processes and remove the folders of daemons that are dead; how many folders that were."""
    swept = 0
    for folder in directory.glob(f"{PREFIX}*"):
        try:
            ours = folder.lstat().st_uid == os.getuid()
        except OSError:
            continue
        lock = _lock(folder) if ours else None
        if lock is None:
            continue
        ended = end_marked(folder)
        _remove(folder)
        os.close(lock)
        swept += 1
        log.info("browser.swept", folder=str(folder), processes=ended)
    return swept


def end_marked(folder: Path) -> int:
    """SIGKILL every process that carries the folder's mark, and their browsers' groups; how many were there."""
    groups = _groups(folder)
    marked = [
        one
        for one in processes.everyone()
        if one.alive
        and one.pid != os.getpid()
        and (one.session in groups or processes.mentions(one.pid, f"{MARK}={folder}\0") or _profile(one.pid, folder))
    ]
    for one in marked:
        if one.pid == one.group:
            processes.kill_group(one.group)
        processes.kill(one.pid)
    return len(marked)


def _profile(pid: int, folder: Path) -> bool:
    return processes.mentions(pid, f"--user-data-dir={folder}/")


def note_group(folder: Path, group: int) -> None:
    """Remember a browser's process group: its children may have lost the mark from their environment."""
    with (folder / GROUPS).open("a") as file:
        file.write(f"{group}\n")


def _groups(folder: Path) -> set[int]:
    """The groups that were noted and are still those browsers': a leader that is not marked is somebody else's."""
    try:
        noted = {int(line) for line in (folder / GROUPS).read_text().split()}
    except (OSError, ValueError):
        return set()
    return {
        group
        for group in noted
        if (leader := processes.process(group)) is None or not leader.alive or _profile(group, folder)
    }


def _remove(folder: Path) -> None:
    """Remove the folder; a browser that is just dying may still write, so some tries within a second."""
    for _ in range(20):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        time.sleep(0.05)
    log.warning("browser.folder_left", folder=str(folder))
