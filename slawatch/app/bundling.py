"""The evidence bundle: a closed month's summary and all that its figures follow from, in one zip."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, BinaryIO

from slawatch import recorded
from slawatch.account import in_force, ledger
from slawatch.model import DAY, Event, Instant
from slawatch.recorded import bundle
from slawatch.recorded.archive import Archive, Packer
from slawatch.recorded.bundle import Listed
from slawatch.reporters.summary.facts import Outage, Revision, Summary
from slawatch.reporters.summary.page.html import as_html
from slawatch.reporters.summary.plain import for_others
from slawatch.reporters.summary.readme import readme
from slawatch.reporters.summary.tables.workbook import as_xlsx
from slawatch.rules.agreed import Agreed
from slawatch.rules.asked import NotClosed
from slawatch.rules.calendar import parse, text
from slawatch.store import Store, StoredStatement, StoredTerms


async def write_bundle(store: Store, summary: Summary, language: str, file: BinaryIO) -> None:
    """Write the bundle of a closed month into `file`, which is empty and can be sought in.

    The same ledger gives the same bytes. The looks of a check and a day are in memory at a time. Raises NotClosed,
    LookupError for a language that is not spoken, and the errors of the store.
    """
    said, revision = summary.statement, summary.revision
    if revision is None:
        raise NotClosed(f"{summary.customer} {said['month']}: the month is not closed yet; expected a closed one")
    closed = await store.statements(summary.customer, said["month"])
    agreed = await ledger.agreed(store, summary.customer, None, revision.as_of)
    if agreed is None:
        raise NotClosed(f"{summary.customer} {said['month']}: the ledger has no terms")
    pack = _Pack(Archive(file))
    pack.whole(bundle.README, readme(summary, revision, language))
    pack.whole(bundle.HTML, await asyncio.to_thread(as_html, summary, language))
    pack.whole(bundle.XLSX, await asyncio.to_thread(as_xlsx, summary, language))
    pack.whole(bundle.STATEMENT, for_others(summary))
    pack.lines(bundle.REVISIONS, (_revision(one) for one in closed if one.revision <= revision.revision))
    pack.lines(bundle.TERMS, map(_terms, await store.terms_history(summary.customer)))
    left_out = await in_force(store, summary.customer, revision.as_of)
    pack.written(bundle.EXCLUSIONS, map(recorded.exclusion_line, left_out))
    await _observations(pack, store, agreed, summary, revision)
    pack.lines(bundle.EVENTS, map(_event, await _events(store, summary)))
    pack.lines(bundle.MESSAGES, _messages(summary))
    about = {
        "slawatch": summary.version,
        "customer": summary.customer,
        "month": said["month"],
        "revision": revision.revision,
        "revision_sha256": revision.digest,
        "inputs_sha256": said["inputs_sha256"],
    }
    pack.finish(about)


class _Pack:
    """Puts files into an archive and remembers what it put there."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._listed: list[Listed] = []

    def whole(self, name: str, contents: bytes) -> None:
        with self._archive.file(name) as packer:
            packer.write(contents)
        self._listed.append(Listed(name, hashlib.sha256(contents).hexdigest(), len(contents), None))

    def lines(self, name: str, rows: Iterable[Mapping[str, Any]]) -> None:
        self.written(name, map(json.dumps, rows))

    def written(self, name: str, lines: Iterable[str]) -> None:
        with self.streamed(name) as stream:
            stream.write(lines)

    @contextmanager
    def streamed(self, name: str) -> Iterator[_Stream]:
        with self._archive.file(name) as packer:
            stream = _Stream(packer)
            yield stream
        self._listed.append(Listed(name, stream.sha.hexdigest(), stream.bytes, stream.rows))

    def finish(self, about: dict[str, Any]) -> None:
        """The two lists, and the end of the archive."""
        self.whole(bundle.MANIFEST, bundle.manifest(about, self._listed))
        with self._archive.file(bundle.SUMS) as packer:
            packer.write(bundle.sums((one.path, one.sha256) for one in self._listed))
        self._archive.close()


class _Stream:
    """Lines that go into a file as they come."""

    def __init__(self, packer: Packer) -> None:
        self._packer = packer
        self.sha = hashlib.sha256()
        self.bytes = self.rows = 0

    def write(self, lines: Iterable[str]) -> None:
        told = list(lines)
        piece = "".join(f"{line}\n" for line in told).encode()
        self.sha.update(piece)
        self.bytes += len(piece)
        self.rows += len(told)
        self._packer.write(piece)


async def _observations(pack: _Pack, store: Store, agreed: Agreed, summary: Summary, revision: Revision) -> None:
    """Each look that the figures follow from, by check and in order, with its context on both sides of the month."""
    starts, ends = (parse(summary.statement["period"][edge]) for edge in ("starts", "ends"))
    begins = await ledger.context(store, agreed, starts)
    until = await ledger.horizon(store, agreed, ends, revision.as_of)
    with pack.streamed(bundle.OBSERVATIONS) as stream:
        for check in agreed.checks:
            async for since, before in _days(store, summary.customer, check, begins[check], until):
                rows = await store.observation_rows(summary.customer, since, before, check)
                told = (recorded.row_line(summary.customer, row) for row in rows)
                await asyncio.to_thread(stream.write, told)


async def _days(
    store: Store, customer: str, check: str, since: Instant, until: Instant
) -> AsyncIterator[tuple[Instant, Instant]]:
    """The stretch cut into days from the first look on; stretches without looks are passed over."""
    while (first := await store.first_look(customer, check, since)) is not None and first < until:
        since = min(first + DAY, until)
        yield first, since


async def _events(store: Store, summary: Summary) -> list[Event]:
    """All that was judged of the outages of the month; one of the statement may be several of the ledger."""
    events = await store.events(summary.customer)
    ids = {one.outage for one in events if any(_within(one.at, outage) for outage in summary.outages)}
    return [one for one in events if one.outage in ids]


def _within(at: Instant, outage: Outage) -> bool:
    return outage.starts <= at and (outage.ends is None or at <= outage.ends)


def _revision(one: StoredStatement) -> dict[str, Any]:
    """`document`: the very text that the digest is taken of."""
    return {
        "revision": one.revision,
        "as_of": text(one.as_of),
        "recorded": text(one.recorded),
        "who": one.who,
        "why": one.why,
        "sha256": one.digest,
        "document": one.document,
    }


def _terms(one: StoredTerms) -> dict[str, Any]:
    """`document`: the very text that the digest is taken of."""
    return {
        "valid_from": text(one.valid_from),
        "recorded": text(one.recorded),
        "sha256": one.digest,
        "document": one.document,
    }


def _event(one: Event) -> dict[str, Any]:
    return {
        "id": one.id,
        "kind": str(one.kind),
        "outage": one.outage,
        "at": text(one.at),
        "recorded": text(one.recorded),
        "checks": list(one.checks),
        "cause": None if one.cause is None else str(one.cause),
    }


def _messages(summary: Summary) -> Iterator[dict[str, Any]]:
    for about, things in (("outage", summary.outages), ("window", summary.windows)):
        for thing in things:
            for one in thing.mails:
                yield {
                    "about": about,
                    "id": thing.id,
                    "starts": text(thing.starts),
                    "contact": one.contact,
                    "says": one.says,
                    "owed": text(one.owed),
                    "accepted": None if one.accepted is None else text(one.accepted),
                    "state": one.state,
                    "relay": one.relay,
                    "proves": one.proves,
                }
