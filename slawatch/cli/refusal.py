"""Which errors are a person's to mend, and with which exit status slawatch says so."""

from __future__ import annotations

import errno
from dataclasses import dataclass

import click

from slawatch.config import ConfigErrors, SecretUnreadable, UnknownCustomer
from slawatch.model import Unavailable
from slawatch.recorded import BadRecording
from slawatch.rules.asked import NoSuchMonth
from slawatch.rules.wishes import Refused

DONE, CRASHED, BAD_INPUT, NOT_STARTED = 0, 1, 2, 3

#: What writing says when the disk, or the quota, is used up.
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@dataclass(frozen=True, slots=True)
class Refusal:
    """What is said, a line each, and the exit status."""

    lines: tuple[str, ...]
    status: int


class BadInput(Exception):
    """What was asked cannot be done as it was asked; the text says what would be right."""


class NotStarted(Unavailable):
    """What a verb itself finds not to be had."""


def refusal_of(error: BaseException) -> Refusal | None:
    """What to say about an error; None for a fault of our own."""
    if isinstance(error, BaseExceptionGroup):
        return next((found for inner in error.exceptions if (found := refusal_of(inner))), None)
    if isinstance(error, BrokenPipeError):
        return Refusal((), DONE)  # whoever read our output has gone
    if isinstance(error, OSError) and error.errno in NO_ROOM and error.filename is None:
        return Refusal((f"slawatch: cannot write: {error.strerror}",), NOT_STARTED)
    if isinstance(error, click.ClickException):
        return Refusal((_usage(error),), BAD_INPUT)
    if isinstance(error, ConfigErrors):
        return Refusal(error.errors, BAD_INPUT)
    if isinstance(error, BadInput | BadRecording | NoSuchMonth | Refused | SecretUnreadable | UnknownCustomer):
        return Refusal(tuple(str(error).splitlines()), BAD_INPUT)
    if isinstance(error, Unavailable):
        return Refusal(tuple(str(error).splitlines()), NOT_STARTED)
    return None


def _usage(error: click.ClickException) -> str:
    said = error.format_message().strip()
    if isinstance(error, click.NoSuchOption) and error.ctx is not None and isinstance(error.ctx.command, click.Group):
        said = _behind_the_verb(error.ctx.command_path, error.ctx.command, error.option_name) or said
    if isinstance(error, click.UsageError) and error.ctx is not None:
        return f"{error.ctx.command_path}: {said} (see {error.ctx.command_path} --help)"
    return f"slawatch: {said}"


def _behind_the_verb(path: str, group: click.Group, option: str) -> str:
    """Where an option stands that was given before its verb; nothing when no verb has it."""
    takes = (one for verb in group.commands.values() for one in _commands(verb) if not isinstance(one, click.Group))
    if not any(option in parameter.opts for one in takes for parameter in one.params):
        return ""
    return f"{option} stands behind the verb: expected {path} VERB {option} ..."


def _commands(command: click.Command) -> tuple[click.Command, ...]:
    return (command, *command.commands.values()) if isinstance(command, click.Group) else (command,)
