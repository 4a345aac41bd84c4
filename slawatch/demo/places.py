"""What the demo and its world tell each other: which ports are wished for, and where everything is."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass

#: Where all of it is: nowhere but on this machine, unless a container says the name that others know it by.
HOST = os.environ.get("SLAWATCH_DEMO_HOST", "127.0.0.1")
USERNAME = "monitor"
VARIABLE = "SLAWATCH_DEMO_PASSWORD"
#: The password when the environment has none. Not a secret: the stand-in's login form tells it to whoever looks.
WELCOME = "zeelucht"


@dataclass(frozen=True, slots=True)
class Places:
    """Where the parts of the world are. `parks`: address by park id. `moved`: what could not have its own port."""

    switches: str
    parks: Mapping[str, str]
    mails: str
    smtp: str
    moved: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, line: str) -> Places:
        values = json.loads(line)
        return cls(**{**values, "moved": tuple(values["moved"])})

    def to_json(self) -> str:
        return json.dumps(asdict(self))


@dataclass(frozen=True, slots=True)
class Wishes:
    """Which ports to take: `port` for the switches and the ones after it for the parks; 0 takes any free ones.

    `mails`, `metrics`: where a person finds them, when it is not this world that has them.
    """

    port: int = 0
    mail_port: int = 0
    session_seconds: float = 600.0
    pace: float = 1.0
    metrics: str | None = None
    mails: str | None = None
