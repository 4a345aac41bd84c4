"""A closed month that comes back from a backup holds, and who recorded it goes on."""

import asyncio
from pathlib import Path

from click.testing import CliRunner
from small_slawatch import PARK, UP, living, terms
from test_month_close import CLOSED, MIDNIGHT, SETTLED, a_month, settle

from slawatch.cli.main import cli
from slawatch.model import HOUR


def test_a_restored_store_verifies_and_the_next_life_goes_on_from_it(tmp_path: Path):
    async def first_life() -> None:
        async with living(tmp_path, MIDNIGHT - 3 * HOUR, terms()) as small:
            await a_month(small, tmp_path)
            await settle(small, CLOSED)
            assert verb("backup", str(tmp_path / "copy.db")).startswith(f"{tmp_path}/copy.db: a whole copy of ")

    async def next_life() -> None:
        async with living(tmp_path, SETTLED + HOUR, terms()) as small:
            await small.seen_by_all(UP)
            assert [one.revision for one in await small.store.statements(PARK)] == [1]

    def verb(*arguments: str) -> str:
        answer = CliRunner().invoke(cli, [*arguments, "--config", str(tmp_path / "slawatch.yaml")])
        assert answer.exit_code == 0, answer.exception
        return answer.output

    asyncio.run(first_life())
    (tmp_path / "slawatch.db").unlink()
    verb("restore", str(tmp_path / "copy.db"))
    assert verb("verify", PARK) == "duinzicht 2026-03 revision 1: holds (37 rows)\n"
    asyncio.run(next_life())
    assert verb("verify", PARK) == "duinzicht 2026-03 revision 1: holds (43 rows)\n"
