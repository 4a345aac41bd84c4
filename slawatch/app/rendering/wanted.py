"""What is asked of a renderer, and what comes of it: a line of JSON each way."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from slawatch.model import Instant


@dataclass(frozen=True, slots=True)
class Wanted:
    """A document: whose, of which month, in which of `formats.FORMATS`.

    `language`: None for the customer's own. `revision`: None for the latest. `profile`: of CSV, `machine` or `excel`.
    `at`: as of when, where the month is not closed.
    """

    customer: str
    month: str
    format: str
    at: Instant
    language: str | None = None
    revision: int | None = None
    profile: str = "machine"


@dataclass(frozen=True, slots=True)
class Made:
    """A document that lies in the file that was asked for. `name`: what it is called for whoever takes it."""

    name: str
    media_type: str
    size: int


@dataclass(frozen=True, slots=True)
class Order:
    """`wanted`, to be written to the file `out`, which is there or not."""

    wanted: Wanted
    out: Path

    def line(self) -> bytes:
        return _line({"wanted": asdict(self.wanted), "out": str(self.out)})

    @classmethod
    def of_line(cls, line: bytes) -> Order:
        said = json.loads(line)
        return cls(Wanted(**said["wanted"]), Path(said["out"]))


@dataclass(frozen=True, slots=True)
class Answer:
    """Either a document, or one line that says why there is none; `fault`: whether that is for slawatch to mend."""

    made: Made | None = None
    why: str = ""
    fault: bool = False

    def line(self) -> bytes:
        return _line(asdict(self))

    @classmethod
    def of_line(cls, line: bytes) -> Answer:
        said = json.loads(line)
        return cls(said["made"] and Made(**said["made"]), said["why"], said["fault"])


def _line(said: object) -> bytes:
    return json.dumps(said).encode() + b"\n"
