"""What others report, over the API: incidents of the service desk, and heartbeats of backups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Protocol, TypeAlias
from urllib.parse import quote

from aiohttp import hdrs, web
from pydantic import Field

from slawatch.model import SECOND, BeatKind, Incident, IncidentKind, Instant, Micros, Outcome, Priority
from slawatch.rules.calendar import text
from slawatch.rules.permissions import Permission
from slawatch.web.api.operation import PREFIX, Operation, Question, serve
from slawatch.web.api.paging import Key, Slice, key_of, page_of
from slawatch.web.api.shapes import Flag, Listing, Moment, Page, Said, Seconds, Time, Told, Words, who

INCIDENTS = f"{PREFIX}/incidents"
#: So many incidents are taken in at once, and so many bytes are read.
MOST_INCIDENTS, IMPORT_BYTES = 20_000, 16 * 1024 * 1024
#: Up to thirty years.
Length: TypeAlias = Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)]


class IncidentsAsked(Listing):
    customer: Words | None = Field(None, description="Only of this customer, by its id.")
    open: Flag | None = Field(None, description="Only those that are not solved, or only those that are.")


class ToldIncident(Told):
    customer: str
    id: str = Field(description="The service desk's.")
    priority: Priority
    kind: IncidentKind | None
    opened: Moment
    answered: Moment | None
    solved: Moment | None
    due: Moment | None = Field(description="By when it is promised to be solved, or of priority 3 answered.")
    overdue: bool = Field(description="Past that, and still not dealt with.")
    in_time: bool | None = Field(description="Null while that cannot be said, and where nothing is promised.")
    subject: str
    source: str = Field(description="Where this version was read.")
    recorded: Moment = Field(description="When it was.")


class IncidentsPage(Page):
    incidents: list[ToldIncident] = Field(description="By customer and when each was opened.")


class SaidIncident(Said):
    customer: Words = Field(description="The customer's id.")
    id: Words
    priority: Priority
    opened: Time
    answered: Time | None = None
    solved: Time | None = None
    kind: IncidentKind | None = None
    subject: Words = Field("", description="Addresses and telephone numbers are taken out of it.")


class Import(Said):
    source: Words = Field(description="Where they come from, such as the name of a file.")
    incidents: list[SaidIncident] = Field(
        max_length=MOST_INCIDENTS, description="Each as it stands now, and each once."
    )


class Imported(Told):
    new: int
    changed: int
    same: int = Field(description="Those that were known as they stand.")


class Beat(Said):
    kind: BeatKind
    outcome: Outcome = Field(Outcome.GOOD, description="`retired`: nothing is expected of it from now on.")
    at: Time | None = Field(None, description="When the copy was made; without it, now.")
    lag_seconds: Length | None = Field(None, description="How far a replica is behind.")
    duration_seconds: Length | None = Field(None, description="How long the copy or the restore took.")


class Beaten(Told):
    source: str
    kind: BeatKind
    at: Moment
    new: bool = Field(description="False where that moment was reported before.")


class Copy(Told):
    """How one source of backups stands."""

    source: str
    kind: BeatKind
    at: Moment = Field(description="Of its last report.")
    outcome: Outcome
    good_at: Moment | None = Field(description="Of its last good one.")
    age_seconds: Seconds | None = Field(description="Since then.")
    lag_seconds: Seconds | None
    duration_seconds: Seconds | None
    late: bool = Field(description="Whether that is less than was promised.")
    who: str


class CopiesPage(Page):
    heartbeats: list[Copy] = Field(description="By source and kind.")


class Helpdesk(Protocol):
    """What the API needs of the service desk: `account.Helpdesk`."""

    async def take_in(self, incidents: Sequence[Incident], source: str, by: str) -> dict[str, Any]: ...
    async def incidents(self, *, customer: str | None, solved: bool | None, after: Key | None, limit: int) -> Slice: ...


class Copies(Protocol):
    """What the API needs of the backups: `account.Copies`."""

    async def beat(
        self,
        source: str,
        kind: BeatKind,
        by: str,
        *,
        outcome: Outcome,
        at: Instant | None,
        lag: Micros | None,
        duration: Micros | None,
    ) -> dict[str, Any]: ...
    async def heartbeats(self, *, after: Key | None, limit: int) -> Slice: ...


LIST_INCIDENTS = Operation(
    "listIncidents", hdrs.METH_GET, "/incidents", "incidents", Permission.READ,
    "Incidents as they stand, and whether they are dealt with in time.", IncidentsPage, IncidentsAsked,
)  # fmt: skip
IMPORT_INCIDENTS = Operation(
    "importIncidents", hdrs.METH_POST, "/incidents", "incidents", Permission.DECLARE,
    "Say how incidents stand: all of them, or none where one is wrong.", Imported, said=Import, most=IMPORT_BYTES,
)  # fmt: skip
LIST_HEARTBEATS = Operation(
    "listHeartbeats", hdrs.METH_GET, "/heartbeats", "heartbeats", Permission.READ,
    "How each source of backups stands by what it reported last.", CopiesPage, Listing,
)  # fmt: skip
BEAT = Operation(
    "reportHeartbeat", hdrs.METH_POST, "/heartbeats/{id}", "heartbeats", Permission.BEAT,
    "Report a copy that was made, how a replica stands, or a restore that was tried.", Beaten, said=Beat, listed=False,
)  # fmt: skip
REPORTED = (LIST_INCIDENTS, IMPORT_INCIDENTS, LIST_HEARTBEATS, BEAT)


def add_incidents(router: web.UrlDispatcher, helpdesk: Helpdesk) -> None:
    async def show(asked: Question) -> Mapping[str, Any]:
        query = asked.query
        found = await helpdesk.incidents(
            customer=query.customer,
            solved=None if query.open is None else not query.open,
            after=key_of(query.cursor, str, int, str),
            limit=query.limit,
        )
        return page_of("incidents", found)

    async def take_in(asked: Question) -> Mapping[str, Any]:
        said: Import = asked.said
        by = who(said, asked.asker)
        return await helpdesk.take_in([_incident(one) for one in said.incidents], said.source, by)

    serve(router, LIST_INCIDENTS, show)
    serve(router, IMPORT_INCIDENTS, take_in)


def add_heartbeats(router: web.UrlDispatcher, copies: Copies) -> None:
    async def show(asked: Question) -> Mapping[str, Any]:
        query = asked.query
        return page_of("heartbeats", await copies.heartbeats(after=key_of(query.cursor, str, str), limit=query.limit))

    async def beat(asked: Question) -> Mapping[str, Any]:
        said: Beat = asked.said
        return await copies.beat(
            asked.path["id"],
            said.kind,
            who(said, asked.asker),
            outcome=said.outcome,
            at=said.at,
            lag=_micros(said.lag_seconds),
            duration=_micros(said.duration_seconds),
        )

    serve(router, LIST_HEARTBEATS, show)
    serve(router, BEAT, beat)


def import_of(incidents: Sequence[Incident], source: str, by: str) -> tuple[str, Mapping[str, Any]]:
    """The path and the body that tell a daemon how these stand."""
    return INCIDENTS, {"source": source, "by": by, "incidents": list(map(_written, incidents))}


def beat_of(source: str, by: str, **facts: Any) -> tuple[str, Mapping[str, Any]]:
    """The path and the body that tell a daemon of a backup; `facts`: keys of `Beat`, None where nothing is said."""
    said = {name: value for name, value in facts.items() if value is not None}
    return f"{PREFIX}/heartbeats/{quote(source, safe='')}", {"by": by, **said}


def _written(one: Incident) -> Mapping[str, Any]:
    times = {"opened": one.opened, "answered": one.answered, "solved": one.solved}
    return {
        "customer": one.customer,
        "id": one.id,
        "priority": one.priority.value,
        "kind": None if one.kind is None else one.kind.value,
        "subject": one.subject,
        **{name: None if at is None else text(at) for name, at in times.items()},
    }


def _incident(said: SaidIncident) -> Incident:
    return Incident(
        said.customer, said.id, said.priority, said.opened, said.answered, said.solved, said.kind, said.subject
    )


def _micros(seconds: float | None) -> Micros | None:
    return None if seconds is None else round(seconds * SECOND)
