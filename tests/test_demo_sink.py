"""The mail sink: what it received, shown and told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from email.message import EmailMessage

import aiohttp
import aiosmtplib
import pytest

from slawatch.demo.door import Door, reserve
from slawatch.demo.mails import mails_application
from slawatch.demo.sink import Mailbox, receive

AT = 1_774_000_800_123_456


@dataclass
class Sink:
    mailbox: Mailbox
    port: int
    url: str
    http: aiohttp.ClientSession

    async def send(self, email: EmailMessage) -> str:
        """The server's answer."""
        _, answer = await aiosmtplib.send(
            email, sender="bounce@demo.example", hostname="127.0.0.1", port=self.port, start_tls=False
        )
        return answer

    async def text(self, path: str) -> str:
        async with self.http.get(self.url + path) as answer:
            assert answer.status == 200
            return await answer.text()


@pytest.fixture
async def sink() -> AsyncIterator[Sink]:
    async with AsyncExitStack() as stack:
        mailbox = Mailbox(kept=3)
        port = await stack.enter_async_context(receive(mailbox, clock=lambda: AT))
        application = mails_application(mailbox, switches="http://127.0.0.1:8800/")
        door = await stack.enter_async_context(Door(application, reserve(0)))
        http = await stack.enter_async_context(aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)))
        yield Sink(mailbox, port, door.url, http)


def outage(*, subject: str = "Storing: Tommy is niet bereikbaar — wij zijn ermee bezig") -> EmailMessage:
    email = EmailMessage()
    email["From"] = "Storingen Tommy <storing@demo.example>"
    email["To"] = "beheer@duinzicht.example"
    email["Subject"] = subject
    email["Message-ID"] = "<outage-1@demo.example>"
    email.set_content("Sinds 14:03 — niet bereikbaar.\n")
    email.add_alternative("<h1>Storing</h1><script>alert(1)</script>", subtype="html")
    email.add_attachment(b"BEGIN:VCALENDAR", maintype="text", subtype="calendar", filename="onderhoud é.ics")
    return email


def recovery() -> EmailMessage:
    email = EmailMessage()
    email["From"] = "Storingen Tommy <storing@demo.example>"
    email["To"] = "beheer@duinzicht.example"
    email["Subject"] = "Hersteld: Tommy is weer bereikbaar"
    email["Message-ID"] = "<recovery-1@demo.example>"
    email["In-Reply-To"] = email["References"] = "<outage-1@demo.example>"
    email.set_content("Weer bereikbaar.\n")
    return email


async def test_a_mail_is_told_as_it_was_sent(sink: Sink) -> None:
    assert "kept as mail 1" in await sink.send(outage())
    await sink.send(recovery())
    async with sink.http.get(sink.url + "mails.json") as answer:
        first, second = await answer.json()

    assert {key: first[key] for key in ("number", "received", "sender", "recipients", "subject", "thread")} == {
        "number": 1,
        "received": "2026-03-20T10:00:00.123Z",
        "sender": "bounce@demo.example",
        "recipients": ["beheer@duinzicht.example"],
        "subject": "Storing: Tommy is niet bereikbaar — wij zijn ermee bezig",
        "thread": "<outage-1@demo.example>",
    }
    assert first["text"] == "Sinds 14:03 — niet bereikbaar.\n"
    assert first["html"] == "<h1>Storing</h1><script>alert(1)</script>\n"
    assert first["attachments"] == [{"name": "onderhoud é.ics", "type": "text/calendar", "bytes": 15}]
    assert ["To", "beheer@duinzicht.example"] in first["headers"]
    assert (first["in_reply_to"], first["references"]) == ("", [])
    assert (second["in_reply_to"], second["references"]) == ("<outage-1@demo.example>", ["<outage-1@demo.example>"])
    assert (second["message_id"], second["thread"]) == ("<recovery-1@demo.example>", "<outage-1@demo.example>")
    assert second["html"] is None


async def test_who_waits_for_the_next_mail_gets_it_as_it_comes(sink: Sink) -> None:
    await sink.send(outage())
    waiting = asyncio.create_task(sink.text("mails.json?after=1&wait=9"))
    done, _ = await asyncio.wait([waiting], timeout=0.1)
    assert not done

    await sink.send(recovery())
    assert '"number": 2' in await waiting
    assert '"number": 1' not in waiting.result()


async def test_waiting_in_vain_gives_nothing(sink: Sink) -> None:
    assert await sink.text("mails.json?after=0&wait=0.05") == "[]"


async def test_a_wait_that_is_no_number_is_refused(sink: Sink) -> None:
    async with sink.http.get(sink.url + "mails.json?wait=long") as answer:
        assert (answer.status, await answer.text()) == (
            400,
            "after: expected a mail's number; wait: expected seconds\n",
        )


async def test_the_list_shows_the_newest_first_with_its_thread(sink: Sink) -> None:
    await sink.send(outage())
    await sink.send(recovery())
    await sink.send(outage(subject="Storing bij <b>Heiderand</b>"))
    text = await sink.text("")

    assert text.index("/mails/3") < text.index("/mails/2") < text.index("/mails/1")
    assert "&lt;b&gt;Heiderand" in text
    assert text.count('href="/?thread=1"') == 3
    assert text.count('title="In a thread"') == 1
    assert 'href="http://127.0.0.1:8800/"' in text
    assert "/mails/2" in await sink.text("?to=beheer@duinzicht.example")
    assert "/mails/2" not in await sink.text("?to=someone@else.example")


async def test_a_mail_is_shown_with_its_parts(sink: Sink) -> None:
    await sink.send(outage())
    page = await sink.text("mails/1")
    assert '<iframe src="/mails/1/html" sandbox="" title="The mail">' in page
    assert "onderhoud é.ics" in page
    assert "Sinds 14:03 — niet bereikbaar." in await sink.text("mails/1?view=text")
    assert "<th>Message-ID</th><td>&lt;outage-1@demo.example&gt;</td>" in await sink.text("mails/1?view=headers")
    assert "Content-Type: multipart/mixed" in await sink.text("mails/1/source")
    assert await sink.text("mails/1/attachments/0") == "BEGIN:VCALENDAR"


async def test_the_html_of_a_mail_can_do_nothing_but_look_like_itself(sink: Sink) -> None:
    await sink.send(outage())
    async with sink.http.get(sink.url + "mails/1/html") as answer:
        assert answer.headers["Content-Security-Policy"] == (
            "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
        )


async def test_a_mail_without_html_opens_as_text(sink: Sink) -> None:
    await sink.send(recovery())
    page = await sink.text("mails/1")
    assert "Weer bereikbaar." in page
    assert "?view=html" not in page
    async with sink.http.get(sink.url + "mails/1/html") as answer:
        assert answer.status == 404


@pytest.mark.parametrize("path", ["mails/9", "mails/1?view=nothing", "mails/1/attachments/7", "static/mail.html"])
async def test_what_is_not_there_is_not_found(sink: Sink, path: str) -> None:
    await sink.send(outage())
    async with sink.http.get(sink.url + path) as answer:
        assert answer.status == 404


async def test_only_the_newest_are_kept(sink: Sink) -> None:
    for _ in range(4):
        await sink.send(recovery())
    assert [mail.number for mail in sink.mailbox.after()] == [2, 3, 4]
    assert sink.mailbox.find(1) is None


async def test_emptied_it_is_empty_and_goes_on_counting(sink: Sink) -> None:
    await sink.send(outage())
    async with sink.http.post(sink.url + "empty") as answer:
        assert "No mails yet." in await answer.text()
    await sink.send(recovery())
    assert [mail.number for mail in sink.mailbox.after()] == [2]


async def test_a_mail_without_any_header_is_kept_too(sink: Sink) -> None:
    smtp = aiosmtplib.SMTP(hostname="127.0.0.1", port=sink.port, start_tls=False)
    async with smtp:
        await smtp.sendmail("a@demo.example", ["b@demo.example"], b"\r\nOnly text.\r\n")
    assert "(no subject)" in await sink.text("")
    assert "Only text." in await sink.text("mails/1")


async def test_the_sink_ends_at_once_with_a_sender_connected() -> None:
    async with receive(Mailbox(), clock=lambda: AT) as port:
        smtp = aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False, timeout=5)
        await smtp.connect()
    with pytest.raises(aiosmtplib.SMTPException):
        await smtp.noop()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)
    smtp.close()
