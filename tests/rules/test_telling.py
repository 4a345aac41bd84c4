"""What a message says when its turn comes, as a table; and over any course of events what a contact gets to hear."""

from __future__ import annotations

from dataclasses import replace

import pytest

from slawatch.model import Event, EventKind, Message, MessageKind, MessageState, Saying
from slawatch.rules.telling import Telling, tell

OUTAGE, UPDATE, RECOVERY = MessageKind.OUTAGE, MessageKind.UPDATE, MessageKind.RECOVERY
MAINTENANCE, CANCELLED, REMINDER = MessageKind.MAINTENANCE, MessageKind.CANCELLED, MessageKind.REMINDER
QUEUED, SENDING, ACCEPTED = MessageState.QUEUED, MessageState.SENDING, MessageState.ACCEPTED
FAILED, FOLDED, DROPPED = MessageState.FAILED, MessageState.FOLDED, MessageState.DROPPED
NOW = 1000

KINDS = {
    "outage": OUTAGE, "update": UPDATE, "recovery": RECOVERY,
    "version": MAINTENANCE, "cancelled": CANCELLED, "reminder": REMINDER,
}  # fmt: skip


def row(name: str, created: int = 0, **more: object) -> Message:
    """`outage2` is the second opening; of a window `version2`; owed at its number times 100."""
    kind, sequence = KINDS[name.rstrip("0123456789")], int(name.lstrip("abcdefghijklmnopqrstuvwxyz"))
    created = created or 100 * sequence + (50 if kind in {RECOVERY, REMINDER, CANCELLED} else 0)
    owed = Message(
        name, "duinzicht", "a@park.example", "nl", kind, "o1", sequence, f"<{name}@x>", "<thread@x>", created, created
    )
    return replace(owed, **more)  # type: ignore[arg-type]


def told(name: str, says: Saying, known: int, state: MessageState = ACCEPTED, **more: object) -> Message:
    return row(name, state=state, says=says, known=known, **more)


def events(*kinds: str) -> list[Event]:
    """`down` and `over` by turns, from 100 on, 50 apart; and `overran`, a window that ended at that instant."""
    named = {"down": EventKind.OPENED, "over": EventKind.CLOSED, "overran": EventKind.OVERRAN}
    return [
        Event(f"e{at}", "duinzicht", named[kind], "o1", at, at, ("dashboard",))
        for at, kind in enumerate_by_fifty(kinds)
    ]


def enumerate_by_fifty(kinds: tuple[str, ...]) -> list[tuple[int, str]]:
    return [(100 + 50 * number, kind) for number, kind in enumerate(kinds)]


def outcome(telling: Telling) -> tuple[str, Saying | None, str, str]:
    """The carrier, what it says, what is folded, what is dropped; names with spaces between."""
    carrier = telling.carrier
    names = [" ".join(sorted(one.id for one in rows)) for rows in (telling.folded, telling.dropped)]
    return "" if carrier is None else carrier.id, None if carrier is None else carrier.says, *names


DOWN_TOLD = told("outage1", Saying.OUTAGE, 100)
OVER_TOLD = told("recovery1", Saying.RECOVERY, 150)
DOWN, OVER, AGAIN, OVER_AGAIN = (
    ("down",),
    ("down", "over"),
    ("down", "over", "down"),
    ("down", "over", "down", "over"),
)


@pytest.mark.parametrize(
    ("happened", "rows", "expected"),
    [
        # never told
        (DOWN, "outage1", ("outage1", Saying.OUTAGE, "", "")),
        (DOWN, "outage1 update1", ("outage1", Saying.OUTAGE, "update1", "")),
        (OVER, "outage1 recovery1", ("outage1", Saying.OVER, "recovery1", "")),
        (AGAIN, "outage1 recovery1 outage2", ("outage1", Saying.OUTAGE, "outage2 recovery1", "")),
        (("down", "overran"), [row("outage1", 150)], ("outage1", Saying.OVERRUN, "", "")),
        (("down", "overran", "over"), [row("outage1", 150)], ("outage1", Saying.OVER, "", "")),
        (("down", "overran"), [row("outage1", 149)], ("outage1", Saying.OUTAGE, "", "")),
        (("overran", "down"), [row("outage1", 150)], ("outage1", Saying.OUTAGE, "", "")),
        # told that it is down
        (OVER, [row("recovery1"), DOWN_TOLD], ("recovery1", Saying.RECOVERY, "", "")),
        (OVER, [row("update1", 120), row("recovery1"), DOWN_TOLD], ("update1", Saying.RECOVERY, "recovery1", "")),
        (DOWN, [row("update1", 120), DOWN_TOLD], ("update1", Saying.UPDATE, "", "")),
        (DOWN, [row("update1", 120), row("update2"), DOWN_TOLD], ("update2", Saying.UPDATE, "update1", "")),
        (AGAIN, [row("recovery1"), row("outage2"), DOWN_TOLD], ("", None, "", "outage2 recovery1")),
        (
            AGAIN,
            [row("recovery1"), row("outage2"), row("update1", 210), DOWN_TOLD],
            ("update1", Saying.UPDATE, "outage2 recovery1", ""),
        ),
        (("down", "overran"), [row("update1", 160), DOWN_TOLD], ("update1", Saying.UPDATE, "", "")),
        # told that it is over
        (AGAIN, [row("outage2"), DOWN_TOLD, OVER_TOLD], ("outage2", Saying.AGAIN, "", "")),
        (
            OVER_AGAIN,
            [row("outage2"), row("recovery2"), DOWN_TOLD, OVER_TOLD],
            ("outage2", Saying.OVER, "recovery2", ""),
        ),
        (OVER_AGAIN, [row("recovery2"), DOWN_TOLD, OVER_TOLD], ("", None, "", "recovery2")),
        (AGAIN, [row("update1", 210), DOWN_TOLD, OVER_TOLD], ("", None, "", "update1")),
        (AGAIN, [row("outage2"), told("outage1", Saying.OVER, 150)], ("outage2", Saying.AGAIN, "", "")),
        # told, as far as we know
        (OVER, [row("recovery1"), replace(DOWN_TOLD, state=QUEUED)], ("recovery1", Saying.RECOVERY, "", "")),
        (OVER, [row("recovery1"), replace(DOWN_TOLD, state=FOLDED)], ("recovery1", Saying.RECOVERY, "", "")),
        (OVER, [row("recovery1"), told("outage1", Saying.DIGEST, 100)], ("recovery1", Saying.RECOVERY, "", "")),
        (AGAIN, [row("outage2"), told("outage1", Saying.DIGEST, 160)], ("outage2", Saying.AGAIN, "", "")),
        (OVER, [row("recovery1"), row("outage1", state=ACCEPTED)], ("recovery1", Saying.RECOVERY, "", "")),
        (OVER, [row("recovery1", state=ACCEPTED), row("update9", 160)], ("", None, "", "update9")),
        # not owed, or refused
        (OVER, "recovery1", ("", None, "", "recovery1")),
        (DOWN, "update1", ("", None, "", "update1")),
        (OVER, [row("recovery1"), row("outage1", state=FOLDED)], ("", None, "", "recovery1")),
        (OVER, [row("recovery1"), row("outage1", state=DROPPED)], ("", None, "", "recovery1")),
        (OVER, [row("recovery1"), replace(DOWN_TOLD, state=FAILED)], ("", None, "", "recovery1")),
        (AGAIN, [row("outage2"), replace(DOWN_TOLD, state=FAILED)], ("outage2", Saying.OUTAGE, "", "")),
        # nothing is known of it
        ((), "outage1", ("outage1", Saying.OUTAGE, "", "")),
    ],
)
def test_what_a_contact_hears_of_an_outage(
    happened: tuple[str, ...], rows: str | list[Message], expected: tuple[str, Saying | None, str, str]
) -> None:
    own = [row(name) for name in rows.split()] if isinstance(rows, str) else rows

    assert outcome(tell(own[0], own, events(*happened), NOW)) == expected


def version_told(sequence: int, says: Saying = Saying.ANNOUNCED) -> Message:
    return told(f"version{sequence}", says, 100 * sequence)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        # announced
        ("version1", ("version1", Saying.ANNOUNCED, "", "")),
        ("version1 version2", ("version2", Saying.ANNOUNCED, "version1", "")),
        ("version1 reminder1", ("version1", Saying.ANNOUNCED, "reminder1", "")),
        ("version1 reminder1 version2", ("version2", Saying.ANNOUNCED, "version1", "reminder1")),
        # changed
        ([row("version2"), version_told(1)], ("version2", Saying.CHANGED, "", "")),
        ([row("version2"), row("version3"), version_told(1)], ("version3", Saying.CHANGED, "version2", "")),
        ([row("version2"), replace(version_told(1), state=QUEUED)], ("version2", Saying.CHANGED, "", "")),
        ([row("version2"), replace(version_told(1), state=FAILED)], ("version2", Saying.ANNOUNCED, "", "")),
        ([row("version2"), row("version1", state=FOLDED)], ("version2", Saying.ANNOUNCED, "", "")),
        ([row("version1"), version_told(2)], ("", None, "", "version1")),
        # cancelled
        ([row("cancelled1"), version_told(1)], ("cancelled1", Saying.CANCELLED, "", "")),
        (
            [row("version2"), row("reminder2"), row("cancelled2", 260), version_told(1)],
            ("cancelled2", Saying.CANCELLED, "", "reminder2 version2"),
        ),
        ("version1 cancelled1", ("", None, "", "cancelled1 version1")),
        ("version1 reminder1 cancelled1", ("", None, "", "cancelled1 reminder1 version1")),
        ([row("cancelled1"), replace(version_told(1), state=FAILED)], ("", None, "", "cancelled1")),
        (
            [row("reminder1"), version_told(1), told("cancelled1", Saying.CANCELLED, 150)],
            ("", None, "", "reminder1"),
        ),
        ("cancelled1", ("cancelled1", Saying.CANCELLED, "", "")),  # somebody announced it in person
        # and back again
        ([row("version2"), version_told(1), told("cancelled1", Saying.CANCELLED, 150)],
         ("version2", Saying.ANNOUNCED, "", "")),
        ([row("version2"), row("cancelled1"), version_told(1)], ("version2", Saying.CHANGED, "", "cancelled1")),
        ([row("version3"), version_told(1), told("cancelled1", Saying.CANCELLED, 150), version_told(2)],
         ("version3", Saying.CHANGED, "", "")),
        ([row("cancelled2"), version_told(1), told("cancelled1", Saying.CANCELLED, 150), version_told(2)],
         ("cancelled2", Saying.CANCELLED, "", "")),
        # reminded
        ([row("reminder1"), version_told(1)], ("reminder1", Saying.REMINDER, "", "")),
        ([row("reminder1"), version_told(1), version_told(2)], ("", None, "", "reminder1")),
        ([row("reminder1"), row("version2"), version_told(1)], ("version2", Saying.CHANGED, "", "reminder1")),
        ([row("reminder2"), row("version1"), version_told(2)], ("reminder2", Saying.REMINDER, "", "version1")),
        ("reminder1", ("reminder1", Saying.REMINDER, "", "")),
        # one of a series
        ([row("reminder1", outage="w3.1"), told("version1", Saying.ANNOUNCED, 100, outage="w3")],
         ("reminder1", Saying.REMINDER, "", "")),
        ([row("version2", outage="w3.1"), told("version1", Saying.ANNOUNCED, 100, outage="w3")],
         ("version2", Saying.CHANGED, "", "")),
        ([row("reminder1", outage="w3.1"), row("cancelled1", outage="w3"), version_told(1)],
         ("", None, "", "reminder1")),
        ([row("reminder1", outage="w3.1"), row("version2", outage="w3"), version_told(1)],
         ("", None, "", "reminder1")),
        ([row("reminder1", outage="w3.1"), row("cancelled1", outage="w3.2"), row("version2", outage="w31")],
         ("reminder1", Saying.REMINDER, "", "")),
    ],
)  # fmt: skip
def test_what_a_contact_hears_of_a_window(
    rows: str | list[Message], expected: tuple[str, Saying | None, str, str]
) -> None:
    own = [row(name) for name in rows.split()] if isinstance(rows, str) else rows

    assert outcome(tell(own[0], own, [], NOW)) == expected


def test_what_was_put_together_is_sent_as_it_was() -> None:
    before = told("outage1", Saying.OUTAGE, 100, QUEUED, handed_over=1)

    assert tell(before, [before, row("recovery1")], events(*OVER), NOW) == Telling(before)


@pytest.mark.parametrize(
    ("expires", "expected"),
    [(NOW, ("", None, "", "reminder1")), (NOW + 1, ("reminder1", Saying.REMINDER, "", ""))],
)
def test_what_would_be_silly_by_now_is_dropped(expires: int, expected: tuple[str, Saying | None, str, str]) -> None:
    reminder = row("reminder1", expires=expires)

    assert outcome(tell(reminder, [reminder, version_told(1)], [], NOW)) == expected


def test_what_is_silly_is_dropped_even_when_it_was_put_together() -> None:
    reminder = told("reminder1", Saying.REMINDER, 100, QUEUED, expires=NOW)

    assert outcome(tell(reminder, [reminder], [], NOW)) == ("", None, "", "reminder1")


def test_the_end_is_not_told_before_its_recovery_is_due() -> None:
    rows = [row("outage1"), row("recovery1", due=NOW + 5), row("recovery2", due=NOW + 9)]

    assert tell(rows[0], rows, events(*OVER), NOW) == Telling(waits_until=NOW + 9)
    assert outcome(tell(rows[0], rows, events(*AGAIN), NOW)) == ("outage1", Saying.OUTAGE, "recovery1 recovery2", "")
    assert outcome(tell(rows[0], rows, events(*OVER), NOW + 9)) == (
        "outage1", Saying.OVER, "recovery1 recovery2", ""
    )  # fmt: skip


@pytest.mark.parametrize(
    ("happened", "rows", "known"),
    [
        (AGAIN, [row("outage1")], 200),
        (AGAIN, [row("outage1"), row("update1", 420)], 420),
        (("down", "overran"), [row("outage1", 150)], 150),
        (("down", "over", "overran"), [row("outage1", 140)], 150),
        ((), [row("version1"), row("version2")], 200),
    ],
)
def test_what_is_known_is_the_latest_of_what_the_mail_tells(
    happened: tuple[str, ...], rows: list[Message], known: int
) -> None:
    carrier = tell(rows[0], rows, events(*happened), NOW).carrier

    assert carrier is not None
    assert carrier.known == known


def test_an_overrun_that_was_found_after_it_was_owed_is_known() -> None:
    opening = row("outage1", 150)
    overran = replace(events("overran")[0], at=150, recorded=153)

    carrier = tell(opening, [opening], [*events(*DOWN), overran], NOW).carrier

    assert carrier is not None
    assert (carrier.says, carrier.known) == (Saying.OVERRUN, 153)
