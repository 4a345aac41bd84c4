"""The oracle's statement of a random month beside the replay's JSON: the first difference, in words."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import fields, replace
from fractions import Fraction
from typing import Any

from .grid import at_instants, every_second
from .inputs import Window, micros, read_looks, read_promise, read_windows, written
from .months import Month
from .oracle import statement
from .readings import Readings
from .zone import month_bounds

SECOND = 1_000_000


def expected(month: Month, readings: Readings | None = None, *, by_the_second: bool = False) -> dict[str, Any]:
    """What the design says of a month. `by_the_second`: one cell a second, for months of whole seconds."""
    promise = read_promise(month.config)
    looks = read_looks(list(month.observations))
    windows = list(promise.own_windows) if month.exclusions is None else read_windows(list(month.exclusions))
    starts, ends = month_bounds(month.month, promise.zone)
    until = micros(month.until) if month.until is not None else None
    if until is not None:
        looks = [look for look in looks if look.at < until]
    stop = ends if until is None else min(ends, until)
    if by_the_second:
        grid = every_second(starts, stop)
    else:
        at_look = [at + holds for look in looks for at in (look.at,) for holds in (0, promise.stale_after[look.check])]
        grid = at_instants(starts, stop, [*at_look, *_window_edges(windows)])
    return {"complete": stop == ends, **statement(grid, promise, looks, windows, readings)}


def _window_edges(windows: list[Window]) -> Iterator[int]:
    for window in windows:
        yield from (edge for version in window.versions for edge in (version.starts, version.ends))
        if window.ended is not None:
            yield window.ended


def first_difference(wanted: dict[str, Any], got: dict[str, Any]) -> str | None:
    """Where the replay's JSON first departs from the oracle, as `key: oracle ..., replay ...`; None when it does not."""
    return next(_differences(wanted, got), None)


def turned(month: Month, got: dict[str, Any]) -> list[str]:
    """The readings that, turned alone, make the oracle agree."""
    taken = Readings()
    names = [field.name for field in fields(Readings)]
    return [
        n for n in names if not first_difference(expected(month, replace(taken, **{n: not getattr(taken, n)})), got)
    ]


def _differences(wanted: dict[str, Any], got: dict[str, Any]) -> Iterator[str]:
    yield from _same("complete", wanted["complete"], got["complete"])
    yield from _period(wanted["period"], got["period"])
    yield from _parts("availability", wanted["availability"], got["availability"])
    if wanted["network"] is None or got["network"] is None:
        yield from _same("network", wanted["network"], got["network"])
    else:
        yield from _parts("network", wanted["network"], got["network"])
    yield from _speed(wanted["speed"], got["speed"])
    yield from _outages(wanted["outages"], got["outages"])
    yield from _same("blips", wanted["blips"], got["blips"])
    yield from _exclusions(wanted["exclusions"], got["exclusions"])


def _same(where: str, wanted: object, got: object) -> Iterator[str]:
    """Fractions agree with the float nearest to them, up to the last bits; all else exactly."""
    if isinstance(wanted, Fraction) and isinstance(got, int | float) and not isinstance(got, bool):
        agree = math.isclose(float(wanted), got, rel_tol=1e-14, abs_tol=0.0)
    else:
        agree = wanted == got and (wanted is None) == (got is None)
    if not agree:
        shown = f"{wanted} = {float(wanted)!r}" if isinstance(wanted, Fraction) else repr(wanted)
        yield f"{where}: oracle {shown}, replay {got!r}"


def _instant(where: str, wanted: int | None, got: str | None) -> Iterator[str]:
    if wanted is None or got is None or micros(got) != wanted:
        yield from _same(where, None if wanted is None else written(wanted), got)


def _micros(where: str, wanted: int, got: float) -> Iterator[str]:
    if wanted / SECOND != got:
        yield f"{where}: oracle {wanted / SECOND} s, replay {got} s"


def _period(wanted: dict[str, Any], got: dict[str, Any]) -> Iterator[str]:
    yield from _instant("period.starts", wanted["starts"], got["starts"])
    yield from _instant("period.ends", wanted["ends"], got["ends"])
    yield from _micros("period.seconds", wanted["micros"], got["seconds"])


def _parts(where: str, wanted: dict[str, Any], got: dict[str, Any]) -> Iterator[str]:
    for label, length in wanted["seconds"].items():
        yield from _micros(f"{where}.seconds.{label}", length, got["seconds"][label])
    for key, value in wanted.items():
        if key != "seconds":
            yield from _same(f"{where}.{key}", value, got[key])


def _speed(wanted: dict[str, Any], got: dict[str, Any]) -> Iterator[str]:
    yield from _same("speed.threshold_seconds", Fraction(wanted["threshold_ms"], 1000), got["threshold_seconds"])
    for key in ("objective", "loads", "slow", "share", "met"):
        yield from _same(f"speed.{key}", wanted[key], got[key])
    yield from _p95("speed", wanted, got)
    yield from _same("speed.pages", set(wanted["pages"]), set(got["pages"]))
    for page, row in wanted["pages"].items():
        for key in ("loads", "slow", "share"):
            yield from _same(f"speed.pages.{page}.{key}", row[key], got["pages"][page][key])
        yield from _p95(f"speed.pages.{page}", row, got["pages"][page])


def _p95(where: str, wanted: dict[str, Any], got: dict[str, Any]) -> Iterator[str]:
    ms = wanted["p95_ms"]
    yield from _same(f"{where}.p95_seconds", None if ms is None else Fraction(ms, 1000), got["p95_seconds"])


def _outages(wanted: list[dict[str, Any]], got: list[dict[str, Any]]) -> Iterator[str]:
    yield from _same(
        "outages starts", [written(row["starts"]) for row in wanted], [_canonical(row["starts"]) for row in got]
    )
    for number, (mine, theirs) in enumerate(zip(wanted, got, strict=True)):
        where = f"outages[{number}]"
        yield from _instant(f"{where}.ends", mine["ends"], theirs["ends"])
        yield from _micros(f"{where}.seconds", mine["micros"], theirs["seconds"])
        yield from _same(f"{where}.cause", mine["cause"], theirs["cause"])
        yield from _same(f"{where}.checks", sorted(mine["checks"]), sorted(theirs["checks"]))


def _exclusions(wanted: list[dict[str, Any]], got: list[dict[str, Any]]) -> Iterator[str]:
    keys = ("kind", "starts", "ends", "counted", "seconds", "left_out", "proof", "why")
    theirs = [{key: row[key] for key in keys} for row in got]
    mine = as_json({"exclusions": wanted})["exclusions"]
    yield from _same("exclusions", sorted(mine, key=repr), sorted(theirs, key=repr))
    yield from _same("exclusions order", [row["starts"] for row in mine], [row["starts"] for row in theirs])


def _canonical(text: str) -> str:
    return written(micros(text))


def as_json(wanted: dict[str, Any]) -> dict[str, Any]:
    """The oracle's statement in the JSON's own shape, for a person to lay beside the replay's."""

    def plain(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {_name(k): plain(v, k) for k, v in value.items()}
        if isinstance(value, list | set):
            return [plain(each) for each in (sorted(value) if isinstance(value, set) else value)]
        if key in ("starts", "ends") and value is not None:
            return written(value)
        if isinstance(value, Fraction):
            return float(value)
        if value is not None and not isinstance(value, bool | str) and key in (*LABELS, "micros"):
            return value / SECOND
        return value / 1000 if key in ("p95_ms", "threshold_ms") and value is not None else value

    made: dict[str, Any] = plain(wanted)
    return made


LABELS = ("up", "down", "excluded", "unknown")


def _name(key: str) -> str:
    return {"micros": "seconds", "p95_ms": "p95_seconds", "threshold_ms": "threshold_seconds"}.get(key, key)
