"""The command `slawatch`: its verbs, and what becomes of an error."""

from __future__ import annotations

import os
import sys
import traceback
from contextlib import suppress
from pathlib import Path

import click

from slawatch import __version__
from slawatch.cli import streams
from slawatch.cli.refusal import CRASHED, DONE, Refusal, refusal_of
from slawatch.cli.verbs import Verbs

HERE = Path(__file__).parents[1]
#: What a shell makes of Ctrl-C.
INTERRUPTED = 130


@click.group(
    commands=Verbs(),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    no_args_is_help=False,
    epilog="Exit status: 0 done, 1 crash, 2 bad configuration or input, 3 could not start.",
)
@click.version_option(__version__, prog_name="slawatch")
def cli() -> None:
    """Watch a hosted application against its service level agreement, and prove it."""


def main(arguments: list[str] | None = None) -> None:
    """Run one verb and exit with its status."""
    streams.complete()
    status = _status(arguments)
    streams.let_go()
    sys.exit(status)


def _status(arguments: list[str] | None) -> int:
    try:
        answer = cli.main(arguments, prog_name="slawatch", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Abort:
        return INTERRUPTED
    except SystemExit:
        return DONE  # whoever read our output has gone; click would end with status 1
    except Exception as error:
        refusal = refusal_of(error) or _crash(error)
        with suppress(OSError):
            for line in refusal.lines:
                click.echo(line, err=True)
        return refusal.status
    return answer if isinstance(answer, int) else DONE


def _crash(error: BaseException) -> Refusal:
    """A fault of slawatch itself: still one line, with the way to its details."""
    if os.environ.get("SLAWATCH_TRACEBACK"):
        traceback.print_exception(error)
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    frames = traceback.extract_tb(error.__traceback__)
    place = next((frame for frame in reversed(frames) if HERE in Path(frame.filename).parents), frames[-1])
    where = f"{Path(place.filename).name}:{place.lineno}"
    said = " ".join(str(error).split())[:300]
    line = f"slawatch: crashed at {where}: {type(error).__name__}: {said} (more: SLAWATCH_TRACEBACK=1)"
    return Refusal((line,), CRASHED)
