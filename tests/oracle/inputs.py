"""What the oracle reads: slawatch.yaml (written as JSON, which is YAML), observations and exclusions as JSON lines.

Own reading throughout: nothing is imported from slawatch, so that the two share no mistake.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import ROUND_CEILING, Decimal
from fractions import Fraction
from typing import Any

from .zone import instant_of_wall_time

SECOND = 1_000_000
UNITS = {"s": SECOND, "m": 60 * SECOND, "h": 3600 * SECOND, "d": 86_400 * SECOND, "ms": 1000}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Look:
    """One observation. `at`: microseconds since the epoch, UTC. `took`: whole milliseconds, rounded up, or None."""

    at: int
    check: str
    verdict: str
    cause: str | None
    took: int | None
    recheck: bool


@dataclass(frozen=True)
class Version:
    """A window as it was declared once; instants in microseconds. `declared`: a person gave the announced time, not
    mail; `entered`: when, where the line says so."""

    starts: int
    ends: int
    announced: int | None
    declared: bool
    entered: int | None


@dataclass(frozen=True)
class Window:
    """One exclusion. `versions`: all that was declared of it, the oldest first; the last says when it is."""

    kind: str
    versions: tuple[Version, ...]
    ended: int | None
    reason: str | None

    @property
    def starts(self) -> int:
        return self.versions[-1].starts

    @property
    def ends(self) -> int:
        return self.versions[-1].ends


@dataclass(frozen=True)
class Promise:
    """All settings that the figures depend on, with the defaults of design section 8 filled in."""

    zone: str
    availability_objective: Fraction
    coverage: Fraction
    checks: tuple[str, ...]
    speed_objective: Fraction
    within_ms: int
    pages: tuple[str, ...]
    notice_days: int
    late_excluded: bool
    hotfix_excluded: bool
    as_up: bool
    failures: int
    within: int
    blips_down: bool
    stale_after: dict[str, int]
    own_windows: tuple[Window, ...]


def micros(text: str) -> int:
    """An ISO instant with a Z, to the microsecond."""
    moment = datetime.fromisoformat(text)
    return (moment - EPOCH) // timedelta(microseconds=1)


def written(instant: int) -> str:
    """The instant as `...Z`, with a fraction only where there is one."""
    return (EPOCH + timedelta(microseconds=instant)).isoformat().replace("+00:00", "Z")


def length(text: str) -> int:
    """`60s`, `10m`, `5d` in microseconds."""
    found = re.fullmatch(r"(\d+)(ms|s|m|h|d)", text)
    assert found, text
    return int(found[1]) * UNITS[found[2]]


def share(text: str) -> Fraction:
    return Fraction(text.removesuffix("%")) / 100


def read_promise(config: dict[str, Any]) -> Promise:
    """The settings of the one customer of a generated configuration (nothing overridden at the customer)."""
    agreement = config["agreement"]
    availability, speed = agreement["availability"], agreement["speed"]
    maintenance, confirm = agreement.get("maintenance", {}), agreement.get("confirm", {})
    checks = dict(config["pages"])
    if config.get("http"):
        checks["http"] = config["http"]
    zone = agreement["timezone"]
    return Promise(
        zone=zone,
        availability_objective=share(availability["objective"]),
        coverage=share(availability.get("coverage", "99%")),
        checks=tuple(availability["checks"]),
        speed_objective=share(speed["objective"]),
        within_ms=length(speed["within"]) // 1000,
        pages=tuple(speed["pages"]),
        notice_days=length(maintenance.get("notice", "5d")) // UNITS["d"],
        late_excluded=maintenance.get("late_notice", "counts") == "excluded",
        hotfix_excluded=maintenance.get("hotfix", "counts") == "excluded",
        as_up=maintenance.get("arithmetic", "removed") == "as_up",
        failures=confirm.get("failures", 2),
        within=length(confirm.get("within", "10m")),
        blips_down=confirm.get("blips", "up") == "down",
        stale_after={
            name: length(check["stale_after"]) if "stale_after" in check else 3 * length(check["every"])
            for name, check in checks.items()
        },
        own_windows=tuple(_own_window(row, zone) for row in config.get("maintenance", ())),
    )


def read_looks(lines: list[str]) -> list[Look]:
    return [_look(json.loads(line, parse_float=Decimal)) for line in lines]


def read_windows(lines: list[str]) -> list[Window]:
    return [_window(json.loads(line)) for line in lines]


def _look(row: dict[str, Any]) -> Look:
    took = row.get("seconds")
    ms = None if took is None else int((Decimal(took) * 1000).to_integral_value(rounding=ROUND_CEILING))
    return Look(micros(row["at"]), row["check"], row["verdict"], row.get("cause"), ms, bool(row.get("recheck")))


def _window(row: dict[str, Any]) -> Window:
    return Window(
        kind=row["kind"],
        versions=tuple(_version(each) for each in (*row.get("versions", ()), row)),
        ended=micros(row["ended"]) if row.get("ended") else None,
        reason=row.get("reason"),
    )


def _version(row: dict[str, Any]) -> Version:
    return Version(
        starts=micros(row["starts"]),
        ends=micros(row["ends"]),
        announced=micros(row["announced"]) if row.get("announced") else None,
        declared=bool(row.get("announced_by")),
        entered=micros(row["entered"]) if row.get("entered") else None,
    )


def _own_window(row: dict[str, Any], zone: str) -> Window:
    """A window of the configuration: wall-clock times in the agreement's zone."""

    def at(key: str) -> int:
        return instant_of_wall_time(datetime.strptime(row[key], "%Y-%m-%d %H:%M"), zone)  # noqa: DTZ007 - a wall time

    announced = at("announced") if row.get("announced") else None
    only = Version(at("starts"), at("ends"), announced, bool(row.get("announced_by")), None)
    return Window("maintenance", (only,), None, row.get("reason"))
