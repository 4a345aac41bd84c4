"""The script that runs in the page, and what it tells."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.resources import files

#: The name of the function that the page tells through.
TELL = "__slawatchTell"

#: A form has to be seen this long before it means being signed out.
OUTSIDE_MILLISECONDS = 250

#: What is read of PerformanceNavigationTiming (W3C Navigation Timing Level 2).
TIMES = (
    "redirectStart",
    "redirectEnd",
    "domainLookupStart",
    "domainLookupEnd",
    "connectStart",
    "secureConnectionStart",
    "connectEnd",
    "requestStart",
    "responseStart",
    "responseEnd",
    "domContentLoadedEventEnd",
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """CSS selectors: `ready` must be visible and `busy` not; `outside` visible means signed out. `go_on`: wait for
    `ready` also after `outside` was told of, as one does who signs in. `patient`: never tell of `outside`, only look
    whether it is there when time ran out, as after a login that went well.
    """

    ready: str
    busy: str | None = None
    outside: str | None = None
    go_on: bool = False
    patient: bool = False


def script(wanted: Wanted) -> str:
    """The script for a context, with its selectors."""
    settings = {
        "ready": wanted.ready,
        "busy": wanted.busy,
        "outside": wanted.outside,
        "outsideFor": None if wanted.patient else OUTSIDE_MILLISECONDS,
        "goOn": wanted.go_on,
        "times": TIMES,
    }
    source = files("slawatch.probes.page").joinpath("ready.js").read_text(encoding="utf-8")
    return f"{source.strip()}({json.dumps(settings)});"
