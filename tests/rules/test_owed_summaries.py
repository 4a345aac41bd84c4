"""To whom a closed month is owed, why another revision is, and what its mail says when its turn comes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from slawatch.model import (
    HOUR,
    MINUTE,
    Contact,
    Declaration,
    DeclarationKind,
    Instant,
    Message,
    MessageKind,
    MessageState,
    Saying,
)
from slawatch.rules.owed import Recipients
from slawatch.rules.owed_summaries import summary_messages
from slawatch.rules.revised import MONTH_CLOSED, Cause, causes, why
from slawatch.rules.telling import NO_PDF, tell

PIA, JAN = Contact("pia@vendor.example", "nl"), Contact("jan@duinzicht.example", "en")
NOW = 100 * HOUR


def summaries(
    revision: int, *readers: Contact, before: tuple[Message, ...] = (), newest: bool = True, now: Instant = NOW
) -> tuple[Message, ...]:
    to = Recipients(readers, "example.org")
    return summary_messages("duinzicht", "2026-10", revision, to, before, now, newest=newest)


def test_each_reader_is_owed_the_month_in_its_language():
    first, second = summaries(1, PIA, JAN)
    assert (first.kind, first.customer, first.outage, first.sequence) == (
        MessageKind.SUMMARY, "duinzicht", "2026-10", 1,
    )  # fmt: skip
    assert [(one.contact, one.language, one.thread == one.message_id) for one in (first, second)] == [
        (PIA.address, "nl", True),
        (JAN.address, "en", True),
    ]
    assert first.message_id.startswith("<duinzicht.2026-10.summary.1.")


def test_a_correction_goes_on_in_the_readers_thread_and_to_who_reads_now():
    before = summaries(1, PIA)
    again, new = summaries(2, PIA, JAN, before=before, newest=False)
    assert again.thread == before[0].message_id
    assert again.message_id != before[0].message_id
    assert new.thread == new.message_id


def test_of_an_older_month_that_nobody_was_owed_nothing_is_owed():
    assert summaries(1, PIA, newest=False) == ()
    assert summaries(2, PIA, newest=False) == ()


def declared(kind: DeclarationKind, subject: str) -> Declaration:
    return Declaration(f"{subject}/{kind}", "duinzicht", kind, subject, NOW, "A. Jansen")


def test_why_there_is_a_revision_reads_back_as_it_was_written():
    said = [
        declared(DeclarationKind.EXCLUSION_ADDED, "x1"),
        declared(DeclarationKind.WINDOW_MOVED, "w3"),
        declared(DeclarationKind.EXCLUSION_ADDED, "x1"),
    ]
    assert why(said) == "exclusion_added x1; window_moved w3"
    named = (Cause(DeclarationKind.EXCLUSION_ADDED, "x1"), Cause(DeclarationKind.WINDOW_MOVED, "w3"))
    assert causes(why(said)) == (named, 0)
    many = [declared(DeclarationKind.WINDOW_MOVED, f"w{number}") for number in range(7)]
    assert causes(why(many)) == (tuple(Cause(one.kind, one.subject) for one in many[:5]), 2)
    assert causes(MONTH_CLOSED) == ((), 0)


FIRST = summaries(1, PIA)[0]
SECOND = summaries(2, PIA, before=(FIRST,), now=NOW + MINUTE)[0]
TOLD = replace(FIRST, state=MessageState.ACCEPTED, says=Saying.SUMMARY, known=NOW, accepted=NOW + 2 * MINUTE)
WITHOUT = replace(FIRST, attempts=3, error=f"{NO_PDF}: no browser was found")
RELAY_AWAY = replace(FIRST, attempts=3, error="mail.example:587: cannot connect")


@pytest.mark.parametrize(
    ("rows", "waited", "carrier", "says", "known"),
    [
        ([FIRST], 0, FIRST, Saying.SUMMARY, NOW),
        ([FIRST, SECOND], 0, SECOND, Saying.SUMMARY, NOW + MINUTE),
        ([TOLD, SECOND], 0, SECOND, Saying.CORRECTED, NOW + 2 * MINUTE),
        ([WITHOUT], HOUR - 1, WITHOUT, Saying.SUMMARY, NOW),
        ([WITHOUT], HOUR, WITHOUT, Saying.UNPRINTED, NOW),
        ([WITHOUT, SECOND], HOUR, SECOND, Saying.UNPRINTED, NOW + MINUTE),
        ([RELAY_AWAY], 5 * HOUR, RELAY_AWAY, Saying.SUMMARY, NOW),
    ],
)
def test_a_summary_says_the_latest_revision_and_goes_without_its_pdf_after_an_hour(
    rows: list[Message], waited: int, carrier: Message, says: Saying, known: Instant
):
    claimed = next(row for row in rows if row.state is MessageState.QUEUED)
    telling = tell(claimed, rows, [], NOW + waited)
    assert telling.carrier == replace(carrier, says=says, known=known)
    open_rows = [row for row in rows if row.state is MessageState.QUEUED]
    assert list(telling.folded) == [row for row in open_rows if row.id != carrier.id]
    assert telling.dropped == ()


def test_what_may_be_with_a_relay_goes_again_as_it_was():
    handed_over = replace(WITHOUT, says=Saying.SUMMARY, known=NOW, handed_over=1)
    assert tell(handed_over, [handed_over, SECOND], [], NOW + 9 * HOUR).carrier == handed_over
