"""A contact gets so many mails in an hour; what is beyond is told in one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slawatch.model import HOUR, MINUTE, SECOND, Message, MessageKind, Saying
from slawatch.rules.capping import Had, capped
from slawatch.rules.telling import Telling

NOW = 10 * HOUR


def row(name: str, created: int = 0, handed_over: int = 0) -> Message:
    return Message(
        name, "duinzicht", "a@park.example", "nl", MessageKind.OUTAGE, name, 1, f"<{name}@x>", f"<{name}@x>",
        created, created, says=Saying.OUTAGE, known=created, handed_over=handed_over,
    )  # fmt: skip


def telling(name: str, created: int = 0, **more: int) -> Telling:
    return Telling(row(name, created, **more))


def shown(tellings: tuple[Telling, ...]) -> str:
    """Per telling: the carrier, in brackets what is folded into a digest, `-` for nothing, `later`."""

    def show(one: Telling) -> str:
        if one.carrier is None:
            return "-" if one.waits_until is None else "later"
        folded = "+".join(row.id for row in one.folded)
        return f"{one.carrier.id}({folded})" if one.carrier.says is Saying.DIGEST else one.carrier.id

    return " ".join(map(show, tellings))


@pytest.mark.parametrize(
    ("accepted", "on_their_way", "waiting", "expected"),
    [
        (0, 0, "a b c", "a b c"),
        (0, 0, "a b c d", "a b c(d) -"),
        (0, 0, "a b c d e", "a b c(d+e) - -"),
        (1, 0, "a b", "a b"),
        (1, 1, "a", "a"),
        (1, 1, "a b", "a(b) -"),
        (2, 0, "a b c", "a(b+c) - -"),
        (3, 0, "a", "later"),
        (3, 0, "a b", "later later"),
        (0, 3, "a b", "later later"),
        (4, 0, "a", "later"),
        # put together before: as it was, and first
        (1, 0, "a b! c d", "a(c+d) b! - -"),
        (1, 0, "a b! c! d", "later b! c! later"),
        (2, 0, "a! b! c", "a! later later"),
        (1, 0, "a! b", "a! b"),
        # nothing to send
        (3, 0, "", ""),
        (3, 0, "none", "-"),
        (1, 0, "none a b c", "- a b(c) -"),
    ],
)
def test_of_more_than_three_an_hour_the_last_says_the_rest(
    accepted: int, on_their_way: int, waiting: str, expected: str
) -> None:
    had = Had(tuple(NOW - MINUTE * number for number in range(accepted)), on_their_way)
    tellings = [
        Telling() if name == "none" else telling(name, handed_over=int(name.endswith("!"))) for name in waiting.split()
    ]

    assert shown(capped(tellings, had, 3, NOW)) == expected


def test_the_oldest_row_carries_what_all_would_have_said() -> None:
    rest = row("rest"), row("gone")
    tellings = [telling("young", 30), Telling(row("old", 10), rest[:1], rest[1:]), telling("middle", 20)]

    absorbed, digest, also = capped(tellings, Had(), 1, NOW)

    assert digest.carrier == replace(row("old", 10), says=Saying.DIGEST, known=30)
    assert digest.folded == (row("young", 30), row("middle", 20), rest[0])
    assert digest.dropped == rest[1:]
    assert absorbed == also == Telling()


@pytest.mark.parametrize(
    ("accepted", "on_their_way", "until"),
    [
        ((NOW - 50 * MINUTE, NOW - MINUTE), 0, NOW + 4 * MINUTE),
        ((NOW - MINUTE, NOW - 50 * MINUTE), 0, NOW + 4 * MINUTE),
        ((NOW - HOUR + SECOND, NOW - MINUTE), 0, NOW + SECOND),
        ((NOW - HOUR + SECOND, NOW - HOUR + MINUTE, NOW - MINUTE), 0, NOW + MINUTE),
        ((NOW - 50 * MINUTE,), 1, NOW + MINUTE),
        ((), 2, NOW + MINUTE),
    ],
)
def test_what_is_beyond_waits_until_the_oldest_is_an_hour_old_or_the_last_a_while_ago(
    accepted: tuple[int, ...], on_their_way: int, until: int
) -> None:
    assert capped([telling("a")], Had(accepted, on_their_way), 2, NOW) == (Telling(waits_until=until),)


def test_who_had_all_mails_of_the_hour_gets_one_more_when_the_last_was_a_while_ago() -> None:
    had = Had(tuple(NOW - 5 * MINUTE - number for number in range(7)))
    assert shown(capped([telling("a"), telling("b")], had, 3, NOW)) == "a(b) -"
    assert shown(capped([telling("a")], had, 3, NOW)) == "a"
    assert shown(capped([telling("a")], replace(had, on_their_way=1), 3, NOW)) == "later"


@given(
    st.integers(1, 6),
    st.integers(0, 8),
    st.integers(0, 8),
    st.lists(st.booleans(), max_size=12),
)
def test_no_more_are_sent_than_may_be_and_nothing_is_lost(
    most: int, accepted: int, on_their_way: int, again: list[bool]
) -> None:
    had = Had((NOW,) * accepted, on_their_way)
    tellings = [telling(f"m{number}", handed_over=int(before)) for number, before in enumerate(again)]
    result = capped(tellings, had, most, NOW)

    sent = [one.carrier for one in result if one.carrier is not None]
    told = {row.id for one in result if one.carrier is not None for row in (one.carrier, *one.folded)}
    later = {f"m{number}" for number, one in enumerate(result) if one.waits_until is not None}
    assert len(sent) <= had.room(most, NOW)
    assert told | later == {f"m{number}" for number in range(len(again))}
    assert not told & later
    assert not later or len(sent) == had.room(most, NOW), "what waits, waits for room"
