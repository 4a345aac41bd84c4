"""Random months: what `slawatch replay` says against an oracle that was written from the design alone.

Thousands more: `python -m tests.oracle --months 5000 --seed 1000`, and second by second with `--by-the-second`.
"""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from oracle.__main__ import agrees
from oracle.aim import month_of
from oracle.compare import as_json, expected, first_difference
from oracle.replaying import replay_apart

#: Random months of whole seconds, most of them whole, with outages and exclusions; some of those were lengthened late.
WHOLE_SECONDS = (6, 9, 17, 19, 35, 40, 44, 45, 77, 83, 98, 105, 106, 142, 143, 144, 156, 160, 168, 177)
#: A month in which every part of the statement has something.
FULL = 6
#: One path in the statement each, and what a wrong statement could say there.
WRONG = (
    (("availability", "seconds", "down"), -1.0),
    (("availability", "met"), "yes"),
    (("availability", "lower"), 2.0),
    (("network", "seconds", "up"), -1.0),
    (("speed", "slow"), -1),
    (("speed", "pages", "dashboard", "p95_seconds"), -1.0),
    (("outages", 0, "seconds"), -1.0),
    (("outages", 0, "cause"), "weather"),
    (("outages", 0, "ends"), "2026-03-31T22:00:00.000001Z"),
    (("blips",), -1),
    (("exclusions", 0, "counted"), "maybe"),
    (("exclusions", 0, "seconds"), -1.0),
    (("exclusions", 0, "left_out"), [{"starts": "2026-03-01T00:00:00Z", "ends": "2026-03-01T00:00:01Z"}]),
    (("exclusions", 0, "proof"), "hearsay"),
    (("exclusions", 0, "why"), "weather"),
)


@pytest.mark.parametrize("first", range(1, 101, 20))
def test_replay_and_oracle_agree_on_random_months(
    first: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    differing = [seed for seed in range(first, first + 20) if not agrees(month_of(seed), tmp_path)]
    assert not differing, capsys.readouterr().out


@pytest.mark.parametrize("seed", WHOLE_SECONDS)
def test_replay_says_what_counting_every_second_of_a_month_gives(
    seed: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    month = month_of(seed)
    assert month.whole_seconds
    assert agrees(month, tmp_path, by_the_second=True), capsys.readouterr().out


def test_some_of_these_months_have_windows_of_which_only_a_part_is_left_out() -> None:
    shown = [one for seed in WHOLE_SECONDS for one in expected(month_of(seed))["exclusions"]]
    assert {"late_notice", "declared_late"} <= {one["why"] for one in shown if one["left_out"]}


def test_observations_may_come_on_standard_input(tmp_path: Path) -> None:
    month = month_of(12)
    arguments = month.write(tmp_path)
    place = arguments.index("--observations") + 1
    given = Path(arguments[place]).read_text()
    arguments[place] = "-"
    answer = replay_apart(arguments, given)
    assert answer.status == 0, answer.errors
    assert first_difference(expected(month), json.loads(answer.output)) is None


def test_the_same_seed_gives_the_same_month() -> None:
    assert month_of(4) == month_of(4)


@pytest.mark.parametrize(
    ("path", "value"), WRONG, ids=lambda part: ".".join(map(str, part)) if isinstance(part, tuple) else "wrong"
)
def test_the_comparison_sees_a_wrong_figure(path: tuple[str | int, ...], value: object) -> None:
    wanted = expected(month_of(FULL))
    wrong = copy.deepcopy(as_json(wanted))
    assert first_difference(wanted, wrong) is None
    place: Any = wrong
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = value
    assert first_difference(wanted, wrong) is not None
