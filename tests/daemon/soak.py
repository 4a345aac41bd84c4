"""Kill -9 at random moments while faults come and go; afterwards nothing is lost, doubled or left behind.

    python tests/daemon/soak.py [--rounds 10] [--seed 1]

A round: a daemon starts, switches flip, the mail server may be away, and everything of ours is killed, also in the
middle of its start. The suite runs a short one.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from lineage import descendants, gone
from stage import Stage, stage

from slawatch import clock
from slawatch.rules.calendar import month_of

ZONE = ZoneInfo("Europe/Amsterdam")


async def soak(here: Stage, rounds: int, random: Random) -> dict[str, Any]:
    """The counts of what was seen. Raises AssertionError."""
    below: set[int] = set()
    closed: list[dict[str, Any]] = []
    for _ in range(rounds):
        await here.spawn() if random.random() < 0.3 else await here.start()
        for _ in range(random.randint(0, 4)):
            await here.switch(unavailable=random.random() < 0.5)
            if random.random() < 0.2:
                await here.mail_server.kill()
            await asyncio.sleep(random.uniform(0, 2.5))
        below |= set(descendants(here.daemon.pid))
        here.daemon.kill()
        await here.daemon.wait()
        if here.mail_server.process is None:
            await here.mail_server.start()
        if not (here.folder / "slawatch.db").exists():
            continue  # killed before there was one
        report, replayed = await here.report_and_replay(month_of(clock.now(), ZONE))
        assert report == replayed
        for outage in closed:
            assert outage in report["outages"], "a closed outage changes no more"
        closed = [outage for outage in report["outages"] if outage["ends"] is not None]
    await here.start()
    await here.switch(all_off=True)
    await here.seeing("up")
    await here.until(
        lambda: not here.select("SELECT 1 FROM messages WHERE state != 'accepted'"), "all mail is accepted"
    )
    below |= set(descendants(here.daemon.pid))
    assert await here.stop() == 0
    await gone(below)
    assert list(here.temporary.iterdir()) == [], "nothing is left of any browser"
    return await verdict(here, closed)


async def verdict(here: Stage, closed: list[dict[str, Any]]) -> dict[str, Any]:
    report, replayed = await here.report_and_replay(month_of(clock.now(), ZONE))
    assert report == replayed
    assert all(outage in report["outages"] for outage in closed)
    owed = here.select("SELECT outage, contact, kind, sequence, message_id FROM messages")
    assert len({row[:4] for row in owed}) == len({row[4] for row in owed}) == len(owed)
    received = here.mail_server.received
    assert set(received) == {row[4] for row in owed}, "each mail was accepted at least once, and no other"
    log = here.log.read_text()
    assert "Traceback" not in log
    assert "crashed" not in log
    return {
        "outages": len(report["outages"]),
        "blips": report["blips"],
        "mails": len(owed),
        "mailed_twice": len(received) - len(owed),
        "unknown_seconds": report["availability"]["seconds"]["unknown"],
    }


async def _main(rounds: int, seed: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with stage(Path(folder)) as here:
            try:
                print(await soak(here, rounds, Random(seed)))
            except BaseException:
                sys.stderr.write(here.log.read_text()[-20_000:])
                raise


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    asyncio.run(_main(arguments.rounds, arguments.seed))
