"""The mail sink's pages, and the same as JSON for tests: GET /mails.json?after=<number>&wait=<seconds>."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from urllib.parse import quote

from aiohttp import web

from slawatch.demo.live import live
from slawatch.demo.pages import file_response, page_response
from slawatch.demo.sink import Mail, Mailbox

#: What a mail may do when it is shown: look like itself, and nothing else.
MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
VIEWS = ("html", "text", "headers", "source")
LONGEST_WAIT = 60.0


def mails_application(mailbox: Mailbox, *, switches: str | None = None) -> web.Application:
    """The application that shows what the sink received; `switches` is where its way back leads."""
    pages = _Pages(mailbox, switches)
    app = web.Application()
    app.router.add_routes(
        [
            web.get("/", pages.listed),
            web.get("/mails.json", pages.as_json),
            web.get(r"/mails/{number:\d+}", pages.shown),
            web.get(r"/mails/{number:\d+}/html", pages.html),
            web.get(r"/mails/{number:\d+}/source", pages.source),
            web.get(r"/mails/{number:\d+}/attachments/{index:\d+}", pages.attachment),
            web.post("/empty", pages.empty),
            web.get("/static/{name}", pages.static),
        ]
    )
    live(mailbox.bell, app)
    return app


class _Pages:
    def __init__(self, mailbox: Mailbox, switches: str | None) -> None:
        self._mailbox = mailbox
        self._switches = switches

    async def listed(self, request: web.Request) -> web.StreamResponse:
        to, thread = request.query.get("to", ""), request.query.get("thread", "")
        mails = [
            mail
            for mail in reversed(self._mailbox.after())
            if (not to or to in mail.recipients) and (not thread or str(self._mailbox.thread_number(mail)) == thread)
        ]
        return page_response(
            "mails.html",
            mails=mails,
            to=to,
            thread=thread,
            number=self._mailbox.thread_number,
            at=local_time,
            switches=self._switches,
        )

    async def shown(self, request: web.Request) -> web.StreamResponse:
        mail = self._find(request)
        has_html = mail.html is not None
        view = request.query.get("view", "html" if has_html else "text")
        if view not in VIEWS:
            raise web.HTTPNotFound(text=f"view: expected one of {', '.join(VIEWS)}, got {view!r}\n")
        return page_response(
            "mail.html",
            mail=mail,
            view=view,
            views=VIEWS if has_html else VIEWS[1:],
            number=self._mailbox.thread_number(mail),
            at=local_time,
        )

    async def html(self, request: web.Request) -> web.StreamResponse:
        html = self._find(request).html
        if html is None:
            raise web.HTTPNotFound(text="this mail has no HTML part\n")
        return web.Response(text=html, content_type="text/html", headers={"Content-Security-Policy": MAIL_POLICY})

    async def source(self, request: web.Request) -> web.StreamResponse:
        text = self._find(request).source.decode(errors="replace")
        return web.Response(text=text, headers={"X-Content-Type-Options": "nosniff"})

    async def attachment(self, request: web.Request) -> web.StreamResponse:
        attachments = self._find(request).attachments
        index = int(request.match_info["index"])
        if index >= len(attachments):
            raise web.HTTPNotFound(text=f"this mail has {len(attachments)} attachments\n")
        name, _kind, content = attachments[index]
        return web.Response(
            body=content,
            content_type="application/octet-stream",
            headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"},
        )

    async def as_json(self, request: web.Request) -> web.StreamResponse:
        try:
            after = int(request.query.get("after", "0"))
            wait = min(float(request.query.get("wait", "0")), LONGEST_WAIT)
        except ValueError as error:
            raise web.HTTPBadRequest(text="after: expected a mail's number; wait: expected seconds\n") from error
        try:
            async with asyncio.timeout(wait):
                while not self._mailbox.after(after) and wait > 0:
                    await self._mailbox.bell.wait()
        except TimeoutError:
            pass  # nothing came: the answer is empty
        return web.json_response([_as_json(mail) for mail in self._mailbox.after(after)])

    async def empty(self, _request: web.Request) -> web.StreamResponse:
        self._mailbox.empty()
        raise web.HTTPSeeOther("/")

    async def static(self, request: web.Request) -> web.StreamResponse:
        return file_response(request.match_info["name"], among={"demo.css", "live.js"})

    def _find(self, request: web.Request) -> Mail:
        mail = self._mailbox.find(int(request.match_info["number"]))
        if mail is None:
            raise web.HTTPNotFound(text="this mail is not kept (any more)\n")
        return mail


def local_time(mail: Mail) -> datetime:
    """When the mail came, in this machine's zone."""
    return datetime.fromtimestamp(mail.received / 1_000_000, tz=UTC).astimezone()


def _as_json(mail: Mail) -> dict[str, object]:
    received = datetime.fromtimestamp(mail.received / 1_000_000, tz=UTC)
    return {
        "number": mail.number,
        "received": received.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "sender": mail.sender,
        "recipients": list(mail.recipients),
        "subject": mail.subject,
        "message_id": mail.message_id,
        "in_reply_to": mail.header("In-Reply-To"),
        "references": mail.header("References").split(),
        "thread": mail.thread,
        "headers": [list(header) for header in mail.headers],
        "text": mail.text,
        "html": mail.html,
        "attachments": [{"name": name, "type": kind, "bytes": len(body)} for name, kind, body in mail.attachments],
    }
