"""Signing in with name and password, and out again. Who is refused never learns which of the two was wrong."""

from __future__ import annotations

import structlog

from slawatch.clock import Clock
from slawatch.model import HOUR, SECOND, Instant
from slawatch.people.attempts import Attempts
from slawatch.people.passwords import Hasher
from slawatch.people.secrets import digest, new_secret
from slawatch.rules.calendar import text
from slawatch.rules.passwords import LONGEST
from slawatch.rules.signing_in import ABSOLUTE
from slawatch.store import Actor, Audited, Deed, People, Session, User, Way

log = structlog.get_logger()

#: So many refusals an hour are in the audit list; of more only how many they were.
MOST_REFUSALS = 100
#: So many passwords are looked at side by side; who comes then has to come again.
MOST_AT_ONCE = 16
#: In the audit list, in the place of a name that nobody has; no name of ours has a blank in it.
NOBODY = "(unknown name)"


class Wrong(Exception):
    """The name, the password or both are wrong, or the user is disabled."""


class Wait(Exception):
    """Too many failures. `seconds`: until the next attempt is looked at, rounded up."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"too many attempts, try again in {seconds} s")
        self.seconds = seconds


class SignIn:
    """Where people sign in. Attempts are counted in memory, sessions kept in the store."""

    def __init__(self, people: People, clock: Clock, hasher: Hasher) -> None:
        self._people = people
        self._clock = clock
        self._hasher = hasher
        self._attempts = Attempts()
        self._looking = 0
        self._refused_in: tuple[Instant, int] = (0, 0)  # the hour, and how many in it

    async def sign_in(self, name: str, password: str, origin: str) -> str:
        """The secret of a new session. Raises Wrong, Wait, or StoreError."""
        name, now = name.strip().lower()[: LONGEST + 1], self._clock()
        wait = self._attempts.wait(name, origin, now)
        if wait or self._looking >= MOST_AT_ONCE:
            raise Wait(max(1, -(-wait // SECOND)))
        self._attempts.failed(name, origin, now)  # before the hash is checked: else many attempts at once count as none
        user, fits = await self._compare(name, password)
        if user is None or user.disabled or not fits:
            await self._note_refusal(NOBODY if user is None else name, origin, now)
            raise Wrong
        self._attempts.succeeded(name, origin)
        secret = new_secret()
        session = Session(digest(secret), name, created=now, seen=now, expires=now + ABSOLUTE)
        actor = Actor(name, Way.SESSION, origin)
        line = Audited(now, actor, Deed.SIGNED_IN, name, {})
        if not await self._people.begin_session(session, user.hash, line):
            raise Wrong
        return secret

    async def sign_out(self, secret: str, actor: Actor) -> None:
        """The session is over. Raises StoreError."""
        line = Audited(self._clock(), actor, Deed.SIGNED_OUT, actor.who, {})
        await self._people.end_session(digest(secret), line)

    async def _compare(self, name: str, password: str) -> tuple[User | None, bool]:
        """Whose name it is, and whether the password fits; it takes as long for a name that nobody has."""
        self._looking += 1
        try:
            user = await self._people.user(name) if name.isprintable() else None
            return user, await self._hasher.fits(None if user is None else user.hash, password[: LONGEST + 1])
        finally:
            self._looking -= 1

    async def _note_refusal(self, name: str, origin: str, now: Instant) -> None:
        """A flood fills neither the list nor the log. A name that nobody has may be a password in the wrong field."""
        hour, count = self._refused_in
        if now // HOUR != hour:
            hour, count = now // HOUR, 0
        self._refused_in = (hour, count + 1)
        if count > MOST_REFUSALS:
            return
        facts = {"no_more_listed_until": text((hour + 1) * HOUR)} if count == MOST_REFUSALS else {}
        log.info("sign_in.refused", origin=origin)
        await self._people.note(Audited(now, Actor(name, Way.SESSION, origin), Deed.REFUSED, name, facts))
