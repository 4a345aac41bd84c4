"""The API tried by what its own document says: schemathesis asks what fits it and what does not, and checks the answers.

`make trial` tries it for longer; its options are those of `schemathesis run`.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from pathlib import Path

from api_house import Api, api

from slawatch.logs import set_up

HERE = Path(__file__).parent
SCHEMATHESIS = Path(sys.executable).with_name("schemathesis")
#: Nothing is left behind, and one seed asks the same each time.
ALWAYS = ("--checks", "all", "--generation-database", "none", "--no-color", "--seed", "20261125")
#: Whoever tries tokens revokes its own one day, and then is told nothing but that nobody knows it.
REVOKING = "revokeToken"


async def tried(served: Api, *options: str) -> tuple[int, str]:
    """Exit status and report of a trial."""
    token = await served.token()
    process = await asyncio.create_subprocess_exec(
        SCHEMATHESIS, "--config-file", HERE / "schemathesis.toml", "run", f"{served.url}/api/v1/openapi.json",
        "--header", f"Authorization: Bearer {token}", *ALWAYS, *options,
        env={**os.environ, "PYTHONPATH": str(HERE)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        cwd=served.folder,
    )  # fmt: skip
    told, _ = await process.communicate()
    return await process.wait(), told.decode()


async def _try_long(options: list[str]) -> int:
    set_up(level="error")
    with tempfile.TemporaryDirectory() as folder:
        async with api(Path(folder)) as served:
            for chosen in ("--exclude-operation-id", "--include-operation-id"):
                status, report = await tried(served, chosen, REVOKING, *options)
                print(report)
                if status:
                    return status
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(_try_long(sys.argv[1:])))
