"""Months small enough to work out by hand. Each says its inputs as lines a person can read and its seconds with the sum.

Instants are UTC. A look holds for 40 days here unless the case says otherwise, so that one `up` at the start speaks for
the month and only what the case is about remains. March 2026 in Amsterdam: 2026-02-28T23:00Z to 2026-03-31T22:00Z, 31 days
less one hour = 743 h = 2 674 800 s. The same cases are put to the oracle, which was written apart.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from oracle.compare import expected, first_difference
from oracle.months import Month
from oracle.replaying import replay
from oracle.settings import duinzicht

MARCH = 2_674_800.0
HELD = "40d"


@dataclass(frozen=True)
class Case:
    """`looks`: lines `MM-DD HH:MM:SS check verdict [seconds or cause] [recheck]`, or `... HH:MM:SS/60sx19 ...` for 19 of them
    each 60 s. `windows`: lines `kind starts ends key=value ...`; a line `was starts ends key=value ...` says how
    the window above it was declared before, the oldest first. `settings`: dotted keys of the agreement or of a check.
    `expect`: dotted keys of the statement, and what else `found` knows."""

    fact: str
    looks: str
    expect: dict[str, Any]
    windows: str = ""
    settings: dict[str, Any] = field(default_factory=dict)
    month: str = "2026-03"
    until: str | None = None


def worked_out(case: Case, folder: Path) -> None:
    """Put the case to `slawatch replay` and to the oracle: both must say what was worked out by hand."""
    month = as_month(case)
    answer = replay(month.write(folder))
    assert answer.status == 0, answer.errors
    got = json.loads(answer.output)
    assert {key: found(got, key) for key in case.expect} == case.expect
    assert first_difference(expected(month), got) is None


def as_month(case: Case) -> Month:
    looks = [row for line in case.looks.splitlines() for row in look_rows(line.split(), case.month[:4])]
    pages = sorted({row["check"] for row in looks} - {"http"})
    config = configuration(pages, http=any(row["check"] == "http" for row in looks))
    for key, value in case.settings.items():
        turn(config, key, value)
    windows = window_rows(case.windows, case.month[:4])
    return Month(
        0,
        config,
        case.month,
        tuple(map(as_line, looks)),
        tuple(map(json.dumps, windows)),
        case.until,
        whole_seconds=False,
    )


def configuration(pages: list[str], *, http: bool) -> dict[str, Any]:
    config: dict[str, Any] = {
        "agreement": {
            "name": "Tommy 2.0",
            "timezone": "Europe/Amsterdam",
            "availability": {"objective": "99.90%", "checks": pages, "coverage": "99%"},
            "speed": {"objective": "95%", "within": "3s", "pages": pages},
            "maintenance": {"notice": "5d"},
            "confirm": {"failures": 2, "within": "10m", "recheck": "5s", "blips": "up"},
        },
        "login": {
            "path": "/login",
            "username": "#u",
            "password": "#p",
            "submit": "button",
            "inside": "nav",
            "outside": "form",
        },
        "pages": {
            page: {"path": f"/{page}", "ready": f"#{page}", "every": "60s", "timeout": "20s", "stale_after": HELD}
            for page in pages
        },
        "customers": [duinzicht()],
        "mail": {"sender": "storing@example.org", "relays": ["smtp://mail.example.org:587"]},
        "store": "sqlite:///slawatch.db",
    }
    if http:
        config["http"] = {"path": "/health", "every": "15s", "timeout": "5s", "stale_after": HELD}
    return config


def turn(config: dict[str, Any], key: str, value: object) -> None:
    """Set `timezone`, `confirm.failures` and the like, or a page's `dashboard.stale_after`; None takes a key away."""
    *path, last = key.split(".")
    place = config["agreement"]
    for part in path:
        place = place[part] if part in place else config["pages"][part]
    if value is None:
        del place[last]
    else:
        place[last] = value


def look_rows(words: list[str], year: str) -> list[dict[str, Any]]:
    day, time, check, verdict, *rest = words
    time, _, repeated = time.partition("/")
    every, _, times = repeated.partition("sx")
    first = datetime.fromisoformat(f"{year}-{day}T{time}+00:00")
    row: dict[str, Any] = {"check": check, "verdict": verdict}
    if rest:
        row["seconds" if verdict == "up" else "cause"] = rest[0]
    if "recheck" in rest:
        row["recheck"] = True
    return [
        {"at": (first + timedelta(seconds=int(every or 0) * n)).isoformat().replace("+00:00", "Z"), **row}
        for n in range(int(times or 1))
    ]


def as_line(row: dict[str, Any]) -> str:
    """The row as JSON, its seconds as the case wrote them."""
    seconds = row.get("seconds")
    line = json.dumps({key: value for key, value in row.items() if key != "seconds"})
    return line if seconds is None else f'{line[:-1]}, "seconds": {seconds}}}'


def window_rows(lines: str, year: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for line in lines.splitlines():
        head, *options = line.split("=")
        kind, *words = head.split()
        row = {"starts": _instant(year, *words[:2]), "ends": _instant(year, *words[2:4])}
        row |= _options(words[4:], options, year)
        if kind == "was":
            rows[-1].setdefault("versions", []).append(row)
        else:
            majeure = {"approved_by": "J. de Vries", "reason": "storm"} if kind == "force_majeure" else {}
            rows.append({"kind": kind, **row, **majeure})
    return rows


def _options(first: list[str], options: list[str], year: str) -> dict[str, str]:
    """`key=value key=value`, cut at the equal signs: each value is followed by the next key."""
    row = {}
    key = first[0] if first else ""
    for option in options:
        value = option.split()
        taken = 1 if key in ("announced_by", "reason") else 2
        row[key] = value[0] if taken == 1 else _instant(year, *value[:2])
        key = value[taken] if len(value) > taken else ""
    return row


def _instant(year: str, day: str, time: str) -> str:
    return f"{year}-{day}T{time}Z"


def found(statement: dict[str, Any], key: str) -> Any:
    """The statement's value at a dotted key; outages and exclusions as tuples, in their order.

    `notices`: of each exclusion the seconds that are left out, the proof and what is wrong. `pieces`: what is left out.
    """
    if key == "outages":
        return [(o["starts"], o["ends"], o["seconds"], o["cause"], sorted(o["checks"])) for o in statement["outages"]]
    if key == "exclusions":
        return [(e["kind"], e["starts"], e["ends"], e["counted"]) for e in statement["exclusions"]]
    if key == "notices":
        return [(e["seconds"], e["proof"], e["why"]) for e in statement["exclusions"]]
    if key == "pieces":
        return [(piece["starts"], piece["ends"]) for e in statement["exclusions"] for piece in e["left_out"]]
    place: Any = statement
    for part in key.split("."):
        place = place[part]
    return place
