"""Rows fed at once come to what the same looks come to one by one."""

import hashlib
from collections.abc import Callable, Sequence
from itertools import accumulate
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slawatch.model import DAY, HOUR, MINUTE, SECOND, VERDICTS, Cause, CheckId, CheckTerms, ConfirmTerms, Instant
from slawatch.replay import DayDigest, day_digests
from slawatch.rules.agreed import FOREVER, Policy
from slawatch.rules.calendar import day, parse
from slawatch.rules.days import LaneDay, resumed, through
from slawatch.rules.records import CheckBook, reached
from slawatch.rules.rows import ObservationRow, pass_over, seen
from slawatch.rules.timeline import START, Seen, Track, advance

STARTS = parse("2026-03-28T12:00:00Z")
#: What a row says of one look: verdict, cause and milliseconds.
SAID = [
    ("up", None, 800),
    ("up", None, None),
    *((str(verdict), str(cause), None) for cause, verdict in VERDICTS.items()),
    ("down", "connect", 5000),
    ("unknown", None, None),
]


def row(at: Instant, holds: int, said: tuple[str, str | None, int | None], *, recheck: bool = False) -> ObservationRow:
    verdict, cause, milliseconds = said
    return "dashboard", "main", at, verdict, cause, milliseconds, recheck, holds


def day_of_ups(since: Instant = STARTS) -> list[ObservationRow]:
    """A look each minute, each of which holds for three."""
    return [row(since + number * MINUTE, 3 * MINUTE, SAID[0]) for number in range(24 * 60)]


#: A few looks of one kind, each so many minutes after the one before; mostly up, and mostly within the hold.
spells = st.tuples(
    st.one_of(st.just(SAID[0]), st.sampled_from(SAID)),
    st.integers(1, 12),
    st.sampled_from([1, 1, 1, 2, 3, 4, 30, 600]),
    st.sampled_from([3, 3, 3, 1, 0, 45]),
    st.booleans(),
)
streams = st.lists(spells, max_size=12).map(
    lambda found: [
        row(STARTS + after * MINUTE, holds * MINUTE, said, recheck=recheck)
        for after, (said, holds, recheck) in zip(
            accumulate(step for _, number, step, _, _ in found for _ in range(number)),
            [(said, holds, recheck) for said, number, _, holds, recheck in found for _ in range(number)],
            strict=True,
        )
    ]
)
minutes = st.integers(0, 120).map(lambda number: STARTS + number * MINUTE)
confirms = st.builds(
    lambda failures, within, blips_down: ConfirmTerms(failures, within * MINUTE, 5 * SECOND, blips_down),
    st.integers(1, 3),
    st.integers(1, 60),
    st.booleans(),
)
policies = st.builds(
    lambda first, others, leaves: Policy(((0, first), *sorted(others.items())), tuple(sorted(leaves))),
    confirms,
    st.dictionaries(minutes, confirms, max_size=2),
    st.sets(minutes, max_size=2),
)


def book(kind: str, policy: Policy) -> CheckBook:
    return CheckBook(CheckTerms(CheckId("duinzicht", kind, "dashboard"), MINUTE, 3 * MINUTE), policy)


def one_by_one(kind: str, policy: Policy, rows: Sequence[ObservationRow]) -> CheckBook:
    filled = book(kind, policy)
    for one in rows:
        _, _, _, _, _, milliseconds, recheck, _ = one
        filled.add(seen(one), milliseconds, recheck=recheck)
    return filled


@settings(max_examples=300)
@given(st.sampled_from(["page", "http", "replication"]), policies, streams, st.integers(0, 100))
def test_a_book_that_is_fed_is_the_book_that_took_each_look(
    kind: str, policy: Policy, rows: list[ObservationRow], cut: int
):
    fed = book(kind, policy)
    fed.feed(rows[:cut])
    fed.feed(rows[cut:])

    assert fed == one_by_one(kind, policy, rows)


@given(policies, streams, st.integers(0, 100), st.sampled_from([seen, reached]))
def test_a_day_goes_on_from_where_the_day_before_ended(
    policy: Policy, rows: list[ObservationRow], cut: int, reading: Callable[[ObservationRow], Seen]
):
    before = through(START, rows[:cut], policy, reading)
    plain = resumed(before.after)
    for one in rows[cut:]:
        plain.add(reading(one), policy)

    settled = plain.settled
    assert through(before.after, rows[cut:], policy, reading) == LaneDay(
        before.after, plain.track, tuple(settled.stretches), tuple(settled.outages), tuple(settled.blips)
    )


@given(policies, streams)
def test_rows_may_hold_members_in_place_of_words(policy: Policy, rows: list[ObservationRow]):
    named = [(*one[:3], seen(one).verdict, seen(one).cause, *one[5:]) for one in rows]
    fed, same = book("http", policy), book("http", policy)
    fed.feed(rows)
    same.feed(named)

    assert fed == same
    assert day_digests(named, ZoneInfo("Europe/Amsterdam")) == day_digests(rows, ZoneInfo("Europe/Amsterdam"))


def stood_up(rows: Sequence[ObservationRow]) -> Track:
    return advance(START, seen(rows[0]), ConfirmTerms(), resumed(START).settled)


def test_a_plain_day_is_passed_over_whole():
    rows = day_of_ups()
    track, left = pass_over(stood_up(rows), iter(rows[1:]), FOREVER)

    assert left is None
    assert (track.solid, track.at, track.until) == (STARTS, STARTS + 1439 * MINUTE, STARTS + 1442 * MINUTE)


@pytest.mark.parametrize(
    "otherwise",
    [
        row(STARTS + 600 * MINUTE, 3 * MINUTE, ("down", "connect", None)),
        row(STARTS + 600 * MINUTE, 3 * MINUTE, ("unknown", None, None)),
        row(STARTS + 599 * MINUTE, 3 * MINUTE, SAID[0]),  # not later
        row(STARTS + 602 * MINUTE + 1, 3 * MINUTE, SAID[0]),  # past the hold
    ],
)
def test_passing_over_ends_at_the_first_look_that_may_settle_something(otherwise: ObservationRow):
    rows = day_of_ups()
    rest = iter([*rows[1:600], otherwise, *rows[700:]])
    track, left = pass_over(stood_up(rows), rest, FOREVER)

    assert (left, track.at) == (otherwise, STARTS + 599 * MINUTE)
    assert list(rest) == rows[700:]


def test_passing_over_ends_at_a_look_after_the_check_left():
    rows = day_of_ups()
    track, left = pass_over(stood_up(rows), iter(rows[1:]), STARTS + 600 * MINUTE)

    assert (left, track.at) == (rows[600], STARTS + 599 * MINUTE)


def test_a_row_that_does_not_follow_is_refused():
    rows = day_of_ups()
    with pytest.raises(ValueError, match="does not follow"):
        book("page", Policy(((0, ConfirmTerms()),))).feed([*rows[:3], rows[1]])


def test_a_row_that_says_no_verdict_or_cause_is_refused():
    for said in (("shut", None, None), ("down", "fire", None)):
        with pytest.raises(KeyError):
            book("page", Policy(((0, ConfirmTerms()),))).feed([row(STARTS, MINUTE, said)])


@given(streams, st.sampled_from(["Europe/Amsterdam", "UTC", "Pacific/Kiritimati"]))
def test_the_days_digests_are_of_their_rows_texts_in_order(rows: list[ObservationRow], name: str):
    rows += day_of_ups(STARTS + 30 * DAY + HOUR)[::45]
    zone, texts = ZoneInfo(name), dict[Instant, str]()
    for check, _, at, verdict, cause, milliseconds, recheck, holds in rows:
        starts = day(at, zone).starts
        line = f"\n{check} {at} {verdict} {cause} {holds} {milliseconds} {recheck}"
        texts[starts] = texts.get(starts, "") + line

    digests = [DayDigest(starts, hashlib.sha256(text.encode()).hexdigest()) for starts, text in texts.items()]
    assert day_digests(rows, zone) == digests


def test_a_days_digest_is_what_it_was_when_it_was_first_told():
    rows = [
        row(STARTS, 3 * MINUTE, SAID[0]),
        row(STARTS + MINUTE, 3 * MINUTE, ("down", str(Cause.HTTP_5XX), 12), recheck=True),
    ]
    (told,) = day_digests(rows, ZoneInfo("Europe/Amsterdam"))
    lines = (
        b"\ndashboard 1774699200000000 up None 180000000 800 False"
        b"\ndashboard 1774699260000000 down http_5xx 180000000 12 True"
    )
    assert told.digest == hashlib.sha256(lines).hexdigest()
