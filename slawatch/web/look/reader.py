"""Who reads a page, and in which language: by choice, else of who is signed in, else as the browser asks."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import hdrs, web

from slawatch.reporters.wording.tongue import LANGUAGES, SOURCE, WEB, Tongue, tongue
from slawatch.rules.permissions import Permission
from slawatch.web.negotiation import preferred
from slawatch.web.people.asker import Asker, asker_of

#: What a choice of language stands in: of a link, and kept from then on in a cookie.
CHOICE = "lang"
_KEPT_SECONDS = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Reader:
    """`asker`: who is signed in, None where nobody is."""

    tongue: Tongue
    asker: Asker | None

    @property
    def language(self) -> str:
        return self.tongue.language

    def may(self, permission: Permission | None) -> bool:
        """Whether this is for the reader to see; None: for everyone."""
        return permission is None or (self.asker is not None and permission in self.asker.may)


def reader_of(request: web.Request, language: str | None = None) -> Reader:
    """The reader of the page that is asked for. `language`: where it is known already."""
    asker = asker_of(request)
    asked = ",".join(request.headers.getall(hdrs.ACCEPT_LANGUAGE, []))
    by = (language, request.query.get(CHOICE), request.cookies.get(CHOICE), None if asker is None else asker.language)
    known = next((one for one in by if one in LANGUAGES), None)
    return Reader(tongue(known or preferred(asked, tuple(LANGUAGES)) or SOURCE, WEB), asker)


def keep_choice(request: web.Request, response: web.Response) -> None:
    """A language that a link chose is the reader's from now on."""
    chosen = request.query.get(CHOICE)
    if chosen is not None and chosen in LANGUAGES:
        response.set_cookie(CHOICE, chosen, max_age=_KEPT_SECONDS, httponly=True, secure=request.secure, samesite="Lax")
