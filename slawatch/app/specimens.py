"""A mail of each kind to a customer, with facts that might be: for who wants to see what its contacts get."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from email.message import EmailMessage
from types import MappingProxyType
from zoneinfo import ZoneInfo

from slawatch.app.mailing import addressee
from slawatch.app.specimen_links import as_read
from slawatch.app.specimen_months import month_corrected, month_kept, month_unprinted
from slawatch.config import Customer
from slawatch.model import DAY, HOUR, MINUTE, SECOND, Cause, Instant, Message, MessageKind, Micros, Reason, Saying
from slawatch.recurrence import occurrences
from slawatch.reporters.mail import (
    Addressee,
    DigestFacts,
    Facts,
    MonthSoFar,
    Occurrence,
    OperatorWords,
    OutageFacts,
    SenderSettings,
    SummaryFacts,
    Told,
    WindowFacts,
    render,
    render_test,
)
from slawatch.rules.calendar import moment, month, month_of, resolve, stamp

#: How long the outage of the story took, and after how much of it the operator spoke.
_LASTED: Micros = HOUR + 4 * MINUTE + 12 * SECOND
_SPOKE: Micros = 41 * MINUTE
#: What the operator says in it, about the outage and about the maintenance, by language.
_SAID: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "nl": (
            "De oorzaak is gevonden: een database reageert niet.\nWij zetten de reserve in. Dat duurt een half uur.",
            "De reserveringsmodule krijgt een nieuwe versie: het planbord opent sneller.",
        ),
        "en": (
            "The cause is found: a database does not respond.\nWe are switching to another. That takes half an hour.",
            "The reservations module gets a new version: the planning board opens faster.",
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Story:
    """What happens to the customer in its specimens: an outage that began two hours ago, and maintenance to come."""

    customer: Customer
    language: str
    now: Instant

    @property
    def to(self) -> Addressee:
        return addressee(self.customer)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.customer.agreement.timezone)

    @property
    def began(self) -> Instant:
        return self.now // SECOND * SECOND - 2 * HOUR

    @property
    def outage(self) -> OutageFacts:
        return OutageFacts(
            outage=f"{self.customer.id}-{stamp(self.began)}",
            to=self.to,
            opened=self.began,
            starts=self.began,
            ends=None,
            checks=self.customer.terms().availability.checks,
            cause=Cause.HTTP_5XX,
        )

    @property
    def told_of(self) -> OutageFacts:
        """The same once the operator has spoken."""
        return replace(self.outage, words=OperatorWords(self.began + _SPOKE, _SAID[self.language][0]))

    @property
    def over(self) -> OutageFacts:
        """The same once it is over."""
        ends = self.began + _LASTED
        whole = month(month_of(ends, self.zone), self.zone)
        allowed = int((1 - self.customer.terms().availability.objective) * whole.length)
        down = min(_LASTED, ends - whole.starts)
        return replace(self.told_of, ends=ends, month=MonthSoFar(ends, down, allowed))

    @property
    def again(self) -> OutageFacts:
        """Another that began soon after it."""
        starts = self.began + _LASTED + 7 * MINUTE
        id_ = f"{self.customer.id}-{stamp(starts)}"
        return replace(self.outage, outage=id_, starts=starts, before=((self.began, self.began + _LASTED),))

    @property
    def overrun(self) -> OutageFacts:
        """One that began in maintenance, which was to be done by now."""
        return replace(self.outage, overrun=self.now // HOUR * HOUR)

    @property
    def window(self) -> WindowFacts:
        """In a night of next week."""
        return self._window(8)

    @property
    def near(self) -> WindowFacts:
        """Tomorrow night."""
        return self._window(1)

    def _window(self, days: int) -> WindowFacts:
        starts, ends = self._night(days)
        return WindowFacts(
            window="w3",
            to=self.to,
            occurrences=(Occurrence("w3", starts, ends),),
            reason=Reason.NEW_VERSION,
            text=_SAID[self.language][1],
        )

    @property
    def moved(self) -> WindowFacts:
        """A week later."""
        starts, ends = self._night(15)
        return replace(self.window, occurrences=(Occurrence("w3", starts, ends, 1, was=self._night(8)),))

    @property
    def cancelled(self) -> WindowFacts:
        starts, ends = self._night(15)
        return replace(self.window, occurrences=(Occurrence("w3", starts, ends, 2),))

    @property
    def series(self) -> WindowFacts:
        """The first Tuesday of each month."""
        first = datetime.combine(self._today(), time(2))
        rule = "FREQ=MONTHLY;BYDAY=1TU;COUNT=12"
        spans = occurrences(rule, first, first + timedelta(minutes=30), self.zone, self.now + 400 * DAY)
        return WindowFacts(
            window="w4",
            to=self.to,
            occurrences=tuple(Occurrence(f"w4.{number}", *one) for number, one in enumerate(spans, start=1)),
            reason=Reason.PREVENTIVE,
            recurring=True,
        )

    @property
    def digest(self) -> DigestFacts:
        told = (
            Told(Saying.OVER, replace(self.over, words=None)),
            Told(Saying.ANNOUNCED, self.window),
            Told(Saying.ANNOUNCED, self.series),
        )
        return DigestFacts(self.to, told)

    def _today(self) -> datetime:
        return moment(self.now).astimezone(self.zone).replace(tzinfo=None, hour=0, minute=0, second=0, microsecond=0)

    def _night(self, days: int) -> tuple[Instant, Instant]:
        """From 23:00 in so many days to 05:00."""
        day = self._today() + timedelta(days=days)
        return resolve(day + timedelta(hours=23), self.zone), resolve(day + timedelta(hours=29), self.zone)


@dataclass(frozen=True, slots=True)
class _Kind:
    """Why it is owed, what it says, and how long after the outage began it is known; without that, now."""

    owed: MessageKind
    says: Saying
    facts: Callable[[Story], Facts]
    known: Micros | None = None
    sequence: int = 1


#: A kind of mail is a line here; several of one saying where they look different.
_KINDS: Mapping[str, _Kind] = MappingProxyType(
    {
        "outage": _Kind(MessageKind.OUTAGE, Saying.OUTAGE, lambda story: story.outage, 6 * SECOND),
        "update": _Kind(MessageKind.UPDATE, Saying.UPDATE, lambda story: story.told_of, _SPOKE),
        "recovery": _Kind(MessageKind.RECOVERY, Saying.RECOVERY, lambda story: story.over, _LASTED),
        "again": _Kind(MessageKind.OUTAGE, Saying.AGAIN, lambda story: story.again, _LASTED + 8 * MINUTE),
        "over": _Kind(MessageKind.OUTAGE, Saying.OVER, lambda story: story.over, _LASTED),
        "overrun": _Kind(MessageKind.OUTAGE, Saying.OVERRUN, lambda story: story.overrun),
        "announced": _Kind(MessageKind.MAINTENANCE, Saying.ANNOUNCED, lambda story: story.window),
        "series": _Kind(MessageKind.MAINTENANCE, Saying.ANNOUNCED, lambda story: story.series),
        "changed": _Kind(MessageKind.MAINTENANCE, Saying.CHANGED, lambda story: story.moved, sequence=2),
        "cancelled": _Kind(MessageKind.CANCELLED, Saying.CANCELLED, lambda story: story.cancelled, sequence=2),
        "reminder": _Kind(MessageKind.REMINDER, Saying.REMINDER, lambda story: story.near),
        "summary": _Kind(
            MessageKind.SUMMARY, Saying.SUMMARY, lambda story: month_kept(story.customer, story.language, story.now)
        ),
        "summary_corrected": _Kind(
            MessageKind.SUMMARY,
            Saying.CORRECTED,
            lambda story: month_corrected(story.customer, story.language, story.now),
            sequence=2,
        ),
        "summary_unprinted": _Kind(
            MessageKind.SUMMARY,
            Saying.UNPRINTED,
            lambda story: month_unprinted(story.customer, story.language, story.now),
        ),
        "digest": _Kind(MessageKind.MAINTENANCE, Saying.DIGEST, lambda story: story.digest),
    }
)
TEST = "test"
#: What the first mail of a thread may say.
_FIRST = frozenset({Saying.OUTAGE, Saying.OVERRUN, Saying.OVER, Saying.ANNOUNCED, Saying.SUMMARY, Saying.UNPRINTED})
_ABOUT: Mapping[type[Facts], str] = MappingProxyType(
    {OutageFacts: "outage", WindowFacts: "window", DigestFacts: "digest", SummaryFacts: "summary"}
)
NAMES = (*_KINDS, TEST)


def specimen(name: str, story: Story, contact: str, sender: SenderSettings) -> EmailMessage:
    """The mail of that name to the contact. Raises Unrenderable."""
    if name == TEST:
        return render_test(contact, story.language, story.to, story.now, sender)
    kind = _KINDS[name]
    facts = kind.facts(story)
    if kind.owed is MessageKind.SUMMARY:
        contact, sender = as_read(story.customer, contact, sender)
    return render(_message(name, kind, facts, story, contact), facts, sender)


def _message(name: str, kind: _Kind, facts: Facts, story: Story, contact: str) -> Message:
    about = _ABOUT[type(facts)]
    known = story.now if kind.known is None else story.began + kind.known
    began = kind.says in _FIRST
    return Message(
        id=f"{story.customer.id}.{name}",
        customer=story.customer.id,
        contact=contact,
        language=story.language,
        kind=kind.owed,
        outage=f"{story.customer.id}-{about}",
        sequence=kind.sequence,
        message_id=f"<{story.customer.id}.{name}@specimen.example>",
        thread=f"<{story.customer.id}.{name if began else about}@specimen.example>",
        created=known,
        due=known,
        says=kind.says,
        known=known,
    )
