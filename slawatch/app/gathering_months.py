"""The facts of a closed month for the mail with its summary, from the store: of a revision always the same."""

from __future__ import annotations

import json
from collections.abc import Sequence

from slawatch.account import agreed, in_force
from slawatch.app.summaries import reports
from slawatch.model import Instant, Message, MessageKind, MessageState
from slawatch.reporters.mail import Addressee, Enclosure, Stood, SummaryFacts, Unrenderable, known
from slawatch.rules import exclusions
from slawatch.rules.calendar import Period, parse
from slawatch.rules.mails import as_of
from slawatch.rules.promises import Reports, promises
from slawatch.rules.revised import causes
from slawatch.rules.statement import judged_exclusions
from slawatch.store import Store, StoredStatement


async def summary_facts(store: Store, message: Message, to: Addressee, enclosure: Enclosure) -> SummaryFacts:
    """Raises StoreBusy, and Unrenderable for a revision that there is not."""
    kept = {one.revision: one for one in await store.statements(message.customer, message.outage)}
    if message.sequence not in kept:
        raise Unrenderable(f"{message.id}: the ledger has no such revision")
    before = await _revision_told(store, message)
    since = [one for number, one in kept.items() if (before or message.sequence) < number <= message.sequence]
    whys = [causes(one.why) for one in since]
    return SummaryFacts(
        to,
        await _stood(store, kept[message.sequence]),
        enclosure,
        None if before is None else await _stood(store, kept[before]),
        tuple(dict.fromkeys(cause for named, _ in whys for cause in named)),
        sum(more for _, more in whys),
    )


async def _revision_told(store: Store, message: Message) -> int | None:
    """The latest that the contact was told of before; None for the first mail."""
    rows = await store.messages(message.customer, outage=message.outage, kind=MessageKind.SUMMARY)
    own = [one for one in rows if one.contact == message.contact and one.sequence < message.sequence]
    return max((one.sequence for one in own if _was_told(one, known(message))), default=None)


def _was_told(message: Message, by: Instant) -> bool:
    return message.state is MessageState.ACCEPTED and message.accepted is not None and message.accepted <= by


async def _stood(store: Store, kept: StoredStatement) -> Stood:
    told = json.loads(kept.document)
    period = Period(parse(told["period"]["starts"]), parse(told["period"]["ends"]))
    promised = await agreed(store, kept.customer, None, kept.as_of)
    declared = await in_force(store, kept.customer, kept.as_of)
    judged = () if promised is None else judged_exclusions(promised, declared)
    windows = [one for one in judged if exclusions.meets(one, period)]
    mails: Sequence[Message] = as_of(await store.messages(kept.customer), kept.recorded)
    known_then = Reports() if promised is None else await reports(store, promised, period, kept.recorded)
    judgement = promises(told, windows, mails, known_then, period, kept.recorded)
    return Stood(kept.revision, told, judgement, kept.digest)
