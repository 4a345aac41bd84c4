"""What the mails say, and the mail around it."""

from __future__ import annotations

import re
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mail_samples import CLOSED, CONFIRMED, OPENED, OUTAGE, PARK, SENDER, event, facts, message

from slawatch.model import MINUTE, SECOND, VERDICTS, Cause, EventKind, MessageKind, Verdict
from slawatch.reporters.mail import Addressee, SenderSettings, Unrenderable, facts_as_told, render
from slawatch.reporters.mail.letter import LANGUAGES
from slawatch.reporters.mail.phrasing import duration
from slawatch.rules.calendar import parse

GOLDEN = Path(__file__).parent / "mail"
KINDS = (MessageKind.OUTAGE, MessageKind.RECOVERY)


def received(mail: EmailMessage) -> EmailMessage:
    """The mail as whoever receives it reads it."""
    parsed = message_from_bytes(mail.as_bytes(), policy=default)
    assert isinstance(parsed, EmailMessage)
    assert parsed.defects == []
    return parsed


def body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


class _Page(HTMLParser):
    """The text and the attributes of an HTML page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        if data.strip() and self.tags[-1] != "style":
            self.text.append(" ".join(data.split()))


@pytest.mark.parametrize("language", sorted(LANGUAGES))
@pytest.mark.parametrize("kind", KINDS)
def test_the_text_is_the_one_that_was_agreed(kind: MessageKind, language: str) -> None:
    due = message(kind, language=language)
    said = body(received(render(due, facts(due), SENDER)), "plain")
    assert said == (GOLDEN / f"{kind}.{language}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("language", sorted(LANGUAGES))
@pytest.mark.parametrize("kind", KINDS)
def test_the_html_says_what_the_text_says(kind: MessageKind, language: str) -> None:
    due = message(kind, language=language)
    mail = received(render(due, facts(due), SENDER))
    title, *shown = [line for line in _Page(body(mail, "html")).text if line != "\N{NO-BREAK SPACE}"]
    assert title == mail["Subject"]
    form = re.compile(r"[:\s]")  # the labels of the plain text's rows have a colon
    assert form.sub("", "".join(shown)) == form.sub("", body(mail, "plain"))


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


def test_an_outage_that_opens_again_stays_in_its_thread_and_says_so() -> None:
    again = message(sequence=2)
    mail = received(render(again, facts(again), SENDER))
    assert mail["In-Reply-To"] == message().message_id
    assert "De storing die voorbij leek, is terug" in body(mail, "plain")


def test_a_thread_keeps_its_subject_when_the_start_turns_out_earlier() -> None:
    due = message(MessageKind.RECOVERY)
    earlier = replace(facts(due), starts=OPENED - 3 * MINUTE)
    mail = received(render(due, earlier, SENDER))
    assert mail["Subject"] == "Re: Storing: Vakantiepark Duinzicht, 23 november 2026 14:32"
    assert "14:29:05" in body(mail, "plain")


def test_long_identifiers_go_out_whole() -> None:
    long = f"<{'a' * 130}.outage.1.0123456789abcdef@mail.{'b' * 60}.example>"
    due = replace(message(MessageKind.RECOVERY), message_id=long.replace("outage", "recovery"), thread=long)
    lines = render(due, facts(due), SENDER).as_bytes().decode().split("\r\n")
    assert f"References: {long}" in lines
    assert f"In-Reply-To: {long}" in lines
    assert f"Message-ID: {due.message_id}" in lines


def test_the_same_message_is_the_same_bytes_at_every_attempt() -> None:
    due = message(MessageKind.RECOVERY)
    first = render(due, facts(due), SENDER).as_bytes()
    assert render(replace(due, attempts=3, due=due.due + MINUTE), facts(due), SENDER).as_bytes() == first
    assert all(line.isascii() and len(line) <= 998 for line in first.split(b"\r\n"))
    assert b"\n" not in first.replace(b"\r\n", b"")


@settings(max_examples=50)
@given(st.text(min_size=1, max_size=120))
def test_no_name_can_start_a_header_or_a_line(name: str) -> None:
    due = message()
    mail = received(render(due, facts(due, replace(PARK, name=name)), SENDER))
    plain = received(render(due, facts(due), SENDER))
    assert mail.keys() == plain.keys()
    assert str(mail["To"]) == "beheer@duinzicht.example"
    assert len(body(mail, "plain").splitlines()) == len(body(plain, "plain").splitlines())
    assert _Page(body(mail, "html")).tags == _Page(body(plain, "html")).tags


def test_a_name_with_accents_and_marks_arrives_as_it_was_written() -> None:
    due = message()
    to = replace(PARK, name='Café <b>"Zoë" & Søn</b>\r\nBcc: all@example.org')
    sender = SenderSettings('"Störingen, Tommy" <storing@example.org>')
    mail = received(render(due, facts(due, to), sender))
    assert mail["Subject"].startswith('Storing: Café <b>"Zoë" & Søn</b> Bcc: all@example.org, 23')
    assert (mail["Bcc"], mail["Reply-To"]) == (None, None)
    assert mail["From"].addresses[0].display_name == "Störingen, Tommy"
    page = body(mail, "html")
    assert "Café &lt;b&gt;&#34;Zoë&#34; &amp; Søn&lt;/b&gt;" in page
    assert "<b>" not in page
    assert "Beantwoord deze mail, en noem de referentie." in page


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


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_every_cause_of_an_outage_has_its_words(language: str) -> None:
    down = {cause for cause, verdict in VERDICTS.items() if verdict is Verdict.DOWN}
    assert set(LANGUAGES[language].causes) == down
    said = [text for seen in LANGUAGES[language].causes.values() for text in (seen.now, seen.then)]
    assert len(set(said)) == len(said)
    for cause in (*down, None):
        due = message(language=language)
        seen = LANGUAGES[language].causes[cause] if cause else LANGUAGES[language].unclear
        assert seen.now in body(received(render(due, facts(due, cause=cause), SENDER)), "plain")


def test_a_page_without_words_of_its_own_is_called_by_its_name_or_its_label() -> None:
    due = message()
    to = Addressee("Duinzicht", "Tommy", "Europe/Amsterdam", {"arrivals": "de aankomsten"})
    hit = replace(facts(due, to), checks=("arrivals", "price_list", "dashboard"))
    assert "de aankomsten, price list en het dashboard" in body(received(render(due, hit, SENDER)), "plain")


@pytest.mark.parametrize(
    ("at", "shown"),
    [
        ("2026-10-25T00:30:05Z", "zondag 25 oktober 2026, 02:30:05 CEST"),
        ("2026-10-25T01:30:05Z", "zondag 25 oktober 2026, 02:30:05 CET"),
        ("2026-03-29T00:59:59.999999Z", "zondag 29 maart 2026, 01:59:59 CET"),
        ("2026-03-29T01:00:00Z", "zondag 29 maart 2026, 03:00:00 CEST"),
    ],
)
def test_a_time_says_its_zone_for_an_hour_may_come_twice(at: str, shown: str) -> None:
    due = message()
    mail = received(render(due, replace(facts(due), starts=parse(at)), SENDER))
    assert f"Sinds:        {shown}\n" in body(mail, "plain")


@pytest.mark.parametrize(
    ("seconds", "dutch", "english"),
    [
        (0, "0 seconden", "0 seconds"),
        (1, "1 seconde", "1 second"),
        (60, "1 minuut", "1 minute"),
        (3600, "1 uur", "1 hour"),
        (3661, "1 uur, 1 minuut en 1 seconde", "1 hour, 1 minute and 1 second"),
        (7325, "2 uur, 2 minuten en 5 seconden", "2 hours, 2 minutes and 5 seconds"),
        (90000, "25 uur", "25 hours"),
    ],
)
def test_a_duration_is_said_in_full(seconds: int, dutch: str, english: str) -> None:
    assert duration(OPENED, OPENED + seconds * SECOND, LANGUAGES["nl"]) == dutch
    assert duration(OPENED, OPENED + seconds * SECOND, LANGUAGES["en"]) == english


def test_the_html_fetches_nothing_and_knows_the_dark() -> None:
    due = message()
    page = _Page(body(received(render(due, facts(due), SENDER)), "html"))
    source = body(received(render(due, facts(due), SENDER)), "html")
    assert not {"img", "link", "script", "iframe", "a", "object"} & set(page.tags)
    assert not {"src", "href", "srcset", "background"} & {name for name, _ in page.attributes}
    assert "url(" not in source
    assert "@import" not in source
    assert "@media (prefers-color-scheme: dark)" in source
    assert ("name", "color-scheme") in page.attributes
    assert "background-color: #c62828" in source.split("<body", 1)[1]


def test_what_is_told_is_what_was_known_when_it_came_to_be_owed() -> None:
    outage, recovery = message(), message(MessageKind.RECOVERY, created=CLOSED + SECOND)
    events = (
        event(EventKind.OPENED, OPENED, CONFIRMED),
        event(EventKind.JOINED, OPENED - MINUTE, CONFIRMED + MINUTE, ("dashboard", "reservations")),
        event(EventKind.CLOSED, CLOSED, CLOSED + SECOND),
        event(EventKind.REOPENED, CLOSED, CLOSED + MINUTE),
    )
    first, last = facts_as_told(outage, events, PARK), facts_as_told(recovery, events, PARK)
    assert (first.starts, first.ends, first.checks) == (OPENED, None, ("dashboard",))
    assert (last.starts, last.ends, last.checks) == (OPENED - MINUTE, CLOSED, ("dashboard", "reservations"))
    assert (last.opened, last.cause, last.outage) == (OPENED, Cause.HTTP_5XX, OUTAGE)


def test_facts_without_an_opening_or_an_end_are_refused() -> None:
    with pytest.raises(Unrenderable, match="has no opening"):
        facts_as_told(message(), (), PARK)
    with pytest.raises(Unrenderable, match="has no end"):
        facts_as_told(message(MessageKind.RECOVERY), (event(EventKind.OPENED, OPENED, CONFIRMED),), PARK)
