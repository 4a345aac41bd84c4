"""Status pages as they are printed: once for each change, however many ask for them."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from slawatch.model import SECOND, Instant, Micros
from slawatch.reporters.wording.seen import CAUSES, UNCLEAR
from slawatch.reporters.wording.tongue import LANGUAGES, WEB, tongue
from slawatch.store import StoreError
from slawatch.web.look.page import printed
from slawatch.web.look.words import REASONS
from slawatch.web.status.bells import Bells
from slawatch.web.status.facts import Noticeboard
from slawatch.web.status.headline import headline

#: What no change tells of, such as the month's figure, is no older.
FRESH: Micros = 15 * SECOND


@dataclass(frozen=True, slots=True)
class Print:
    """A page. `tag`: the same for the same bytes; `packed`: by gzip. `number`: of the customer's news that is in it."""

    text: bytes
    packed: bytes
    tag: str
    language: str
    said: str
    number: int
    at: Instant


class Prints:
    """By the end of the address and by language; None stands for the customer's own."""

    def __init__(self, board: Noticeboard, bells: Bells) -> None:
        self._board = board
        self._bells = bells
        self._made: dict[tuple[str, str | None], Print] = {}
        self._turns: dict[tuple[str, str | None], asyncio.Lock] = {}

    async def of(self, key: str, customer: str, language: str | None) -> Print | None:
        """The page of the customer whose address ends with `key`; None for who is not watched.

        Raises StoreError where none was ever made.
        """
        which = key, language
        async with self._turns.setdefault(which, asyncio.Lock()):
            known = self._made.get(which)
            if known is not None and self._is_fresh(known, customer):
                return known
            try:
                made = await self._make(key, customer, language)
            except StoreError:
                if known is None:
                    raise
                return known  # what was true a moment ago, with its time on it
            if made is None:
                self._made.pop(which, None)
            else:
                self._made[which] = made
            return made

    def _is_fresh(self, known: Print, customer: str) -> bool:
        return known.number == self._bells.of(customer).number and self._board.now() - known.at < FRESH

    async def _make(self, key: str, customer: str, language: str | None) -> Print | None:
        number, at = self._bells.of(customer).number, self._board.now()
        notice = await self._board.notice(customer)
        if notice is None:
            return None
        spoken = tongue(language or notice.language, WEB)
        said = headline(notice, spoken)
        text = await printed(
            "status/status.html",
            spoken,
            f"/status/{key}",
            events=f"{key}/events",
            notice=notice,
            said=said,
            language=spoken.language,
            languages=tuple(LANGUAGES),
            zone=ZoneInfo(notice.zone),
            seen={str(cause): seen for cause, seen in CAUSES.items()},
            unclear=UNCLEAR,
            reasons=REASONS,
            place=self._bells.of(customer).place(number),
        )
        body = text.encode()
        packed = await asyncio.to_thread(gzip.compress, body, 6, mtime=0)
        tag = hashlib.sha256(body).hexdigest()[:16]
        return Print(body, packed, tag, spoken.language, said, number, at)
