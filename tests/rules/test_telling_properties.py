"""Whatever happens and whatever goes wrong, a contact hears of an outage in order, the truth last, and nothing twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import groupby

from hypothesis import given, settings
from hypothesis import strategies as st

from slawatch.model import Event, EventKind, Message, MessageKind, MessageState, Saying
from slawatch.rules.telling import tell, turn

OVER_SAID = {Saying.RECOVERY, Saying.OVER}
QUEUED, SENDING = MessageState.QUEUED, MessageState.SENDING
#: What may happen, many times over: to the customer, to the clock, and to what is on its way.
STEPS = ("turns", "turns, for a while", "lasts", "time passes", "claimed", "claimed",
         "accepted", "refused for now", "answer lost, taken", "answer lost", "killed, taken", "killed")  # fmt: skip


@dataclass
class Course:
    """One contact's thread in the outbox, as the store keeps it, and what the contact heard: (message, saying, known)."""

    now: int = 0
    down: bool = False
    events: list[Event] = field(default_factory=list)
    rows: dict[str, Message] = field(default_factory=dict)
    heard: list[tuple[str, Saying, int]] = field(default_factory=list)
    unanswered: set[str] = field(default_factory=set)

    def step(self, what: str) -> None:
        self.now += 1
        match what.split(","):
            case ["turns", *calm]:
                self._turn(calm=10 if calm else 0)
            case ["lasts"] if self.down:
                self._owe(MessageKind.UPDATE)
            case ["time passes"]:
                self.now += 10
            case ["claimed"] if self._on_its_way() is None:
                self._claim()
            case _ if (sent := self._on_its_way()) is not None:
                self._end(sent, what)

    def _turn(self, calm: int) -> None:
        self.down = not self.down
        kind = EventKind.CLOSED if not self.down else EventKind.REOPENED if self.events else EventKind.OPENED
        self.events.append(Event(f"e{self.now}", "duinzicht", kind, "o1", self.now, self.now, ("dashboard",)))
        self._owe(MessageKind.OUTAGE if self.down else MessageKind.RECOVERY, 0 if self.down else calm)

    def _owe(self, kind: MessageKind, after: int = 0) -> None:
        id_, at = f"{kind}{self.now}", self.now
        self.rows[id_] = Message(
            id_, "duinzicht", "a@park.example", "nl", kind, "o1", at, f"<{id_}@x>", "<t@x>", at, at + after
        )

    def _on_its_way(self) -> Message | None:
        return next((row for row in self.rows.values() if row.state is SENDING), None)

    def _next(self) -> Message | None:
        """The first that is due, unless one before it has its turn; a recovery that waits for calm holds up nothing."""
        for row in sorted((row for row in self.rows.values() if row.state is QUEUED), key=turn):
            if row.due <= self.now:
                return row
            if row.kind is not MessageKind.RECOVERY or row.attempts or row.known is not None:
                return None
        return None

    def _claim(self) -> None:
        claimed = self._next()
        if claimed is None:
            return
        telling = tell(claimed, list(self.rows.values()), self.events, self.now)
        if telling.waits_until is not None:
            assert telling.waits_until > self.now
            self._set(claimed, due=telling.waits_until)
            return
        for row in telling.dropped:
            self._set(row, state=MessageState.DROPPED)
        for row in telling.folded:
            assert telling.carrier is not None
            self._set(row, state=MessageState.FOLDED, into=telling.carrier.id)
        if telling.carrier is not None:
            self._set(telling.carrier, state=SENDING)
        assert self.rows[claimed.id].state is not QUEUED, "each claim gets something done"

    def _end(self, sent: Message, how: str) -> None:
        if how.endswith("taken") or how == "accepted":
            assert sent.says is not None
            assert sent.known is not None
            self.heard.append((sent.id, sent.says, sent.known))
        if how == "accepted":
            self._set(sent, state=MessageState.ACCEPTED)
        elif how != "refused for now":
            self.unanswered.add(sent.id)
            self._set(sent, state=QUEUED, handed_over=sent.handed_over + 1, due=self.now + 5, attempts=1)
        elif sent.handed_over:
            self._set(sent, state=QUEUED, due=self.now + 5, attempts=1)
        else:
            for row in [sent, *(row for row in self.rows.values() if row.into == sent.id)]:
                self._set(row, state=QUEUED, due=self.now + 5, says=None, known=None, into=None, attempts=1)

    def _set(self, row: Message, **settled: object) -> None:
        self.rows[row.id] = replace(row, **settled)  # type: ignore[arg-type]

    def empty(self) -> None:
        """All is well with the relay until nothing is owed any more."""
        while any(row.state in {QUEUED, SENDING} for row in self.rows.values()):
            self.step("accepted" if self._on_its_way() else "claimed")


courses = st.lists(st.sampled_from(STEPS), max_size=60)


def emptied(steps: list[str]) -> Course:
    course = Course()
    for what in steps:
        course.step(what)
    course.empty()
    return course


def sayings(course: Course) -> Iterator[Saying]:
    """What was heard, without repeats of what went out again because nobody answered."""
    return (saying for (_, saying, _), _ in groupby(course.heard))


@settings(max_examples=200)
@given(courses)
def test_nobody_hears_that_it_is_over_before_hearing_that_it_was_down(steps: list[str]) -> None:
    down = False
    for saying in sayings(emptied(steps)):
        if saying in {Saying.RECOVERY, Saying.UPDATE}:
            assert down
        if saying in {Saying.OUTAGE, Saying.AGAIN}:
            assert not down, "each goes with a change"
        down = saying not in OVER_SAID


@settings(max_examples=200)
@given(courses)
def test_the_last_that_is_heard_is_true(steps: list[str]) -> None:
    course = emptied(steps)

    assert bool(course.heard) is bool(course.events), "and who is owed an outage hears of it"
    if course.heard:
        assert (course.heard[-1][1] not in OVER_SAID) is course.down


@settings(max_examples=200)
@given(courses)
def test_nothing_is_said_twice_but_what_nobody_answered_and_that_in_the_same_words(steps: list[str]) -> None:
    course = emptied(steps)
    said = {id_: (saying, known) for id_, saying, known in course.heard}

    assert {(id_, *words) for id_, words in said.items()} == set(course.heard)
    for id_ in said:
        times = sum(heard[0] == id_ for heard in course.heard)
        assert times == 1 or id_ in course.unanswered
        assert times <= 1 + course.rows[id_].handed_over
    assert len(set(said.values())) == len(said), "no two messages say the same of the same moment"


@settings(max_examples=200)
@given(courses)
def test_repeats_come_before_anything_later_of_their_thread(steps: list[str]) -> None:
    heard = [id_ for id_, _, _ in emptied(steps).heard]

    assert len({id_ for id_, _ in groupby(heard)}) == len(list(groupby(heard)))


@settings(max_examples=200)
@given(courses)
def test_every_row_ends_as_told_folded_into_one_that_was_told_or_dropped(steps: list[str]) -> None:
    course = emptied(steps)

    heard = {id_ for id_, _, _ in course.heard}
    for row in course.rows.values():
        match row.state:
            case MessageState.FOLDED:
                assert row.into in heard
            case MessageState.DROPPED:
                assert row.id not in heard
            case _:
                assert row.state is MessageState.ACCEPTED
                assert row.id in heard
