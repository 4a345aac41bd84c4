"""`python -m tests.oracle --months 2000 --seed 1`: thousands of random months, replay against oracle.

Exact to the microsecond, between the instants that occur; with `--by-the-second` second by second, which is slower.
Exit status 1 at a difference: its seed, the first difference, and the folder with the inputs and both answers.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from itertools import count
from pathlib import Path

from .aim import month_of
from .compare import as_json, expected, first_difference, turned
from .months import Month
from .replaying import replay


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.oracle", description=__doc__)
    parser.add_argument("--months", type=int, default=2000, help="how many random months (2000)")
    parser.add_argument("--seed", type=int, default=1, help="the first month's seed; the others follow (1)")
    parser.add_argument("--stop-after", type=int, default=5, help="how many differences to show (5)")
    parser.add_argument(
        "--by-the-second",
        action="store_true",
        help="count every second; months of fractions of seconds are passed over",
    )
    parser.add_argument("--folder", type=Path, help="where the inputs of differing months go (a new temporary folder)")
    chosen = parser.parse_args()
    folder = chosen.folder or Path(tempfile.mkdtemp(prefix="oracle-"))
    began, compared, differing = time.monotonic(), 0, 0
    seeds = count(chosen.seed)
    while compared < chosen.months and differing < chosen.stop_after:
        month = month_of(next(seeds))
        if month.whole_seconds or not chosen.by_the_second:
            compared += 1
            differing += not agrees(month, folder, by_the_second=chosen.by_the_second)
    print(f"{compared} months, {differing} differ, {time.monotonic() - began:.0f} s")
    return 1 if differing else 0


def agrees(month: Month, folder: Path, *, by_the_second: bool = False) -> bool:
    """Whether replay and oracle say the same of a month; where not, its inputs and answers stay in the folder."""
    seed = month.seed
    here = folder / f"seed-{seed}"
    arguments = month.write(here)
    answer = replay(arguments)
    if answer.status == 0:
        got = json.loads(answer.output)
        difference = first_difference(expected(month, by_the_second=by_the_second), got)
        also = turned(month, got) if difference else []
    else:
        difference, also = f"exit status {answer.status}: {answer.errors}", []
    if difference is None:
        for path in here.iterdir():
            path.unlink()
        here.rmdir()
        return True
    (here / "replay.json").write_text(answer.output)
    (here / "oracle.json").write_text(json.dumps(as_json(expected(month)), indent=2))
    (here / "command.txt").write_text("slawatch replay " + " ".join(arguments) + "\n")
    reading = f" (agrees under the other reading of: {', '.join(also)})" if also else ""
    print(f"seed {seed}: {difference}{reading}\n    {here}", flush=True)
    return False


if __name__ == "__main__":
    sys.exit(main())
