"""Forms that change something come from our own pages: by what the browser says of the site, and by a key in the form.

Cookies are sent by browsers also when another site has them ask; SameSite=Lax is the first line against that, these
are the second and the third.
"""

from __future__ import annotations

import asyncio
import hmac

from aiohttp import hdrs, web
from aiohttp.http_exceptions import HttpProcessingError

from slawatch.web.people.asker import Asker
from slawatch.web.people.connection import connection_of

FIELD = "form_key"
#: In the place of the field, for a script of ours.
HEADER = "X-Slawatch-Form-Key"

_READING = frozenset({hdrs.METH_GET, hdrs.METH_HEAD, hdrs.METH_OPTIONS})
_PARTS = "multipart/form-data"
_FORMS = frozenset({"application/x-www-form-urlencoded", _PARTS})
#: A form in parts, as mail programs send it (RFC 8058, 3.2), is no longer: each part may say how it is packed and in
#: which encoding, and of a long one that alone would hold up the event loop.
_PARTS_BYTES = 2048
#: For a form to come.
TAKEN_SECONDS = 30.0
_NO_FORM = "expected a form in UTF-8"


def ensure_same_site(request: web.Request) -> None:
    """Raises HTTPForbidden for what a browser says another site had it ask.

    A form's Origin is `null` where its page says `Referrer-Policy: no-referrer`, as ours do.
    """
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get(hdrs.ORIGIN, "null")
    connection = connection_of(request)
    ours = f"{'https' if connection.secure else 'http'}://{connection.host}"
    if site not in {"same-origin", "none"} if site is not None else origin not in {"null", ours}:
        raise web.HTTPForbidden(text="this was asked for by another site; open the page here, and ask again")


async def ensure_own(request: web.Request, asker: Asker) -> None:
    """Raises HTTPForbidden for a change that is asked for by cookie, and not in a form that the asker was given."""
    if request.method in _READING or not asker.by_cookie:
        return
    ensure_same_site(request)
    shown = request.headers.get(HEADER)
    if shown is None and request.content_type in _FORMS:
        field = (await read_form(request)).get(FIELD)
        shown = field if isinstance(field, str) else None
    if shown is None or not hmac.compare_digest(shown.encode(), asker.form_key.encode()):
        raise web.HTTPForbidden(text="this form is not one of yours, or of an earlier session; open the page again")


async def read_form(request: web.Request, taken_seconds: float = TAKEN_SECONDS) -> dict[str, object]:
    """The fields of a form in UTF-8, of each the first.

    Raises HTTPBadRequest, HTTPRequestTimeout, or HTTPRequestEntityTooLarge.
    """
    length = request.content_length
    if request.content_type == _PARTS and (length is None or length > _PARTS_BYTES):
        raise web.HTTPRequestEntityTooLarge(_PARTS_BYTES, length or 0)
    if (request.charset or "utf-8").lower() != "utf-8":  # some take the longer the square of the form
        raise web.HTTPBadRequest(text=_NO_FORM)
    try:
        async with asyncio.timeout(taken_seconds):
            said = await request.post()
        "".join(one for field in said.items() for one in field if isinstance(one, str)).encode()
    except TimeoutError:
        raise web.HTTPRequestTimeout from None
    except (ValueError, LookupError, RuntimeError, HttpProcessingError, web.RequestPayloadError, ConnectionError):
        # No form, not in UTF-8, or it breaks off.
        raise web.HTTPBadRequest(text=_NO_FORM) from None
    return {name: said[name] for name in said}
