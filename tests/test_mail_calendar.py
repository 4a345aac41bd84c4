"""The calendar of maintenance: as a mail carries it and as it is subscribed to, read back by the library that reads such."""

from __future__ import annotations

from dataclasses import replace

import pytest
from icalendar import Calendar, Event
from mail_samples import CONTACT, CUSTOMER, NOW, PARK, SENDER, mail

from slawatch.app.mailing import addressee
from slawatch.app.specimens import Story
from slawatch.model import DAY, HOUR, Instant, Message, MessageKind, Reason, Saying, Version
from slawatch.reporters.mail import Occurrence, WindowFacts, feed, render
from slawatch.reporters.mail.ics import MOST
from slawatch.rules.calendar import instant, moment, parse
from slawatch.rules.stands import Window

STARTS = parse("2026-12-01T22:00:00Z")
WINDOW = Window("w3", "duinzicht", (Version(STARTS, STARTS + HOUR, entered=NOW),), Reason.NEW_VERSION)
TO = addressee(CUSTOMER)


def attached(name: str, language: str = "nl") -> tuple[Calendar, dict[str, str]]:
    """The calendar of that specimen, and the parameters of its part."""
    (part,) = [part for part in mail(name, language).iter_attachments() if part.is_attachment()]
    assert part.get_content_type() == "text/calendar"
    return Calendar.from_ical(part.get_payload(decode=True)), dict(part["Content-Type"].params)


def events(calendar: Calendar) -> list[Event]:
    return [one for one in calendar.walk("VEVENT") if isinstance(one, Event)]


def fed(*windows: Window) -> list[Event]:
    return events(Calendar.from_ical(feed("duinzicht", windows, TO, "nl", SENDER.sender)))


def test_a_window_is_one_event_in_utc_with_all_that_a_reader_needs() -> None:
    calendar, parameters = attached("announced")
    (event,) = events(calendar)
    starts, ends = Story(CUSTOMER, "nl", NOW)._night(8)
    assert (calendar["VERSION"], calendar["METHOD"], parameters["method"]) == ("2.0", "PUBLISH", "PUBLISH")
    assert (event["DTSTART"].dt, event["DTEND"].dt, event["DTSTAMP"].dt) == (moment(starts), moment(ends), moment(NOW))
    assert "20261203T220000Z" in event.to_ical().decode()
    assert calendar.walk("VTIMEZONE") == []
    assert {name: str(event[name]) for name in ("UID", "SEQUENCE", "STATUS", "SUMMARY", "ORGANIZER", "TRANSP")} == {
        "UID": "w3.duinzicht@example.org",
        "SEQUENCE": "0",
        "STATUS": "CONFIRMED",
        "SUMMARY": "Onderhoud Tommy 2.0, Vakantiepark Duinzicht",
        "ORGANIZER": "mailto:storing@example.org",
        "TRANSP": "TRANSPARENT",
    }
    assert event["ORGANIZER"].params["CN"] == "Storingen Tommy"
    assert event["DESCRIPTION"].startswith("Een nieuwe versie van Tommy 2.0\nDe reserveringsmodule")
    assert "ATTENDEE" not in event


def test_it_has_the_marks_of_a_maintenance_notice() -> None:
    (event,) = events(attached("announced")[0])
    assert {name: str(value) for name, value in event.items() if name.startswith("X-MAINTNOTE")} == {
        "X-MAINTNOTE-PROVIDER": "example.org",
        "X-MAINTNOTE-ACCOUNT": "duinzicht",
        "X-MAINTNOTE-MAINTENANCE-ID": "w3",
        "X-MAINTNOTE-OBJECT-ID": "https://duinzicht.example",
        "X-MAINTNOTE-IMPACT": "OUTAGE",
        "X-MAINTNOTE-STATUS": "CONFIRMED",
    }
    assert event["X-MAINTNOTE-MAINTENANCE-ID"].params["X-MAINTNOTE-PRECEDENCE"] == "PRIMARY"


def test_a_later_version_and_a_cancellation_are_the_same_event_with_a_higher_number() -> None:
    told = [events(attached(name)[0])[0] for name in ("announced", "changed", "cancelled")]
    assert {str(one["UID"]) for one in told} == {"w3.duinzicht@example.org"}
    assert [int(one["SEQUENCE"]) for one in told] == [0, 1, 2]


def test_a_cancellation_says_so_in_all_three_places() -> None:
    calendar, parameters = attached("cancelled")
    (event,) = events(calendar)
    assert (calendar["METHOD"], parameters["method"], str(event["STATUS"])) == ("CANCEL", "CANCEL", "CANCELLED")
    assert str(event["X-MAINTNOTE-STATUS"]) == "CANCELLED"


def test_of_a_series_each_time_is_an_event() -> None:
    told = events(attached("series", "en")[0])
    assert [str(one["UID"]) for one in told] == [f"w4.{number}.duinzicht@example.org" for number in range(1, 13)]
    assert {one["DTSTART"].dt.hour for one in told} == {0, 1}  # 02:00 in Amsterdam, the whole year
    assert str(told[0]["SUMMARY"]) == "Maintenance of Tommy 2.0, Vakantiepark Duinzicht"


def test_of_a_long_series_the_next_times_are_there() -> None:
    times = tuple(
        Occurrence(f"w9.{number}", STARTS + number * DAY, STARTS + number * DAY + HOUR) for number in range(400)
    )
    facts = WindowFacts("w9", PARK, times, Reason.PREVENTIVE, recurring=True)
    made = render(_announcement("w9"), facts, SENDER)
    (part,) = [part for part in made.iter_attachments() if part.is_attachment()]
    told = events(Calendar.from_ical(part.get_payload(decode=True)))
    assert [one["DTSTART"].dt for one in told] == [moment(one.starts) for one in times[:MOST]]


@pytest.mark.parametrize(
    ("starts", "hours"), [("2026-03-28T22:00:00Z", 7), ("2026-10-24T21:00:00Z", 9)], ids=["spring", "autumn"]
)
def test_a_night_in_which_the_clocks_change_is_as_long_as_it_is(starts: str, hours: int) -> None:
    begins = parse(starts)
    facts = WindowFacts("w3", PARK, (Occurrence("w3", begins, begins + hours * HOUR),), Reason.OTHER)
    made = render(_announcement("w3"), facts, SENDER)
    plain = made.get_body(("plain",))
    assert plain is not None
    assert f"Duurt:         {hours} uur\n" in plain.get_content().replace("\r\n", "\n")
    (part,) = [part for part in made.iter_attachments() if part.is_attachment()]
    (event,) = events(Calendar.from_ical(part.get_payload(decode=True)))
    assert instant(event["DTEND"].dt) - instant(event["DTSTART"].dt) == hours * HOUR


def test_words_that_could_break_a_line_stay_words() -> None:
    text = 'Eén; twee, "drie"\\\nBEGIN:VALARM\r\n' + "ë" * 300
    (event,) = fed(replace(WINDOW, text=text, reason="unheard-of"))
    said = 'Werkzaamheden aan Tommy 2.0\nEén; twee, "drie"\\\nBEGIN:VALARM\n' + "ë" * 300
    assert str(event["DESCRIPTION"]) == said
    assert event.walk("VALARM") == []


def test_the_feed_has_all_windows_by_start_under_the_names_of_the_mails() -> None:
    later = replace(WINDOW, id="w4.1", versions=(Version(STARTS + DAY, STARTS + DAY + HOUR, entered=NOW + 1),))
    calendar = Calendar.from_ical(feed("duinzicht", (later, WINDOW), TO, "nl", SENDER.sender))
    assert [str(one["UID"]) for one in events(calendar)] == ["w3.duinzicht@example.org", "w4.1.duinzicht@example.org"]
    assert (calendar["METHOD"], str(calendar["X-WR-CALNAME"])) == (
        "PUBLISH",
        "Onderhoud Tommy 2.0, Vakantiepark Duinzicht",
    )


@pytest.mark.parametrize(
    ("window", "number", "status", "notice", "stamped"),
    [
        (WINDOW, 0, "CONFIRMED", "CONFIRMED", NOW),
        (replace(WINDOW, ended=STARTS + 1), 0, "CONFIRMED", "COMPLETED", NOW),
        (replace(WINDOW, cancelled=NOW + DAY), 1, "CANCELLED", "CANCELLED", NOW + DAY),
    ],
    ids=["stands", "ended", "cancelled"],
)
def test_the_feed_says_how_a_window_stands(
    window: Window, number: int, status: str, notice: str, stamped: Instant
) -> None:
    (event,) = fed(window)
    assert (int(event["SEQUENCE"]), str(event["STATUS"]), str(event["X-MAINTNOTE-STATUS"])) == (number, status, notice)
    assert event["DTSTAMP"].dt == moment(stamped).replace(microsecond=0)


def test_the_same_windows_are_the_same_bytes_and_none_is_a_calendar_too() -> None:
    made = feed("duinzicht", (WINDOW,), TO, "nl", SENDER.sender)
    assert made == feed("duinzicht", (WINDOW,), TO, "nl", SENDER.sender)
    assert all(len(line) <= 75 for line in made.split(b"\r\n"))
    assert fed() == []


def _announcement(window: str) -> Message:
    return Message(
        id=window,
        customer="duinzicht",
        contact=CONTACT,
        language="nl",
        kind=MessageKind.MAINTENANCE,
        outage=window,
        sequence=1,
        message_id=f"<{window}@example.org>",
        thread=f"<{window}@example.org>",
        created=NOW,
        due=NOW,
        says=Saying.ANNOUNCED,
        known=NOW,
    )
