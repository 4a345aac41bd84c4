"""All measurements, one after another: `python -m benchmarks [NAME ...]` prints a table each."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
MEASUREMENTS = (
    "timing_error",
    "look_cost",
    "capacity",
    "mail_delay",
    "ingest",
    "statement",
    "summary",
    "live",
    "restart",
    "scrape",
    "mails",
    "summaries",
    "overview",
    "api",
)


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in MEASUREMENTS]
    if unknown:
        print(f"benchmarks: expected of {', '.join(MEASUREMENTS)}, got {', '.join(unknown)}", file=sys.stderr)
        return 2
    failed = 0
    for name in names or MEASUREMENTS:
        print(f"\n## {name}\n", flush=True)
        failed |= subprocess.run([sys.executable, HERE / f"{name}.py"], check=False).returncode
    return failed


sys.exit(main(sys.argv[1:]))
