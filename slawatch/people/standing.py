"""Who somebody is by what they show: a session's secret, or a token's. What they may is read anew each time."""

from __future__ import annotations

from dataclasses import dataclass

from slawatch.clock import Clock
from slawatch.model import DAY
from slawatch.people.secrets import digest, is_token
from slawatch.rules.permissions import ROLES, Permission
from slawatch.rules.signing_in import SEEN_EVERY, session_lasts
from slawatch.store import People

#: Nothing of ours is longer.
_LONGEST = 256


@dataclass(frozen=True, slots=True)
class Known:
    """Who it is, what they may, and the language that they read, where that is known."""

    name: str
    may: frozenset[Permission]
    language: str = ""


class Standing:
    """Reads the store for each question, so that who is disabled, or whose token is revoked, is so at once."""

    def __init__(self, people: People, clock: Clock) -> None:
        self._people = people
        self._clock = clock

    async def by_session(self, secret: str) -> Known | None:
        """None for a session that is none any more. Raises StoreError."""
        if len(secret) > _LONGEST:
            return None
        found, now = await self._people.session(digest(secret)), self._clock()
        if found is None:
            return None
        session, user = found
        if user.disabled or not session_lasts(session.created, session.seen, now):
            return None
        if now - session.seen >= SEEN_EVERY:
            await self._people.session_seen(session.digest, now)
        return Known(user.name, ROLES[user.role], user.language)

    async def by_token(self, secret: str) -> Known | None:
        """None for a token that holds no more, or never did. Raises StoreError."""
        if not is_token(secret):
            return None
        token, now = await self._people.token(digest(secret)), self._clock()
        if token is None or not token.holds(now):
            return None
        today = now // DAY * DAY
        if token.used != today:
            await self._people.token_used(token.id, today)
        return Known(token.name, token.scopes)
