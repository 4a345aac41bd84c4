"""Passwords: the file says where they are, never what they are."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, TypeAlias

from pydantic import PlainSerializer, PlainValidator, ValidationInfo, WithJsonSchema

from slawatch.config.wrong import Wrong

EXPECTED = "expected {env: NAME} or {file: PATH}; a password itself never stands in this file"
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")


class SecretUnreadable(Exception):
    """A secret that cannot be had now. The text is one line: which reference, why, and what would be right."""


@dataclass(frozen=True, slots=True)
class Secret:
    """A reference to a password, by exactly one of: `env`, an environment variable's name; `file`, a path.

    A relative path starts at `folder`, the configuration's. The password is read anew at each `reveal` and kept
    nowhere, so that neither a log, a repr nor a dump can show it.
    """

    env: str | None = None
    file: str | None = None
    folder: Path = Path()

    def __post_init__(self) -> None:
        if (self.env is None) == (self.file is None):
            raise ValueError("a secret is one of env and file")

    @property
    def reference(self) -> dict[str, str]:
        """What the file says: `{"env": NAME}` or `{"file": PATH}`."""
        return {"env": self.env} if self.env is not None else {"file": self.file or ""}

    def reveal(self) -> str:
        """The password, without the line end that an editor leaves. Raises SecretUnreadable."""
        password = self._variable(self.env) if self.env is not None else self._file(self.folder / (self.file or ""))
        if not password:
            name = self.env if self.env is not None else self.file
            raise SecretUnreadable(f"{name} is empty, expected a password in it")
        return password

    @staticmethod
    def _variable(name: str) -> str:
        value = os.environ.get(name)
        if value is None:
            raise SecretUnreadable(f"the environment variable {name} is not set, expected a password in it")
        return value

    @staticmethod
    def _file(path: Path) -> str:
        try:
            with path.open("rb") as file:
                mode = os.fstat(file.fileno()).st_mode
                content = file.read(64 * 1024)
        except IsADirectoryError:
            raise SecretUnreadable(f"{path} is a directory, expected a file with the password") from None
        except OSError as error:
            reason = "no such file" if isinstance(error, FileNotFoundError) else error.strerror
            raise SecretUnreadable(f"{path} cannot be read: {reason}") from None
        if stat.S_ISREG(mode) and mode & stat.S_IROTH:
            raise SecretUnreadable(f"{path} can be read by everyone on this machine, expected mode 0640 or stricter")
        try:
            return content.decode().removesuffix("\n").removesuffix("\r")
        except UnicodeDecodeError:
            raise SecretUnreadable(f"{path} is not text in UTF-8") from None


def secret_of(said: Mapping[str, object], folder: Path) -> Secret:
    """`{env: NAME}` or `{file: PATH}`. Raises Wrong, whose words show nothing of what was said."""
    if len(said) != 1:
        raise Wrong(EXPECTED)
    match next(iter(said.items())):
        case "env", str(name) if _VARIABLE.fullmatch(name):
            return Secret(env=name)
        case "env", _:
            raise Wrong("expected the name of an environment variable such as DUINZICHT_PASSWORD", "env")
        case "file", str(path) if path and path.isprintable():
            return Secret(file=path, folder=folder)
        case "file", _:
            raise Wrong("expected the path of a file such as /run/secrets/duinzicht", "file")
        case _:
            raise Wrong(EXPECTED)


def _read(value: object, info: ValidationInfo) -> Secret:
    if isinstance(value, Secret):
        return value
    if not isinstance(value, Mapping):
        raise Wrong(EXPECTED)
    return secret_of(value, info.context["folder"] if info.context else Path())


def _reference(secret: Secret) -> dict[str, str]:
    return secret.reference


SecretReference: TypeAlias = Annotated[
    Secret,
    PlainValidator(_read),
    PlainSerializer(_reference),
    WithJsonSchema(
        {
            "type": "object",
            "properties": {
                "env": {"type": "string", "description": "The name of an environment variable that holds it."},
                "file": {
                    "type": "string",
                    "description": "The path of a file that holds it, not readable by everyone.",
                },
            },
            "additionalProperties": False,
            "minProperties": 1,
            "maxProperties": 1,
        }
    ),
]
