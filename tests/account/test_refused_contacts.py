"""A contact that was refused for good before a month was closed: what becomes of the mail later changes no closed month."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from small_slawatch import PARK, RECIPIENTS, Small, living, terms
from test_month_close import CLOSED, MIDNIGHT, a_month, faults, settle
from test_summaries import configured, said

from slawatch.account import in_force
from slawatch.app.summaries import summarize
from slawatch.model import DAY, HOUR, MINUTE, Contact, DeclarationKind, MessageKind
from slawatch.rules.calendar import text
from slawatch.rules.owed import owed

BEGUN = MIDNIGHT - 7 * DAY
TIMES = {"starts": text(MIDNIGHT - 2 * HOUR), "ends": text(MIDNIGHT - 90 * MINUTE), "reason": "new_version"}
RELAY = "mail.example.org:587"


async def announce(small: Small) -> str:
    """A window that one contact was told of and another was not, who has no mailbox; the id of the latter's mail."""
    told, refused = (
        owed(MessageKind.MAINTENANCE, PARK, "w1", 1, Contact(address, "nl"), RECIPIENTS, small.now, threads={})
        for address in ("pia@example.org", "jan@example.org")
    )
    await small.store.declare([said("w1", DeclarationKind.WINDOW_ANNOUNCED, "w1", small.now, **TIMES)], [told, refused])
    await small.store.claim(small.now, 10)
    await small.store.settle_accepted(told.id, small.now, RELAY, "250 ok")
    await small.store.settle_failed(refused.id, "550 no such user")
    return refused.id


async def retried(small: Small, id_: str) -> None:
    await small.store.retry(id_)


async def accepted(small: Small, id_: str) -> None:
    await small.store.retry(id_)
    await small.store.claim(small.now, 10)
    await small.store.settle_accepted(id_, small.now, RELAY, "250 ok")


async def refused_again(small: Small, id_: str) -> None:
    await small.store.retry(id_)
    await small.store.claim(small.now, 10)
    await small.store.settle_failed(id_, "550 no such user")


async def dropped(small: Small, id_: str) -> None:
    await small.store.drop(id_, "told by telephone")


@pytest.mark.parametrize("becomes", [retried, accepted, refused_again, dropped])
async def test_what_becomes_of_a_refused_mail_after_the_close_changes_no_closed_month(
    tmp_path: Path, becomes: Callable[[Small, str], Awaitable[None]]
):
    async with living(tmp_path, BEGUN, terms()) as small:
        refused = await announce(small)
        await a_month(small, tmp_path)
        (stood,) = await settle(small, CLOSED)
        config = configured(tmp_path)
        before = await summarize(small.store, config, PARK, "2026-03", CLOSED)
        small.now = CLOSED + HOUR
        await becomes(small, refused)
        after = await summarize(small.store, config, PARK, "2026-03", CLOSED + DAY)

        assert [one["proof"] for one in json.loads(stood.document)["exclusions"]] == ["mail"]
        assert await faults(small) == [None]
        assert after == before


async def test_a_refused_mail_that_is_tried_again_takes_no_proof_back_before_it_is_accepted(tmp_path: Path):
    async with living(tmp_path, BEGUN, terms()) as small:
        refused = await announce(small)
        small.now += HOUR
        await small.store.retry(refused)
        (meanwhile,) = await in_force(small.store, PARK)
        await small.store.claim(small.now, 10)
        await small.store.settle_accepted(refused, small.now, RELAY, "250 ok")
        (told,) = await in_force(small.store, PARK)

    assert [one.announced for one in (meanwhile, told)] == [BEGUN, BEGUN + HOUR]
