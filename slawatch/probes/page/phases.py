"""Where a load's time went, from what the page tells of its navigation."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

_NAME = re.compile(r"[^a-z0-9_]+")
_SERVER_ENTRIES = 5


def phases(told: Mapping[str, Any], ready: float | None) -> dict[str, float]:
    """Milliseconds by phase: redirect, dns, connect, tls, ttfb, response, dom, ready follow one another in time and
    leave out small gaps between them. `lcp` is an instant: the largest paint so far, from the navigation's start.
    `server_*` is what the server says of itself (Server-Timing). `ready`: when the page was there, or None.
    """
    times = {name: _number(value) for name, value in dict(told.get("times") or {}).items()}
    at = times.get
    end = math.inf if ready is None else ready
    secure = at("secureConnectionStart", 0.0)
    answered = at("responseStart", 0.0)
    received = min(at("responseEnd", 0.0) or end, end)
    parsed = min(max(at("domContentLoadedEventEnd", 0.0), received), end)
    found = {
        "redirect": at("redirectEnd", 0.0) - at("redirectStart", 0.0),
        "dns": at("domainLookupEnd", 0.0) - at("domainLookupStart", 0.0),
        "connect": (secure or at("connectEnd", 0.0)) - at("connectStart", 0.0),
        "tls": at("connectEnd", 0.0) - secure if secure else 0.0,
        "ttfb": answered - at("requestStart", 0.0) if answered else 0.0,
        "response": received - answered if answered and received < math.inf else 0.0,
        "dom": parsed - received if parsed < math.inf else 0.0,
    }
    if not found["redirect"]:
        del found["redirect"]
    if ready is not None:
        found["ready"] = ready - parsed
    if lcp := _number(told.get("lcp")):
        found["lcp"] = lcp
    for name, duration in list(told.get("server") or ())[:_SERVER_ENTRIES]:
        found[f"server_{_NAME.sub('_', str(name).lower())[:24]}"] = _number(duration)
    return {name: round(max(0.0, length), 1) for name, length in found.items()}


def whole_milliseconds(milliseconds: float) -> int:
    """Rounded up, from the decimal that the page's clock gave (0.1 ms steps): 1100.0000001 is 1100."""
    return math.ceil(round(milliseconds, 3))


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else 0.0
