"""The replay verb as a person calls it, in this process or in one of its own."""

from __future__ import annotations

import io
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass

from slawatch.cli import main


@dataclass(frozen=True)
class Answer:
    """What the verb printed and its exit status."""

    status: int
    output: str
    errors: str


def replay(arguments: list[str]) -> Answer:
    """Run `slawatch replay` in this process, without the second that a new one costs."""
    output, errors = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    status = 0
    with redirect_stdout(output), redirect_stderr(errors):
        try:
            main(["replay", *arguments])
        except SystemExit as left:
            status = left.code if isinstance(left.code, int) else int(left.code is not None)
    return Answer(status, _printed(output), _printed(errors))


def replay_apart(arguments: list[str], given: str) -> Answer:
    """The same in a process of its own, with `given` on its standard input."""
    command = [sys.executable, "-c", "from slawatch.cli import main; main()", "replay", *arguments]
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=False, timeout=60)
    return Answer(done.returncode, done.stdout, done.stderr)


def _printed(stream: io.TextIOWrapper) -> str:
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode()
