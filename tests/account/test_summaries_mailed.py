"""A closed month arrives as a mail with its summary: a real ledger, renderer and SMTP server, and a real browser or none."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path

import pytest
from delivering import Outcomes, SetClock
from pypdf import PdfReader
from small_slawatch import PARK, living, terms
from smtp_server import SmtpServer
from test_month_close import CLOSED, MIDNIGHT, a_month, force_majeure

from slawatch.account import Closing
from slawatch.app.delivering import Delivering
from slawatch.app.enclosing import enclose
from slawatch.app.links import KEY, Links
from slawatch.app.mailing import Mailing, addressed, all_summary_readers
from slawatch.app.rendering import Made, Renderers, Wanted, open_renderers
from slawatch.config import load
from slawatch.model import HOUR, MessageKind, MessageState
from slawatch.observers import Everyone
from slawatch.reporters.mail import Undeliverable
from slawatch.reporters.metrics import Metrics
from slawatch.store import Store, open_store

CONFIG = """
pages:
  dashboard: {{path: /dashboard, ready: main, every: 60s}}
  reservations: {{path: /reserveringen, ready: main, every: 60s}}
account_manager: pia@vendor.example
summaries: {{contacts: {contacts}}}
customers:
  - id: duinzicht
    name: Vakantiepark Duinzicht
    url: https://duinzicht.example
    http: {{path: /health, every: 15s}}
    contacts:
      - {{address: jan@duinzicht.example, language: en}}
      - {{address: balie@duinzicht.example, wants: [outages]}}
mail: {{sender: "Storingen <storing@example.org>", relays: [{{url: "smtp://127.0.0.1:{port}", tls: "off"}}]}}
web: {{public_url: "https://sla.example.org"}}
store: sqlite:///{folder}/slawatch.db
{more}
"""
NO_BROWSER = "monitor: {browser: {executable: /no/such/browser}}"


@dataclass
class House:
    store: Store
    closing: Closing
    mailing: Mailing
    renderers: Renderers
    clock: SetClock
    outcomes: Outcomes
    delivering: Delivering


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with SmtpServer() as started:
        yield started


@asynccontextmanager
async def delivering(
    folder: Path, server: SmtpServer, *, contacts: str = "false", more: str = ""
) -> AsyncIterator[House]:
    """With a month that is over, on a clock that shows when it is to be closed."""
    async with living(folder, MIDNIGHT - 3 * HOUR, terms()) as small:
        await a_month(small, folder)
    file = folder / "slawatch.yaml"
    file.write_text(CONFIG.format(folder=folder, port=server.port, contacts=contacts, more=more))
    config, at, made, outcomes = load(file), SetClock(CLOSED), Delivering(), Outcomes()
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(open_store(config.store, write=True))
        await store.drop_unaddressed(addressed(config))  # the mails about its outages
        links = Links(await store.key(KEY))
        links.configure(config)
        mailing = Mailing(store, Metrics(), Everyone(()), links)
        await mailing.configure(config)
        stack.push_async_callback(mailing.close)
        renderers = await stack.enter_async_context(open_renderers(lambda: config))
        loops = made.loops(store, mailing, outcomes, renderers, at)
        tasks = [asyncio.create_task(loop, name=name) for name, loop in loops]
        closing = Closing(store, at, readers=all_summary_readers(config, {}), owed=made.summaries.set)
        try:
            yield House(store, closing, mailing, renderers, at, outcomes, made)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def accepted(house: House, number: int) -> None:
    """So many more are with the relay. A document is made in seconds, on a busy machine in more."""
    async with asyncio.timeout(60):
        for _ in range(number):
            await house.outcomes.accepted.get()


def text(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def attached(mail: EmailMessage) -> tuple[str, str, bytes]:
    (part,) = (one for one in mail.iter_attachments() if one.is_attachment())
    return str(part.get_filename()), part.get_content_type(), part.get_payload(decode=True)  # type: ignore[return-value]


async def test_the_account_manager_and_who_wants_it_get_the_month_and_its_correction(
    tmp_path: Path, server: SmtpServer
):
    async with delivering(tmp_path, server, contacts="true") as house:
        await house.closing.settle([PARK])
        await accepted(house, 2)
        mails = {one.recipient: one.parsed for one in server.received}
        assert mails.keys() == {"pia@vendor.example", "jan@duinzicht.example"}

        pias, jans = mails["pia@vendor.example"], mails["jan@duinzicht.example"]
        assert pias["Subject"] == "Maandoverzicht: Vakantiepark Duinzicht, maart 2026"
        assert "https://sla.example.org/customers/duinzicht/summaries?month=2026-03" in text(pias)
        assert (pias["List-Unsubscribe"], "/customers/" in text(jans)) == (None, False)
        assert jans["List-Unsubscribe"].startswith("<https://sla.example.org/contacts/")
        name, kind, content = attached(jans)
        assert (name, kind) == ("duinzicht-2026-03-r1-en.pdf", "application/pdf")
        assert "March 2026" in PdfReader(BytesIO(content)).pages[0].extract_text()
        assert "maart 2026" in PdfReader(BytesIO(attached(pias)[2])).pages[0].extract_text()

        (statement,) = await house.store.statements(PARK)
        assert statement.digest in text(pias)
        (owed,) = [
            one
            for one in await house.store.messages(PARK, kind=MessageKind.SUMMARY)
            if one.contact == "pia@vendor.example"
        ]
        again = await house.mailing.compose_summary(house.renderers, owed)
        sent = next(one.content for one in server.received if one.recipient == "pia@vendor.example")
        assert again.as_bytes() == sent

        await house.store.declare([force_majeure(CLOSED + HOUR)])
        house.clock.at = CLOSED + 2 * HOUR
        await house.closing.settle([PARK])
        await accepted(house, 2)
        (corrected,) = [one.parsed for one in server.received[2:] if one.recipient == "pia@vendor.example"]
        assert corrected["Subject"] == f"Re: {pias['Subject']}"
        assert corrected["In-Reply-To"] == pias["Message-ID"]
        assert "Dit is revisie 2; deze komt in de plaats van revisie 1." in text(corrected)
        assert "Overmacht x1 is vastgelegd." in text(corrected)
        # 480 s of downtime, of which force majeure takes 240 s.
        assert "Uitval: eerder 8 min, nu 4 min." in text(corrected).replace("\N{NO-BREAK SPACE}", " ")
        assert attached(corrected)[0] == "duinzicht-2026-03-r2-nl.pdf"


async def test_without_a_browser_the_mail_waits_an_hour_and_goes_with_the_page(tmp_path: Path, server: SmtpServer):
    async with delivering(tmp_path, server, more=NO_BROWSER) as house:
        await house.closing.settle([PARK])
        async with asyncio.timeout(60):
            assert await house.outcomes.failed.get()
        (waiting,) = await house.store.messages(PARK, kind=MessageKind.SUMMARY)
        assert waiting.state is MessageState.QUEUED
        assert (waiting.error or "").startswith("no PDF: monitor.browser.executable: /no/such/browser is not")
        assert server.received == []

        house.clock.at += HOUR
        house.delivering.wake()
        await accepted(house, 1)
        (mail,) = (one.parsed for one in server.received)
        assert "Het is een webpagina in plaats van een PDF, die niet gemaakt kon worden." in text(mail)
        name, kind, content = attached(mail)
        assert (name, kind) == ("duinzicht-2026-03-r1-nl.html", "text/html")
        assert b'<html lang="nl"' in content
        (told,) = await house.store.messages(PARK, kind=MessageKind.SUMMARY)
        assert told.says == "summary_unprinted"


class Large:
    """Makes a file that is larger than mail takes."""

    async def render(self, wanted: Wanted, out: Path) -> Made:
        out.write_bytes(b"x")
        return Made("large.pdf", "application/pdf", 7_000_001)


class Gone:
    """Makes a file that is gone again."""

    async def render(self, wanted: Wanted, out: Path) -> Made:
        return Made("gone.pdf", "application/pdf", 1)


async def test_what_is_too_large_for_mail_is_not_attached_and_what_is_not_there_is_tried_again(
    tmp_path: Path, server: SmtpServer
):
    async with delivering(tmp_path, server, more=NO_BROWSER) as house:
        await house.closing.settle([PARK])
        (owed,) = await house.store.messages(PARK, kind=MessageKind.SUMMARY)
        mail = await house.mailing.compose_summary(Large(), owed)
        assert list(mail.iter_attachments()) == []
        assert "Het is te groot voor een mail. U vindt het met de link hieronder." in text(mail)
        with pytest.raises(Undeliverable, match=r"^no PDF: .*No such file"):
            await enclose(Gone(), owed, "pdf")
