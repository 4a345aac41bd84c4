"""Random months: small worlds that go to the edges on purpose. The same seed gives the same month."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from .inputs import SECOND, UNITS, written
from .moves import with_versions
from .settings import settings
from .walks import lines, looks
from .windows import exclusions, notice_days, own_windows
from .zone import month_bounds

HOUR, DAY = UNITS["h"], UNITS["d"]
ZONES = (
    ("Europe/Amsterdam", ("2026-03", "2026-10", "2026-04", "2026-11", "2026-02", "2024-02", "2026-12")),
    ("America/New_York", ("2026-03", "2026-11", "2026-10")),
    ("Asia/Kolkata", ("2026-03", "2026-04")),
    ("Pacific/Auckland", ("2026-04", "2026-09", "2026-10")),
    ("Australia/Lord_Howe", ("2026-04", "2026-10")),  # its clocks move by half an hour
    ("America/Havana", ("2026-11", "2026-10", "2026-03")),  # 2026-11-01 has its first hour twice
    ("UTC", ("2026-03",)),
)


@dataclass(frozen=True)
class Month:
    """All inputs of one replay. `observations`, `exclusions`: JSON lines; `exclusions` None: the option is absent."""

    seed: int
    config: dict[str, Any]
    month: str
    observations: tuple[str, ...]
    exclusions: tuple[str, ...] | None
    until: str | None
    whole_seconds: bool

    def write(self, folder: Path) -> list[str]:
        """Write the inputs and give the replay's arguments that read them."""
        folder.mkdir(parents=True, exist_ok=True)
        config, observations = folder / "slawatch.yaml", folder / "observations.jsonl"
        config.write_text(json.dumps(self.config, indent=1))
        observations.write_text("".join(f"{line}\n" for line in self.observations))
        arguments = ["--config", str(config), "--month", self.month, "--customer", "duinzicht"]
        arguments += ["--observations", str(observations)]
        if self.exclusions is not None:
            declared = folder / "exclusions.jsonl"
            declared.write_text("".join(f"{line}\n" for line in self.exclusions))
            arguments += ["--exclusions", str(declared)]
        if self.until is not None:
            arguments += ["--until", self.until]
        return [*arguments, "--format", "json"]


def make(seed: int) -> Month:
    """The random month of a seed.

    One in five is *round*: looks each 100 s over some 10 000 s, so that ratios end after a few decimals and an
    objective can be set to exactly what was attained (`aim`). Three in ten of the others are *fine*: to the microsecond.
    """
    rng = Random(seed)
    whole = rng.random() < 0.2
    fine = not whole and rng.random() < 0.3
    zone, months = rng.choice(ZONES) if rng.random() < 0.6 else ZONES[0]
    month = rng.choice(months)
    starts, ends = month_bounds(month, zone)
    until = starts + rng.randint(1, 3) * 10_000 * SECOND if whole else _until(rng, starts, ends, fine=fine)
    stop = min(ends, until) if until is not None else ends
    config = settings(rng, zone, stop - starts, whole=whole)
    rows = looks(rng, config, starts, stop, fine=fine)
    step = 1 if fine else 100 * SECOND if whole else SECOND
    declared = exclusions(rng, config, starts, stop, [row["at"] for row in rows], step=step)
    if declared is not None:
        declared = with_versions(Random(f"{seed} versions"), declared, zone, notice_days(config), step)
    if rng.random() < 0.15:
        config["maintenance"] = own_windows(rng, zone, starts, stop)
    exclusion_lines = None if declared is None else tuple(map(json.dumps, declared))
    limit = None if until is None else written(until)
    return Month(seed, config, month, lines(rng, rows), exclusion_lines, limit, not fine)


def _until(rng: Random, starts: int, ends: int, *, fine: bool) -> int | None:
    """Often the whole month; sometimes until its last instant or past it; else somewhere in it, often early."""
    kind = rng.random()
    if kind < 0.4:
        return None
    if kind < 0.46:
        return ends + rng.choice((0, 0, SECOND, HOUR, DAY)) + (rng.choice((-1, 0, 1)) if fine else 0)
    reach = rng.choice((2 * HOUR, 8 * HOUR, DAY, 3 * DAY, ends - starts))
    until = starts + rng.randrange(HOUR, reach) // SECOND * SECOND
    return until + rng.randrange(SECOND) if fine else until
