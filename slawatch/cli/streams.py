"""Standard input, output and error as they may be found: closed, full, or with nobody at the other end."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

from rich.console import Console


def complete() -> None:
    """A closed stream becomes the null device: else a file opened later gets its number, and what is sent to it."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(descriptor)
    sys.stdin = sys.stdin or os.fdopen(0, "r")
    sys.stdout = sys.stdout or os.fdopen(1, "w")
    sys.stderr = sys.stderr or os.fdopen(2, "w")


def let_go() -> None:
    """What could not be written goes nowhere, instead of failing again when Python ends (its exit status 120)."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            with suppress(OSError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


class Screen(Console):
    """Where a verb shows a person what it found."""

    def __init__(self, *, width: int | None = None) -> None:
        super().__init__(highlight=False, width=width)

    def on_broken_pipe(self) -> None:
        raise  # noqa: PLE0704 - rich calls this while it handles the error, and would end the process with status 1
