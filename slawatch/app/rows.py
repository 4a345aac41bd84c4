"""Each customer's row of the overview, kept as the account publishes: a page of a thousand works out no figure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from slawatch.account import state_of
from slawatch.config import Config
from slawatch.model import ExclusionKind, Instant, Micros
from slawatch.rules.exclusions import JudgedExclusion
from slawatch.rules.statement import Statement
from slawatch.rules.steady import Moving
from slawatch.web import News, Row, State


class Rows:
    """The account's onlooker. `news`: whose rows changed, as one sees them."""

    def __init__(self) -> None:
        self.news = News()
        self._rows: dict[str, Row] = {}

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows.values())

    def configure(self, config: Config) -> None:
        """These customers have rows from now on, in this order; of a new one nothing is known yet."""
        before = self._rows
        self._rows = {
            one.id: replace(before.get(one.id) or Row(one.id, "", ""), name=one.name, zone=one.agreement.timezone)
            for one in config.customers
        }
        changed = {id_ for id_ in before.keys() | self._rows.keys() if before.get(id_) != self._rows.get(id_)}
        if changed:
            self.news.tell(changed)

    def of(self, customer: str) -> Row | None:
        return self._rows.get(customer)

    def changes(self, before: Moving, now: Moving) -> bool:
        """Whether one would see a difference between the two."""
        earlier, later = (before.availability, before.speed), (now.availability, now.speed)
        return earlier != later and Row.shares_shown(*earlier) != Row.shares_shown(*later)

    def published(self, statement: Statement, judged: Sequence[JudgedExclusion], budget: Fraction) -> None:
        """The row by this statement. `judged`: all that is declared; `budget`: the whole month's, in microseconds."""
        before = self._rows.get(statement.terms.customer)
        if before is None:
            return  # it comes with a reload that is not done yet, or went with one
        row = row_of(before, statement, judged, int(budget))
        self._rows[row.customer] = row
        if row.as_shown() != before.as_shown():
            turned = (row.customer, row.name, str(row.state)) if row.state is not before.state else None
            self.news.tell((row.customer,), turned)


def row_of(before: Row, statement: Statement, judged: Sequence[JudgedExclusion], budget: Micros) -> Row:
    """A customer's row by its statement; `before`: as it was, also where nothing was known yet."""
    now, judgement = statement.span.period.ends, statement.judgement
    state = State(state_of(statement))
    return replace(
        before,
        state=state,
        since=_since(before, state, statement),
        availability=_number(statement.booking.ratio),
        objective=float(judgement.objective),
        met=judgement.met,
        budget=budget,
        left=budget - statement.booking.down,
        speed=_number(statement.speed.share),
        speed_objective=float(statement.speed.objective),
        speed_met=statement.speed.met,
        outages=len(statement.outages),
        lasting=sum(one.outage.ends is None for one in statement.outages),
        window=_next_window(judged, now),
    )


def _since(before: Row, state: State, statement: Statement) -> Instant | None:
    """As the statement tells it; where it does not, when it was seen to turn, or as before."""
    if state is State.DOWN:
        return min(one.outage.starts for one in statement.outages if one.outage.ends is None)
    if state is State.MAINTENANCE:
        return statement.excluded[-1].starts
    known = before.objective is not None
    if known and before.state is state:
        return before.since
    if known and State.UNKNOWN in (state, before.state):
        return statement.span.period.ends
    ends = [one.outage.ends for one in statement.outages if one.outage.ends is not None]
    ends += [one.ends for one in statement.excluded]
    return max(ends, default=None) if state is State.UP else None


def _next_window(judged: Sequence[JudgedExclusion], now: Instant) -> tuple[Instant, Instant] | None:
    """`judged`: by start."""
    for one in judged:
        if one.starts > now and one.exclusion.kind is ExclusionKind.MAINTENANCE:
            return one.starts, one.ends
    return None


def _number(share: Fraction | None) -> float | None:
    return None if share is None else float(share)
