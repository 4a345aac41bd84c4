"""The mail around a letter: its headers, its parts, its bytes, and the threads that mails stand in."""

from __future__ import annotations

from dataclasses import replace

import pytest
from mail_samples import (
    CONTACT,
    CUSTOMER,
    LINKED,
    NOW,
    OPENED,
    PARK,
    SENDER,
    body,
    facts,
    mail,
    message,
    received,
)

from slawatch.app.specimens import NAMES, Story, specimen
from slawatch.model import HOUR, MINUTE, MessageKind, Saying
from slawatch.reporters.mail import SenderSettings, Unrenderable, render, render_test

WINDOWS = ("announced", "series", "changed", "cancelled", "reminder")


def test_a_mail_carries_the_headers_that_make_it_a_thread_and_stop_robots() -> None:
    outage, recovery = message(), message(MessageKind.RECOVERY)
    first = received(render(outage, facts(outage), SENDER))
    second = received(render(recovery, facts(recovery), SENDER))
    assert dict(first.items()) == {
        "From": "Storingen Tommy <storing@example.org>",
        "To": "beheer@duinzicht.example",
        "Reply-To": "Servicedesk <servicedesk@example.org>",
        "Subject": "Storing: Vakantiepark Duinzicht, 23 november 2026 14:32",
        "Date": "Mon, 23 Nov 2026 14:32:11 +0100",
        "Message-ID": outage.message_id,
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "OOF, AutoReply",
        "MIME-Version": "1.0",
        "Content-Type": first["Content-Type"],
        "Content-Language": "nl",
    }
    assert second["Message-ID"] == recovery.message_id
    assert (second["In-Reply-To"], second["References"]) == (outage.message_id, outage.message_id)
    assert second["Subject"] == "Re: " + first["Subject"]
    assert [part.get_content_type() for part in first.iter_parts()] == ["text/plain", "text/html"]


def test_a_mail_is_dated_as_of_when_it_tells() -> None:
    due = replace(message(), says=Saying.OUTAGE, known=message().created + HOUR)
    assert received(render(due, facts(due), SENDER))["Date"] == "Mon, 23 Nov 2026 15:32:11 +0100"


@pytest.mark.parametrize("says", [Saying.AGAIN, Saying.UPDATE, Saying.RECOVERY, Saying.OVER, Saying.OVERRUN])
def test_all_mails_of_an_outages_thread_have_its_subject(says: Saying) -> None:
    due = replace(message(MessageKind.RECOVERY), says=says)
    later = replace(facts(due), starts=OPENED + HOUR, ends=OPENED + 2 * HOUR, before=((OPENED, OPENED + MINUTE),))
    made = received(render(due, later, SENDER))
    assert made["Subject"] == "Re: Storing: Vakantiepark Duinzicht, 23 november 2026 14:32"
    assert made["In-Reply-To"] == due.thread


def test_an_outage_that_is_told_first_when_it_is_over_begins_its_thread() -> None:
    due = replace(message(), says=Saying.OVER)
    made = received(render(due, replace(facts(due), ends=OPENED + MINUTE), SENDER))
    assert made["Subject"] == "Storing: Vakantiepark Duinzicht, 23 november 2026 14:32"
    assert made["In-Reply-To"] is None


def test_all_mails_of_a_window_have_one_subject_also_when_it_moves() -> None:
    subjects = {name: mail(name)["Subject"].removeprefix("Re: ") for name in WINDOWS if name != "series"}
    assert set(subjects.values()) == {"Onderhoud: Vakantiepark Duinzicht (w3)"}


def test_an_overview_is_no_answer_to_one_of_the_things_that_it_tells() -> None:
    made = mail("digest")
    assert (made["In-Reply-To"], made["References"]) == (None, None)
    assert made["Subject"] == "Overzicht: Vakantiepark Duinzicht, 25 november 2026 15:36"


def test_who_may_choose_finds_the_way_in_the_header_and_at_the_end() -> None:
    made, page = mail("outage"), "https://status.example.org/contacts/duinzicht"
    assert made["List-Unsubscribe"] == f"<{page}>"
    assert made["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert body(made).endswith(f"Kies welke mails u wilt krijgen:\n{page}\n")
    assert f'href="{page}"' in body(made, "html")


def test_one_click_is_offered_only_over_https() -> None:
    made = mail("outage", sender=replace(LINKED, preferences=lambda *_: "http://status.example.org/contacts/x"))
    assert made["List-Unsubscribe"] == "<http://status.example.org/contacts/x>"
    assert made["List-Unsubscribe-Post"] is None


def test_the_link_is_that_of_the_customer_and_the_contact() -> None:
    asked = []

    def link(customer: str, contact: str) -> None:
        asked.append((customer, contact))

    due = message()
    made = render(due, facts(due), replace(SENDER, preferences=link))
    assert asked == [("duinzicht", "beheer@duinzicht.example")]
    assert made["List-Unsubscribe"] is None


@pytest.mark.parametrize("name", NAMES)
def test_only_a_mail_about_a_window_names_the_calendar_and_carries_it(name: str) -> None:
    made = mail(name)
    assert ("https://status.example.org/calendar/duinzicht.ics" in body(made)) == (name in WINDOWS)
    calendars = [part for part in made.iter_attachments() if part.get_content_type() == "text/calendar"]
    assert [part.get_filename() for part in calendars] == (["onderhoud.ics"] if name in WINDOWS else [])


def test_long_identifiers_and_addresses_go_out_whole() -> None:
    long = f"<{'a' * 130}.outage.1.0123456789abcdef@mail.{'b' * 60}.example>"
    due = replace(message(MessageKind.RECOVERY), message_id=long.replace("outage", "recovery"), thread=long)
    link = f"https://status.example.org/contacts/{'t' * 120}"
    lines = render(due, facts(due), replace(SENDER, preferences=lambda *_: link)).as_bytes().decode().split("\r\n")
    assert f"References: {long}" in lines
    assert f"In-Reply-To: {long}" in lines
    assert f"Message-ID: {due.message_id}" in lines
    assert f"List-Unsubscribe: <{link}>" in lines


@pytest.mark.parametrize("name", NAMES)
def test_the_same_message_is_the_same_bytes_at_every_attempt(name: str) -> None:
    first, second = (specimen(name, Story(CUSTOMER, "nl", NOW), CONTACT, LINKED).as_bytes() for _ in range(2))
    assert first == second
    assert all(line.isascii() and len(line) <= 998 for line in first.split(b"\r\n"))
    assert b"\n" not in first.replace(b"\r\n", b"")


def test_what_changed_of_the_attempts_changes_no_byte() -> None:
    due = replace(message(MessageKind.RECOVERY), known=OPENED + 2 * HOUR, says=Saying.RECOVERY)
    tried = replace(due, attempts=3, due=due.due + MINUTE, handed_over=1, relay="a:25", error="lost")
    assert render(tried, facts(due), SENDER).as_bytes() == render(due, facts(due), SENDER).as_bytes()


@pytest.mark.parametrize(
    "contact", ["", "nobody", "a@b.example, c@d.example", "a b@c.example", "zoë@park.example", "@x"]
)
def test_a_contact_that_is_no_address_is_refused_without_showing_it(contact: str) -> None:
    due = replace(message(), contact=contact)
    with pytest.raises(Unrenderable) as refused:
        render(due, facts(due), SENDER)
    assert contact == "" or contact not in str(refused.value)


def test_a_domain_outside_ascii_goes_out_in_ascii() -> None:
    due = replace(message(), contact="beheer@campingzoë.example")
    assert render(due, facts(due), SENDER)["To"].addresses[0].domain == "xn--campingzo-34a.example"


def test_an_identifier_that_is_none_is_refused() -> None:
    for wrong in ("x@example.org", "<a b@example.org>", "<a@example.org>\r\nBcc: x@example.org", "<a>"):
        due = replace(message(), message_id=wrong, thread=wrong)
        with pytest.raises(Unrenderable, match="expected a Message-ID"):
            render(due, facts(due), SENDER)


def test_a_test_mail_shows_nobody_elses_address() -> None:
    made = received(render_test("pia@example.org", "en", PARK, NOW, SenderSettings("storing@example.org")))
    assert made["Subject"] == "Test mail of Tommy 2.0, 25 November 2026 15:36"
    assert made["Message-ID"].endswith("@example.org>")
    assert "pia" not in made["Message-ID"]
    with pytest.raises(Unrenderable):
        render_test("nobody", "en", PARK, NOW, SENDER)
