"""Small real web sites with faults, for the browser's and the probes' tests and for the benchmarks."""

from __future__ import annotations

import asyncio
import datetime as dt
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from slawatch import config

PASSWORD = "Sch0uw+duin & <z€e>"
USERNAME = "monitor"
READY = "#rows tbody tr"
BUSY = ".spinner"
OUTSIDE = "form#login"
INSIDE = "nav .signed-in"

#: The page writes down when it put its rows in, and when the frame with them was about to be painted.
PAGE = """<!doctype html><html lang=nl><head><meta charset=utf-8><title>Reserveringen</title>
<style>table {{ width: 100% }} .hidden {{ visibility: hidden }}</style></head>
<body><nav><b class=signed-in>monitor</b></nav><h1>Overzicht reserveringen</h1><p class=spinner>Even geduld</p>
<table id=rows class="{css}"><tbody></tbody></table>
<script>
const put = (count) => {{
  document.querySelector("tbody").innerHTML =
    Array.from({{length: count}}, (_, row) => `<tr><td>${{row}}<td>Kavel ${{row}}<td>2 nachten</tr>`).join("");
  document.querySelector(".spinner")?.remove();
  window.putAt = performance.now();
  requestAnimationFrame(() => {{ window.frameAt = performance.now(); }});
}};
{script}
</script></body></html>"""

FETCH = 'fetch("/rows").then((answer) => answer.json()).then((rows) => put(rows.length));'

SCRIPTS: Mapping[str, str] = {
    "empty": 'document.querySelector(".spinner").remove();',
    "endless": 'fetch("/never").then(() => put(3));',
    "fetch_500": 'fetch("/broken").then((answer) => { if (!answer.ok) throw new Error("no rows"); });'
    'document.querySelector(".spinner").remove();',
    "script_error": 'document.querySelector(".spinner").remove(); geenFunctie("' + PASSWORD + '?token=1");',
    "loop": "while (true) {}",
    "taken_away": "put(3); setTimeout(() => { document.querySelector('tbody').innerHTML = ''; });"
    "setTimeout(() => put(3), 400);",
    "css_only": "put(3); setTimeout(() => document.styleSheets[0].deleteRule(1), 400);",
    "late_body": "const body = document.body; body.remove();"
    "setTimeout(() => { document.documentElement.append(body); put(3); }, 400);",
    "signed_out_flash": "const form = document.createElement('form'); form.id = 'login'; form.textContent = 'x';"
    "document.body.append(form); setTimeout(() => { form.remove(); put(3); }, 100);",
}

FORM = """<!doctype html><html lang=nl><meta charset=utf-8><title>Inloggen</title><h1>Inloggen</h1>
<form id=login method=post action=/login><input id=username name=username><input id=password name=password
type=password><button type=submit>Log in</button></form>"""

#: A form that signs in by script and stays on its page, as single-page applications do.
SCRIPTED_FORM = (
    FORM
    + """<nav></nav><script>document.querySelector("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const answer = await fetch("/login", {method: "POST", redirect: "manual", body: new FormData(event.target)});
  if (answer.type !== "opaqueredirect") return;
  document.querySelector("form").remove();
  document.querySelector("nav").innerHTML = "<b class=signed-in>monitor</b>";
});</script>"""
)


@dataclass
class Site:
    """`fault` is what is wrong now, `delay`: seconds before the rows come. What happened is counted."""

    fault: str = ""
    login_fault: str = ""
    login: bool = False
    scripted_form: bool = False
    delay: float = 0.0
    sessions: set[str] = field(default_factory=set)
    logins: int = 0
    page_visits: int = 0
    connections: set[int] = field(default_factory=set)
    styles: int = 0
    user_agents: set[str] = field(default_factory=set)
    waiting: asyncio.Event = field(default_factory=asyncio.Event)
    over: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/page", self._page)
        app.router.add_get("/rows", self._rows)
        app.router.add_get("/never", self._never)
        app.router.add_get("/broken", self._broken)
        app.router.add_get("/style.css", self._style)
        app.router.add_get("/login", self._form)
        app.router.add_post("/login", self._sign_in)
        return app

    async def _page(self, request: web.Request) -> web.StreamResponse:
        self.page_visits += 1
        self.connections.add(id(request.transport))
        self.user_agents.add(request.headers["User-Agent"])
        match self.fault:
            case "503" | "404" | "403" | "429":
                return web.Response(status=int(self.fault), text="nee")
            case "challenge":
                return web.Response(status=503, headers={"cf-mitigated": "challenge"}, text="Just a moment...")
            case "401":
                return web.Response(status=401, text="nee")
            case "no_content":
                return web.Response(status=204)
            case "hang":
                await self._hang()
            case "hang_in_body":
                response = web.StreamResponse(headers={"Content-Type": "text/html"})
                await response.prepare(request)
                await response.write(b"<!doctype html><title>half</title><p>half a page")
                await self._hang()
        if self.login and request.cookies.get("session") not in self.sessions:
            if self.fault == "401_signed_out":
                return web.Response(status=401, text="nee")
            raise web.HTTPFound("/login")
        css = "hidden" if self.fault == "css_only" else ""
        text = PAGE.format(script=SCRIPTS.get(self.fault, FETCH), css=css)
        if self.fault == "cached":
            text = text.replace("</head>", "<link rel=stylesheet href=/style.css></head>").replace("{script}", FETCH)
        return web.Response(text=text, content_type="text/html", headers={"Server-Timing": "db;dur=12.5"})

    async def _hang(self) -> None:
        self.waiting.set()
        await self.over.wait()

    async def _rows(self, request: web.Request) -> web.Response:
        await asyncio.sleep(self.delay)
        return web.json_response(list(range(100)))

    async def _never(self, request: web.Request) -> web.Response:
        await self._hang()
        return web.json_response([])

    async def _broken(self, request: web.Request) -> web.Response:
        return web.Response(status=500)

    async def _style(self, request: web.Request) -> web.Response:
        self.styles += 1
        return web.Response(text="b {}", content_type="text/css", headers={"Cache-Control": "max-age=600"})

    async def _form(self, request: web.Request) -> web.Response:
        match self.login_fault:
            case "form_503":
                return web.Response(status=503)
            case "form_hang":
                await self._hang()
            case "form_gone":
                return web.Response(text="<p>Welkom", content_type="text/html")
            case "form_403":
                return web.Response(status=403)
        return web.Response(text=SCRIPTED_FORM if self.scripted_form else FORM, content_type="text/html")

    async def _sign_in(self, request: web.Request) -> web.StreamResponse:
        self.logins += 1
        form = await request.post()
        match self.login_fault:
            case "503" | "401" | "429":
                return web.Response(status=int(self.login_fault))
            case "hang":
                await self._hang()
        right = form["username"] == USERNAME and form["password"] == PASSWORD
        if not right or self.login_fault == "rejected":
            return web.Response(text=FORM + "<p>Onjuist wachtwoord", content_type="text/html")
        response = web.HTTPFound("/page")
        token = f"session-{self.logins}"
        if self.login_fault != "forgets":
            self.sessions.add(token)
        # After the redirect a page that needs no session shows that we are in.
        if self.login_fault == "forgets":
            return web.Response(text="<nav><b class=signed-in>monitor</b></nav>", content_type="text/html")
        response.set_cookie("session", token)
        raise response


@asynccontextmanager
async def serve(app: web.Application, tls: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    """The application on a free port; gives its URL."""
    runner = web.AppRunner(app, shutdown_timeout=0, handle_signals=False)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls)
    await site.start()
    try:
        port = runner.addresses[0][1]
        yield f"{'https' if tls else 'http'}://127.0.0.1:{port}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def open_site(tls: ssl.SSLContext | None = None) -> AsyncIterator[tuple[Site, str]]:
    site = Site()
    async with serve(site.app, tls) as url:
        try:
            yield site, url
        finally:
            site.over.set()


def self_signed(folder: Path) -> ssl.SSLContext:
    """A certificate that nobody trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + dt.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    path = folder / "self-signed.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


def customer(url: str, *, timeout: float = 3.0, secret: Path | None = None, **page: object) -> config.Customer:
    """One customer with a page `rows` and an http check; with `secret`, a file with the password, also a login."""
    signing_in: dict[str, object] = {}
    if secret is not None:
        secret.write_text(PASSWORD)
        secret.chmod(0o600)
        signing_in = {
            "login": config.Login(
                path="/login", username="#username", password="#password", inside=INSIDE, outside=OUTSIDE
            ),
            "credentials": config.Credentials(username=USERNAME, password=config.Secret(file=str(secret))),
        }
    span = dt.timedelta(seconds=timeout)
    settings: dict[str, object] = {"path": "/page", "ready": READY, "busy": BUSY, "timeout": span} | page
    return config.Customer.model_validate(
        {
            "id": "duinzicht",
            "url": url,
            "pages": {"rows": config.Page.model_validate(settings)},
            "http": config.Http(path="/page", timeout=span),
            **signing_in,
        }
    )
