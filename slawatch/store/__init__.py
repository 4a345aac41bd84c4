"""The record: what was looked at, what was judged of it, what is owed because of it. SQLite or PostgreSQL."""

from slawatch.rules.rows import ObservationRow
from slawatch.store.chain_check import ChainCheck
from slawatch.store.copying import back_up, restore
from slawatch.store.errors import (
    StoreBusy,
    StoreError,
    StoreForeign,
    StoreLocked,
    StoreMissing,
    StoreNewer,
    StoreOlder,
    StoreThere,
    StoreTorn,
    StoreUnreachable,
    StoreUnsupported,
    StoreUnwritable,
)
from slawatch.store.packing import columns, pack, unpack
from slawatch.store.people import People
from slawatch.store.people_values import Actor, Audited, Deed, Session, Token, User, Way
from slawatch.store.reported import Reported
from slawatch.store.store import Store, open_store
from slawatch.store.values import (
    Batch,
    OpenOutage,
    SealedDay,
    StoredCheckpoint,
    StoredStatement,
    StoredTerms,
)

__all__ = [
    "Actor",
    "Audited",
    "Batch",
    "ChainCheck",
    "Deed",
    "ObservationRow",
    "OpenOutage",
    "People",
    "Reported",
    "SealedDay",
    "Session",
    "Store",
    "StoreBusy",
    "StoreError",
    "StoreForeign",
    "StoreLocked",
    "StoreMissing",
    "StoreNewer",
    "StoreOlder",
    "StoreThere",
    "StoreTorn",
    "StoreUnreachable",
    "StoreUnsupported",
    "StoreUnwritable",
    "StoredCheckpoint",
    "StoredStatement",
    "StoredTerms",
    "Token",
    "User",
    "Way",
    "back_up",
    "columns",
    "open_store",
    "pack",
    "restore",
    "unpack",
]
