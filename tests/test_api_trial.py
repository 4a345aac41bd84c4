"""What the API's document says is what is served: nothing that fits it fails, and nothing that does not is taken."""

from __future__ import annotations

import re
from pathlib import Path

from api_house import api
from api_trial import REVOKING, tried


async def test_whatever_is_asked_by_the_document_is_answered_by_it(tmp_path: Path) -> None:
    async with api(tmp_path) as served:
        options = ("--exclude-operation-id", REVOKING, "--phases", "examples,coverage,fuzzing", "--max-examples", "3")
        status, report = await tried(served, *options)

    assert status == 0, report
    found = re.search(r"(\d+) generated, \1 passed", report)
    assert found is not None, report
    assert int(found[1]) > 1000
