"""The month's close: its statement frozen, and frozen anew when something is declared that changes it.

A closed month is what was known at its close, or at its revision's time (rule 10); whoever computes it as of then comes
to the same text, which is what `verify` does.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from zoneinfo import ZoneInfo

import structlog

from slawatch.account import ledger
from slawatch.account.in_force import in_force
from slawatch.account.month import read_closed, whole
from slawatch.clock import Clock
from slawatch.model import Instant, Message, MessageKind
from slawatch.rules.agreed import Agreed
from slawatch.rules.calendar import Period, month_of, parse
from slawatch.rules.document import Document, exclusions_document
from slawatch.rules.owed import Recipients
from slawatch.rules.owed_summaries import summary_messages
from slawatch.rules.revised import MONTH_CLOSED, why
from slawatch.rules.statement import Span, judged_exclusions
from slawatch.store import Store, StoreBusy, StoredStatement

log = structlog.get_logger()

#: How often it is looked whether a month is due; what is declared has it looked at once.
LOOK_SECONDS = 60.0


async def compute(
    store: Store, customer: str, written: str, as_of: Instant, revision: int = 1, *, sealed: bool = True
) -> Document:
    """A month's statement as the ledger knew it at `as_of`. Raises NothingAgreed.

    Without `sealed` days it is computed from every observation.
    """
    known = await read_closed(store, customer, written, as_of, sealed=sealed)
    return await asyncio.to_thread(known.document, revision)


def text_of(document: Document) -> str:
    """The text that is kept and that digests are taken of."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def seal(before: str, revision: int, as_of: Instant, who: str, why: str, document: str) -> str:
    """The digest of a revision (SHA-256, hex): of its text, of who made it and why, and of the revision before it."""
    heads = json.dumps([before, revision, as_of, who, why])
    return hashlib.sha256(f"{heads}\n{document}".encode()).hexdigest()


class Closing:
    """Closes months that are over and settled, and revises closed ones. `wake` it when something was declared."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        complete: Callable[[], bool] = lambda: True,
        *,
        readers: Mapping[str, Recipients] = MappingProxyType({}),
        owed: Callable[[], None] = lambda: None,
    ) -> None:
        """`complete`: whether all that was seen is in the ledger. `readers`: who is sent each customer's summaries; a
        reload replaces them. `owed`: called when one is owed.
        """
        self._store = store
        self._clock = clock
        self._complete = complete
        self._owed = owed
        self._failing = False
        self.readers = readers
        self.wake = asyncio.Event()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            self.wake.clear()
            try:
                await self.settle(await self._store.customers_with_terms())
                self._failing = False
            except StoreBusy as busy:
                if not self._failing:
                    log.error("closing.waiting", reason=str(busy))
                self._failing = True
            try:
                async with asyncio.timeout(LOOK_SECONDS):
                    await self.wake.wait()
            except TimeoutError:
                continue

    async def settle(self, customers: Iterable[str]) -> None:
        """Close what is due and revise what was changed, of these customers. Raises StoreBusy."""
        for customer in customers:
            agreed = await ledger.agreed(self._store, customer, None)
            if agreed is None or not self._complete():
                continue
            closed = {one.month for one in await self._store.statements(customer)}
            over = await self._over(customer, agreed)
            for which in over:
                if which.month not in closed:
                    await self._keep(
                        customer, which.month, which.as_of, "slawatch", MONTH_CLOSED, None, newest=which is over[-1]
                    )
            await self.revise(customer)

    async def _over(self, customer: str, agreed: Agreed) -> list[Span]:
        """The months, in order, in which the customer was watched and whose looks are all in."""
        at = await self._store.first_at(customer)
        found: list[Span] = []
        while at is not None:
            which = whole(month_of(at, ZoneInfo(agreed.at(at).timezone)), agreed)
            if which.as_of + ledger.LATE > self._clock():
                break
            if any(stage.watched for stage in agreed.stages(which.period)):
                found.append(which)
            at = which.period.ends
        return found

    async def revise(self, customer: str) -> None:
        """A new revision of each of its closed months, where what is left out is not what it was. Raises StoreBusy."""
        latest = {one.month: one for one in await self._store.statements(customer)}
        for stood in latest.values():
            await self._revise(stood, newest=stood.month == max(latest))

    async def _revise(self, stood: StoredStatement, *, newest: bool) -> None:
        """As of the latest declaration: each is in the ledger before the next one's time is taken."""
        agreed = await ledger.agreed(self._store, stood.customer, None, stood.as_of)
        said = [one for one in await self._store.declarations(stood.customer) if one.recorded > stood.as_of]
        if agreed is None or not said:
            return
        try:
            told = json.loads(stood.document)["exclusions"]
        except (ValueError, KeyError, TypeError):
            log.error("statement.damaged", customer=stood.customer, month=stood.month, revision=stood.revision)
            return
        as_of = said[-1].recorded
        period = whole(stood.month, agreed).period
        judged = judged_exclusions(agreed, await in_force(self._store, stood.customer, as_of))
        before, after = (_inside(these, period) for these in (told, exclusions_document(judged, period)))
        if before == after:
            return
        changed = {id_ for id_ in before.keys() | after.keys() if before.get(id_) != after.get(id_)}
        cause = [one for one in said if one.subject.partition("/")[0] in changed] or said
        who = ", ".join(dict.fromkeys(one.who for one in cause))
        await self._keep(stood.customer, stood.month, as_of, who, why(cause), stood, newest=newest)

    async def _keep(
        self,
        customer: str,
        written: str,
        as_of: Instant,
        who: str,
        because: str,
        before: StoredStatement | None,
        *,
        newest: bool,
    ) -> None:
        revision = 1 if before is None else before.revision + 1
        document = text_of(await compute(self._store, customer, written, as_of, revision))
        digest = seal("" if before is None else before.digest, revision, as_of, who, because, document)
        kept = StoredStatement(customer, written, revision, as_of, document, digest, self._clock(), who, because)
        messages = await self._owed_for(kept, newest=newest)
        if await self._store.keep_statement(kept, messages):
            log.info("month.closed", customer=customer, month=written, revision=revision, why=because, digest=digest)
            if messages:
                self._owed()

    async def _owed_for(self, kept: StoredStatement, *, newest: bool) -> tuple[Message, ...]:
        to = self.readers.get(kept.customer)
        if to is None:
            return ()
        before = await self._store.messages(kept.customer, outage=kept.month, kind=MessageKind.SUMMARY)
        return summary_messages(kept.customer, kept.month, kept.revision, to, before, kept.recorded, newest=newest)


def _inside(told: Iterable[Document], period: Period) -> dict[str | None, Document]:
    """What these exclusions mean inside the period, by their ids."""
    return {
        one["id"]: {
            **{key: one[key] for key in ("kind", "counted", "seconds", "proof", "why")},
            "left_out": [
                (max(parse(piece["starts"]), period.starts), min(parse(piece["ends"]), period.ends))
                for piece in one["left_out"]
            ],
        }
        for one in told
    }
