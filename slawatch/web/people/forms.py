"""Forms that change something come from our own pages: by what the browser says of the site, and by a key in the form.

Cookies are sent by browsers also when another site has them ask; SameSite=Lax is the first line against that, these
are the second and the third.
"""

from __future__ import annotations

import hmac

from aiohttp import hdrs, web

from slawatch.web.people.asker import Asker
from slawatch.web.people.connection import connection_of

FIELD = "form_key"
#: In the place of the field, for a script of ours.
HEADER = "X-Slawatch-Form-Key"

_READING = frozenset({hdrs.METH_GET, hdrs.METH_HEAD, hdrs.METH_OPTIONS})
_FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})


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


async def read_form(request: web.Request) -> dict[str, object]:
    """The fields of a form, of each the first. Raises HTTPBadRequest, or HTTPRequestEntityTooLarge."""
    try:
        said = await request.post()
    except (ValueError, LookupError):  # no form, or in no known encoding
        raise web.HTTPBadRequest(text="expected a form") from None
    return {name: said[name] for name in said}
