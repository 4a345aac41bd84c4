"""The page on which a contact chooses its mails, in the language of its mails."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from aiohttp import web

from slawatch.model import Topic
from slawatch.web.contact_words import LANGUAGES, WRONG_LINK, Note
from slawatch.web.look import page

#: Says that a form was sent in, for one in which nothing is ticked sends nothing else.
CHOSEN = "chosen"

_GOOD = frozenset({Note.SAVED, Note.ALL_OFF})


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whose page it is. `name`: the customer's. `asks`: the address for questions. `offered`: the choice."""

    name: str
    address: str
    language: str
    wants: frozenset[Topic]
    asks: str
    offered: tuple[Topic, ...] = tuple(Topic)


async def contact_page(request: web.Request, visitor: Visitor, note: Note | None, status: HTTPStatus) -> web.Response:
    """The page as the visitor's choice stands, with what became of what was asked."""
    words = LANGUAGES[visitor.language]
    told = "" if note is None else words.notes[note].format(name=visitor.name, asks=visitor.asks)
    return await page(
        request,
        "pages/contact.html",
        status=status,
        language=visitor.language,
        words=words,
        visitor=visitor,
        told=told,
        good=note in _GOOD,
        chosen=CHOSEN,
        topics=visitor.offered,
    )


async def wrong_link_page(request: web.Request) -> web.Response:
    """The page for a token that is none."""
    return await page(request, "pages/wrong_link.html", status=HTTPStatus.NOT_FOUND, language="nl", told=WRONG_LINK)
