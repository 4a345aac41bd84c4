"""Does an evidence bundle hold? By itself alone: no store, no configuration."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from itertools import groupby
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from slawatch import recorded
from slawatch.account import ledger
from slawatch.account.closing import seal
from slawatch.account.month import whole
from slawatch.account.verifying import differences
from slawatch.model import Instant
from slawatch.recorded import BadRecording, Recorded, bundle
from slawatch.recorded.archive import BadArchive
from slawatch.recorded.bundle_reading import Bundle
from slawatch.replay import DayDigest, digest_of_days, rows_digest
from slawatch.rules import records
from slawatch.rules.agreed import Agreed
from slawatch.rules.calendar import day, parse, text
from slawatch.rules.document import Document, document
from slawatch.rules.statement import settle
from slawatch.store import StoredTerms

#: So many differences are named of each part, and so much of each.
MOST_FAULTS, LONGEST_FAULT = 20, 500
#: Shares as terms have them; anything else that reads as a number could take forever to read.
_SHARE = re.compile(r"\d{1,18}(/[1-9]\d{0,17})?", re.ASCII)

#: What reading values that are not what they should be ends in.
_AMISS = (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError, RecursionError, AssertionError)


@dataclass(frozen=True, slots=True)
class CheckedBundle:
    """What a bundle says that it is, as far as it could be read, and its `faults`, each in one line; none: it holds.

    `sha256`: of the revision. `looks`: from how many the statement was computed anew.
    """

    faults: tuple[str, ...]
    customer: str | None = None
    month: str | None = None
    revision: int | None = None
    sha256: str | None = None
    looks: int = 0


def check_bundle(file: BinaryIO) -> CheckedBundle:
    """Whether each file is what the lists say, and the statement what follows from looks, terms and exclusions.

    `file`: open for reading, and can be sought in. Reads it several times; memory does not grow with the looks.
    """
    name, faults = CheckedBundle(()), list[str]()
    try:
        found = Bundle(file)
        faults += _lists(found)
        told, chain = found.json(bundle.STATEMENT), [*found.rows(bundle.REVISIONS)]
        name = CheckedBundle((), told["customer"], told["month"], told["revision"], told["closed"]["sha256"])
        faults += _about(found, name, told["inputs_sha256"])
        faults += _frozen(told, chain)
        again, looks = _computed(found, name, parse(chain[-1]["as_of"]))
        faults += _first(f"{bundle.STATEMENT}: {one}" for one in differences(_bare(told), again))
        return replace(name, faults=tuple(map(_line, faults)), looks=looks)
    except BadArchive as bad:
        faults.append(str(bad))
    except BadRecording as bad:
        faults += _first(bad.faults)
    except _AMISS:
        faults.append("it does not hold the statement of a closed month, with what that follows from")
    return replace(name, faults=tuple(map(_line, faults)))


def _lists(found: Bundle) -> Iterator[str]:
    """Each file against the manifest, and everything against the sums."""
    there = {name: found.listed(name) for name in (*bundle.LISTED, bundle.MANIFEST)}
    listed = found.json(bundle.MANIFEST)
    rows = listed.get("files") if isinstance(listed, dict) else None
    said = {one.get("path"): one for one in rows if isinstance(one, dict)} if isinstance(rows, list) else {}
    for name in bundle.LISTED:
        for key, value in asdict(there[name]).items():
            if name not in said:
                yield f"{name}: the manifest does not list it"
                break
            if said[name].get(key) != value:
                yield f"{name}: {key}: the manifest says {json.dumps(said[name].get(key))}, found {json.dumps(value)}"
    if [*said] != [*bundle.LISTED] or len(said) != len(rows or ()):
        yield f"{bundle.MANIFEST}: it does not list the files of a bundle, each once"
    if b"".join(found.pieces(bundle.SUMS)) != bundle.sums((one.path, one.sha256) for one in there.values()):
        yield f"{bundle.SUMS}: it does not say the SHA-256 of the files that are there"


def _about(found: Bundle, name: CheckedBundle, inputs: Any) -> Iterator[str]:
    """What the manifest says of the bundle, against the statement."""
    listed = found.json(bundle.MANIFEST)
    said = {
        "format": bundle.FORMAT,
        "customer": name.customer,
        "month": name.month,
        "revision": name.revision,
        "revision_sha256": name.sha256,
        "inputs_sha256": inputs,
    }
    for key, value in said.items():
        if listed.get(key) != value:
            yield f"{bundle.MANIFEST}: {key}: told {json.dumps(listed.get(key))}, expected {json.dumps(value)}"


def _frozen(told: Document, chain: list[Any]) -> Iterator[str]:
    """The texts that the month was frozen as, along their digests, the last of them being the statement."""
    before = ""
    for number, one in enumerate(chain, 1):
        sealed = seal(before, one["revision"], parse(one["as_of"]), one["who"], one["why"], one["document"])
        if (one["revision"], one["sha256"]) != (number, sealed):
            yield f"{bundle.REVISIONS}:{number}: its text, or who made it and why, is not what its digest was taken of"
        before = one["sha256"]
    last = chain[-1]
    closed = {"at": last["recorded"], "who": last["who"], "why": last["why"], "sha256": last["sha256"]}
    yield from _first(f"{bundle.STATEMENT}: {one}" for one in differences(told["closed"], closed, "closed"))
    yield from _first(f"{bundle.REVISIONS}: {one}" for one in differences(json.loads(last["document"]), _bare(told)))


def _bare(told: Document) -> Document:
    """The statement as it was frozen."""
    return {key: value for key, value in told.items() if key != "closed"}


def _computed(found: Bundle, name: CheckedBundle, as_of: Instant) -> tuple[Document, int]:
    """The statement from looks, terms and exclusions, and how many looks that were."""
    agreed = ledger.by_date([_terms(name.customer, row) for row in found.rows(bundle.TERMS)], as_of)
    if agreed is None or name.month is None or name.revision is None:
        raise BadArchive(f"{bundle.TERMS}: expected what was agreed")
    customer, which = agreed.latest.customer, replace(whole(name.month, agreed), as_of=as_of)
    ever = replace(agreed.latest, checks=agreed.checks)
    declared = recorded.exclusions(found.lines(bundle.EXCLUSIONS), bundle.EXCLUSIONS, customer, {customer: ever})
    books, days, looks = _read(agreed, recorded.in_order(found.lines(bundle.OBSERVATIONS), bundle.OBSERVATIONS, ever))
    made = settle(agreed, which, records.records(books), declared)
    inputs = digest_of_days(agreed, which, days, declared)
    return json.loads(json.dumps(document(made, inputs_sha256=inputs, revision=name.revision))), looks


def _terms(customer: str | None, row: Any) -> StoredTerms:
    """Raises BadArchive for terms that are not what their digest was taken of, or another's."""
    written, valid_from = row["document"], parse(row["valid_from"])
    where = f"{bundle.TERMS}: what holds from {text(valid_from)} on"
    if hashlib.sha256(written.encode()).hexdigest() != row["sha256"]:
        raise BadArchive(f"{where} is not what its digest was taken of")
    kept = json.loads(written)
    if kept is not None:
        shares = (kept["availability"]["objective"], kept["availability"]["coverage"], kept["speed"]["objective"])
        sound = all(map(_SHARE.fullmatch, shares)) and _is_zone(kept["timezone"])
        if kept["customer"] != customer or not sound:
            raise BadArchive(f"{where} is not agreed with {customer!r}")
    return StoredTerms(customer or "", valid_from, row["sha256"], written, parse(row["recorded"]))


def _is_zone(name: str) -> bool:
    try:
        return bool(ZoneInfo(name))
    except OSError:  # a folder of zones, such as Europe
        return False


def _read(
    agreed: Agreed, looks: Iterable[Recorded]
) -> tuple[dict[str, records.CheckBook], dict[str, list[DayDigest]], int]:
    """Books and digests of days, a check's day at a time."""
    books, zone, number = records.books(agreed), ZoneInfo(agreed.latest.timezone), 0
    days: dict[str, list[DayDigest]] = {}
    for (check, starts), of_day in groupby(looks, key=lambda one: (one.check, day(one.at, zone).starts)):
        rows = list(of_day)
        books[check].feed(rows)
        days.setdefault(check, []).append(DayDigest(starts, rows_digest(rows)))
        number += len(rows)
    return books, days, number


def _first(faults: Iterable[str]) -> Iterator[str]:
    """As many as a person reads."""
    for number, fault in enumerate(faults):
        if number == MOST_FAULTS:
            yield "... and more"
            return
        yield fault


def _line(fault: str) -> str:
    """What strangers wrote into it steers no terminal."""
    return "".join(letter if letter.isprintable() else " " for letter in fault)[:LONGEST_FAULT]
