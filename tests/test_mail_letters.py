"""What the mails say: each kind in each language, as text and as HTML."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mail_samples import (
    CLOSED,
    CONFIRMED,
    LINKED,
    OPENED,
    OUTAGE,
    PARK,
    SENDER,
    Page,
    body,
    event,
    facts,
    mail,
    message,
    received,
)

from slawatch.app.specimens import NAMES
from slawatch.model import MINUTE, SECOND, VERDICTS, Cause, EventKind, MessageKind, Saying, Verdict
from slawatch.reporters.mail import (
    Addressee,
    DigestFacts,
    MonthSoFar,
    OperatorWords,
    SenderSettings,
    Told,
    Unrenderable,
    facts_as_told,
    render,
)
from slawatch.reporters.wording.phrasing import duration
from slawatch.reporters.wording.seen import CAUSES, UNCLEAR
from slawatch.reporters.wording.tongue import LANGUAGES, MAIL, tongue
from slawatch.rules.calendar import parse

GOLDEN = Path(__file__).parent / "mail"


@pytest.mark.parametrize("language", sorted(LANGUAGES))
@pytest.mark.parametrize("name", NAMES)
def test_the_text_is_the_one_that_was_agreed(name: str, language: str) -> None:
    assert body(mail(name, language)) == (GOLDEN / f"{name}.{language}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("language", sorted(LANGUAGES))
@pytest.mark.parametrize("name", NAMES)
def test_the_html_says_what_the_text_says(name: str, language: str) -> None:
    made = mail(name, language)
    page = Page(body(made, "html"))
    title, *shown = [line for line in page.text if line != "\N{NO-BREAK SPACE}"]
    assert title == made["Subject"]
    shown += [str(value) for name, value in page.attributes if name == "href"]  # the text shows these
    form = re.compile(r"[:\s]")  # the labels of the plain text's rows have a colon
    assert sorted(form.sub("", "".join(shown))) == sorted(form.sub("", body(made)))


def test_every_saying_has_a_specimen() -> None:
    assert {str(one) for one in Saying} <= set(NAMES)


@settings(max_examples=50)
@given(st.text(min_size=1, max_size=120))
def test_no_name_can_start_a_header_or_a_line(name: str) -> None:
    due = message()
    made = received(render(due, facts(due, replace(PARK, name=name)), SENDER))
    plain = received(render(due, facts(due), SENDER))
    assert made.keys() == plain.keys()
    assert str(made["To"]) == "beheer@duinzicht.example"
    assert len(body(made).splitlines()) == len(body(plain).splitlines())
    assert Page(body(made, "html")).tags == Page(body(plain, "html")).tags


def test_a_name_with_accents_and_marks_arrives_as_it_was_written() -> None:
    due = message()
    to = replace(PARK, name='Café <b>"Zoë" & Søn</b> 🏕\r\nBcc: all@example.org')
    sender = SenderSettings('"Störingen, Tommy" <storing@example.org>')
    made = received(render(due, facts(due, to), sender))
    assert made["Subject"].startswith('Storing: Café <b>"Zoë" & Søn</b> 🏕 Bcc: all@example.org, 23')
    assert (made["Bcc"], made["Reply-To"]) == (None, None)
    assert made["From"].addresses[0].display_name == "Störingen, Tommy"
    page = body(made, "html")
    assert "Café &lt;b&gt;&#34;Zoë&#34; &amp; Søn&lt;/b&gt; 🏕" in page
    assert "<b>" not in page
    assert "Beantwoord deze mail, en noem de referentie." in page


def test_a_name_from_right_to_left_keeps_to_itself() -> None:
    due = message()
    made = received(render(due, facts(due, replace(PARK, name="פארק \u202e(1)")), SENDER))
    assert "Storing bij \N{FIRST STRONG ISOLATE}פארק (1)\N{POP DIRECTIONAL ISOLATE}\n" in body(made)


def test_a_name_with_the_marks_of_a_template_is_only_a_name() -> None:
    due = message()
    made = received(render(due, facts(due, replace(PARK, name="{service} {{ 1 }} {0}")), SENDER))
    assert body(made).startswith("Storing bij {service} {{ 1 }} {0}\n")


def test_what_the_operator_said_keeps_its_lines_and_nothing_else() -> None:
    due = message(MessageKind.UPDATE)
    words = OperatorWords(CONFIRMED, "Een <script>\r\n\r\n  twee\x1b[31m\n" + "lang " * 400)
    made = received(render(due, replace(facts(due), words=words), SENDER))
    _, said = body(made).split("Bericht van 23 november 2026 14:32\n")
    first, second, long, *_ = said.splitlines()
    assert (first, second, len(long)) == ("Een <script>", "twee [31m", 1999)
    assert "<script>" not in body(made, "html")


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_every_cause_of_an_outage_has_its_words(language: str) -> None:
    assert set(CAUSES) == {cause for cause, verdict in VERDICTS.items() if verdict is Verdict.DOWN}
    spoken = tongue(language, MAIL)
    said = [spoken.say(text) for seen in (*CAUSES.values(), UNCLEAR) for text in (seen.now, seen.then)]
    assert len(set(said)) == len(said)
    for cause in (*CAUSES, None):
        due = message(language=language)
        seen = UNCLEAR if cause is None else CAUSES[cause]
        assert spoken.say(seen.now) in body(received(render(due, facts(due, cause=cause), SENDER)))


def test_a_page_without_words_of_its_own_is_called_by_its_name_or_its_label() -> None:
    due = message()
    to = Addressee("Duinzicht", "Tommy", "Europe/Amsterdam", {"arrivals": "de aankomsten"})
    hit = replace(facts(due, to), checks=("arrivals", "price_list", "dashboard"))
    assert "de aankomsten, price list en het dashboard" in body(received(render(due, hit, SENDER)))


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
    made = received(render(due, replace(facts(due), starts=parse(at)), SENDER))
    assert f"Sinds:        {shown}\n" in body(made)


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
    assert duration(OPENED, OPENED + seconds * SECOND, tongue("nl", MAIL)) == dutch
    assert duration(OPENED, OPENED + seconds * SECOND, tongue("en", MAIL)) == english


def test_a_month_is_told_only_where_it_is_known() -> None:
    due = message(MessageKind.RECOVERY)
    known = replace(facts(due), month=MonthSoFar(CLOSED, 12 * MINUTE, 43 * MINUTE))
    assert "In november 2026 was Tommy 2.0 tot nu toe 12 minuten niet" in body(received(render(due, known, SENDER)))
    assert "Deze maand" not in body(received(render(due, facts(due), SENDER)))


@pytest.mark.parametrize("name", NAMES)
def test_the_html_fetches_nothing_and_runs_nothing(name: str) -> None:
    source = body(mail(name), "html")
    page = Page(source)
    assert not {"img", "link", "script", "iframe", "object", "form", "svg", "video"} & set(page.tags)
    assert not {"src", "srcset", "background", "action"} & {name for name, _ in page.attributes}
    links = {LINKED.preferences("duinzicht", ""), LINKED.calendar("duinzicht")}
    assert {value for name, value in page.attributes if name == "href"} <= links
    assert not re.search(r"url\(|@import|expression\(", source)


def test_a_mail_without_a_place_for_links_has_none() -> None:
    made = mail("announced", sender=SENDER)
    assert "http" not in body(made)
    assert "a" not in Page(body(made, "html")).tags


def test_the_style_stands_in_the_tags_and_the_dark_in_a_sheet() -> None:
    source = body(mail("outage"), "html")
    assert ("name", "color-scheme") in Page(source).attributes
    assert "@media (prefers-color-scheme: dark)" in source
    assert "background-color: #c62828" in source.split("<body", 1)[1]


def test_what_is_told_is_what_was_known_then() -> None:
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
    later = replace(outage, says=Saying.OVER, known=CLOSED + SECOND)
    assert facts_as_told(later, events, PARK) == last


def test_facts_without_an_opening_or_an_end_are_refused() -> None:
    with pytest.raises(Unrenderable, match="has no opening"):
        facts_as_told(message(), (), PARK)
    with pytest.raises(Unrenderable, match="has no end"):
        facts_as_told(message(MessageKind.RECOVERY), (event(EventKind.OPENED, OPENED, CONFIRMED),), PARK)


@pytest.mark.parametrize(
    ("kind", "sequence", "said"),
    [
        (MessageKind.OUTAGE, 1, "Storing bij Vakantiepark Duinzicht\n"),
        (MessageKind.OUTAGE, 2, "Storing bij Vakantiepark Duinzicht is terug\n"),
        (MessageKind.UPDATE, 2, "Storing bij Vakantiepark Duinzicht duurt voort\n"),
        (MessageKind.RECOVERY, 2, "De storing bij Vakantiepark Duinzicht is voorbij\n"),
    ],
)
def test_of_a_row_in_which_it_was_not_settled_the_kind_says_what_it_says(
    kind: MessageKind, sequence: int, said: str
) -> None:
    due = message(kind, sequence=sequence)
    assert body(received(render(due, facts(due), SENDER))).startswith(said)


def test_what_such_facts_cannot_say_is_refused() -> None:
    due = replace(message(), says=Saying.ANNOUNCED)
    with pytest.raises(Unrenderable, match=re.escape(due.id)):
        render(due, facts(due), SENDER)
    with pytest.raises(Unrenderable, match="'fy'"):
        render(message(language="fy"), facts(due), SENDER)


@pytest.mark.parametrize(
    ("parks", "language", "subject"),
    [
        (["A"], "nl", "Overzicht: A, 23 november 2026 14:32"),
        (["A", "B", "C"], "nl", "Overzicht: A, B en C, 23 november 2026 14:32"),
        (["A", "B", "C", "D", "A"], "nl", "Overzicht: A en 3 andere, 23 november 2026 14:32"),
        (["A", "B", "C", "D"], "en", "Overview: A and 3 others, 23 November 2026 14:32"),
    ],
)
def test_an_overview_names_all_customers_of_whom_it_tells(parks: list[str], language: str, subject: str) -> None:
    owed = message(language=language)
    told = tuple(Told(Saying.OUTAGE, facts(owed, replace(PARK, name=name))) for name in parks)
    mail = render(replace(owed, says=Saying.DIGEST, known=CONFIRMED), DigestFacts(PARK, told), SENDER)
    assert mail["Subject"] == subject
