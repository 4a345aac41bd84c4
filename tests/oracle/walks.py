"""The looks of a random month: each check walks through episodes of fine, blip, outage, flapping, unknown and silence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from random import Random
from typing import Any

from .inputs import SECOND, length, written

Row = dict[str, Any]
PAGE_DOWNS = ("dns", "connect", "tls", "http_4xx", "http_5xx", "timeout_server", "timeout_ready", "selector_missing")
HTTP_DOWNS = ("dns", "connect", "tls", "http_4xx", "http_5xx", "http_5xx", "timeout_server")
PAGE_UNKNOWNS = (
    "monitor_network",
    "monitor_browser",
    "monitor_overload",
    "monitor_missed",
    "blocked",
    "login_rejected",
)
HTTP_UNKNOWNS = ("monitor_network", "monitor_missed", "blocked")
#: Load times as someone may write them: at the threshold, just past it, and with digits that a float would not keep.
TIMES = ("3", "3.0", "3.000", "2.9999", "3.0001", "3.00000001", "1.1", "3e0", "2.001", "2.5", "0.1", "29.9", "1.0")
MOST = 1500


def looks(rng: Random, config: dict[str, Any], starts: int, stop: int, *, fine: bool) -> list[Row]:
    """All checks' looks, from a while before the period to a while after it, with its edges hit on purpose."""
    checks = dict(config["pages"])
    if "http" in config:
        checks["http"] = config["http"]
    unsteady, typical = rng.choice((0.002, 0.02, 0.1, 0.4)), rng.choice((0.0, 0.02, 0.3))
    rows: dict[tuple[str, int], Row] = {}
    earlier: list[Row] = []
    for name, check in checks.items():
        every = length(check["every"])
        stale = length(check["stale_after"]) if "stale_after" in check else 3 * every
        confirm = config["agreement"]["confirm"]
        walk = Walk(rng, name, every, stale, length(confirm["within"]), confirm["failures"], unsteady, typical, fine)
        first = starts - rng.choice((-2, 0, 1, 2, 5, 20)) * every
        if not walk.steady and rng.random() < 0.5:
            first += rng.randrange(every) // SECOND * SECOND
        mine = walk.looks(first, stop + rng.choice((0, 0, 1, 5, 30)) * every)
        mine += _shared(rng, walk, earlier) if earlier else []
        if rng.random() < 0.3:
            edges = [t for t in (starts - SECOND, starts, stop - SECOND, stop) if rng.random() < 0.6]
            mine += [walk.one(t, rng.choice(("up", "down", "unknown"))) for t in edges]
        for row in mine:
            rows.setdefault((name, row["at"]), row)
        earlier += mine
    return list(rows.values())


def lines(rng: Random, rows: list[Row]) -> tuple[str, ...]:
    """The rows as JSON lines in any order, the seconds as the decimal that was drawn and not as a float would be."""
    rest = rng.choice(("", "", ',"node":"main"', ',"customer":"duinzicht","node":"main"'))
    made = [_line(row)[:-1] + rest + "}" for row in rows]
    rng.shuffle(made)
    return tuple(made)


def _line(row: Row) -> str:
    parts = [f'"at":"{written(row["at"])}"', f'"check":"{row["check"]}"', f'"verdict":"{row["verdict"]}"']
    if "cause" in row:
        parts.append(f'"cause":"{row["cause"]}"')
    if "seconds" in row:
        parts.append(f'"seconds":{row["seconds"]}')
    if row.get("recheck"):
        parts.append('"recheck":true')
    return "{" + ",".join(parts) + "}"


def _shared(rng: Random, walk: Walk, earlier: list[Row]) -> list[Row]:
    """One fault in several checks: down at the same instants, or down from the instant at which another came up."""
    kind = rng.random()
    if kind < 0.3:
        return [walk.one(row["at"], "down") for row in earlier if row["verdict"] == "down"]
    ups = [row["at"] for before, row in pairwise(earlier) if _recovers(before, row)]
    if kind < 0.7 and ups:
        taken = rng.sample(ups, min(len(ups), 5))
        return [walk.one(at + n * SECOND, "down") for at in taken for n in range(walk.failures)]
    return []


def _recovers(before: Row, row: Row) -> bool:
    return bool(row["check"] == before["check"] and before["verdict"] == "down" and row["verdict"] == "up")


@dataclass
class Walk:
    """One check's life. `every`, `stale`, `within`: microseconds; `unsteady`: how often a look starts an episode;
    `typical`: how often a load time comes from `TIMES`; `fine`: gaps to the microsecond."""

    rng: Random
    name: str
    every: int
    stale: int
    within: int
    failures: int
    unsteady: float
    typical: float
    fine: bool

    @property
    def steady(self) -> bool:
        """A round month: every look on its grid of 100 s, so that ratios are round too."""
        return self.every == 100 * SECOND

    def looks(self, first: int, last: int) -> list[Row]:
        rows: list[Row] = []
        at = first
        while at <= last and len(rows) < MOST:
            for step in self._episode() if self.rng.random() < self.unsteady else ["up"]:
                if step == "gap":
                    at += self._edge()
                elif step == "silence":
                    at += self.rng.randrange(1, 40) * self.every
                else:
                    rows.append(self.one(at, step))
                    if step == "down" and not self.steady and self.rng.random() < 0.3:
                        rows.append({**self.one(at + 5 * SECOND, self.rng.choice(("up", "down"))), "recheck": True})
                    at += self._edge() if step != "up" and self.rng.random() < 0.3 else self._pace()
        return rows

    def _pace(self) -> int:
        if self.steady or self.rng.random() < 0.9:
            return self.every
        jitter = self.rng.randrange(-self.every // 2, self.every)
        return max(6 * SECOND, self.every + (jitter if self.fine else jitter // SECOND * SECOND))

    def _edge(self) -> int:
        """A gap at, just under or just over `within` or `stale_after`."""
        if self.steady:
            return self.rng.choice((self.every, self.stale))
        nudge = self.rng.choice((-1, 0, 1)) * (1 if self.fine else SECOND)
        return self.rng.choice((self.within, self.stale)) + nudge

    def _episode(self) -> list[str]:
        rng, n = self.rng, self.failures
        episodes: tuple[Callable[[], list[str]], ...] = (
            lambda: ["down"] * rng.randint(1, max(1, n - 1)) + ["up"],
            lambda: ["down"] * rng.randint(n, n + 6) + ["up"],
            lambda: ["down"] * (n - 1) + ["gap"] + ["down"] * rng.randint(1, n + 1),
            lambda: [rng.choice(("up", "down")) for _ in range(rng.randint(2, 10))],
            lambda: [rng.choice(("down", "down", "unknown", "gap")) for _ in range(rng.randint(3, 12))],
            lambda: ["unknown"] * rng.randint(1, 6),
            lambda: ["up", "gap", "up"],
            lambda: ["silence"],
            lambda: ["down"] * n + ["unknown"] * rng.randint(1, 4) + rng.choice((["up"], ["down"], ["silence", "up"])),
        )
        return rng.choice(episodes)()

    def one(self, at: int, verdict: str) -> Row:
        """A look with all that goes with its verdict."""
        rng, http = self.rng, self.name == "http"
        row: Row = {"at": at, "check": self.name, "verdict": verdict}
        if verdict != "up":
            downs, unknowns = (HTTP_DOWNS, HTTP_UNKNOWNS) if http else (PAGE_DOWNS, PAGE_UNKNOWNS)
            row["cause"] = rng.choice(downs if verdict == "down" else unknowns)
        if verdict == "up" or rng.random() < 0.3:
            row["seconds"] = self._time()
        if verdict == "up" and rng.random() < 0.03:
            row["recheck"] = True
        return row

    def _time(self) -> str:
        rng = self.rng
        if rng.random() < self.typical:
            return rng.choice(TIMES)
        taken = rng.uniform(2.9, 9) if rng.random() < 0.04 else rng.uniform(0.3, 1.2)
        return f"{taken:.{rng.choice((1, 2, 3, 4, 17))}f}"
