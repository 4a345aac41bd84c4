"""What goes into the store at once, and what comes out of it beside the nouns of `model`."""

from __future__ import annotations

from dataclasses import dataclass

from slawatch.model import Cause, Event, Instant, Message, Observation


@dataclass(frozen=True, slots=True)
class Batch:
    """What becomes true together: looks, what was judged of them, and what is owed because of it."""

    observations: tuple[Observation, ...] = ()
    events: tuple[Event, ...] = ()
    messages: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenOutage:
    """An outage that is not over. `events`: all of it so far, in the order in which they were judged.

    `starts`: the earliest instant that its events speak of. `checks`: all that were down in it, in the order in which
    they came. `cause`: that of the earliest down look.
    """

    id: str
    customer: str
    starts: Instant
    checks: tuple[str, ...]
    cause: Cause | None
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class StoredTerms:
    """What was agreed with a customer from `valid_from` on. `document`: the text that `digest` was taken of."""

    customer: str
    valid_from: Instant
    digest: str
    document: str
    recorded: Instant


@dataclass(frozen=True, slots=True)
class StoredStatement:
    """A closed month as it was told. `document`: the statement's JSON text, that `digest` (SHA-256, hex) was taken of.

    `revision` counts from 1. `as_of`: what was known then is in it. `who` and `why`: of the close, or of what was
    declared afterwards.
    """

    customer: str
    month: str
    revision: int
    as_of: Instant
    document: str
    digest: str
    recorded: Instant
    who: str
    why: str


@dataclass(frozen=True, slots=True)
class SealedDay:
    """A check's day that is over. `looks`: how many, in `packed` (`store.packing`); `last_up`: the last that was up.

    `digest`: SHA-256 (hex) of the looks as a statement's digest takes them. `spans`: what followed from them, for the
    account to read. `pruned`: the looks' rows are gone.
    """

    customer: str
    check: str
    starts: Instant
    ends: Instant
    looks: int
    last_up: Instant | None
    digest: str
    packed: bytes
    spans: bytes
    recorded: Instant
    pruned: bool = False


@dataclass(frozen=True, slots=True)
class StoredCheckpoint:
    """Where a customer's running month stood at `at`. `document`: for the account to read."""

    customer: str
    at: Instant
    document: bytes
