"""Who may do what, as the store keeps it. Each change is one transaction with its line in the audit list.

As everything of the store: it raises StoreBusy with nothing half-written, and leaves the event loop free.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection

from slawatch.model import Instant
from slawatch.store import audit, sessions, tokens, users
from slawatch.store.people_values import Audited, Session, Token, User

T = TypeVar("T")


class Run(Protocol):
    """Runs a job in one transaction, in a thread of the store's."""

    def __call__(self, job: Callable[[Connection], T], /) -> Awaitable[T]: ...


class People:
    """Users, tokens, sessions and the audit list of an open store."""

    def __init__(self, write: Run, read: Run) -> None:
        self._write = write
        self._read = read

    # --- users ------------------------------------------------------------------------------------------------------

    async def add_user(self, user: User, line: Audited) -> bool:
        """False, with nothing done, where the name is taken."""
        return await self._audited(line, lambda c: users.add(c, user))

    async def change_user(self, name: str, line: Audited, *, ends_sessions: bool = False, **facts: Any) -> bool:
        """Set these columns of a user: `hash`, `role`, `language` or `disabled`. False where there is none such."""

        def change(connection: Connection) -> bool:
            if ends_sessions:
                sessions.end_all(connection, name)
            return users.change(connection, name, facts)

        return await self._audited(line, change)

    async def remove_user(self, name: str, line: Audited) -> bool:
        """With all sessions. False where there is none such."""

        def remove(connection: Connection) -> bool:
            sessions.end_all(connection, name)
            return users.remove(connection, name)

        return await self._audited(line, remove)

    async def user(self, name: str) -> User | None:
        return await self._read(lambda c: users.find(c, name))

    async def users(self) -> tuple[User, ...]:
        """By name."""
        return await self._read(users.find_all)

    # --- tokens -----------------------------------------------------------------------------------------------------

    async def add_token(self, token: Token, line: Audited) -> bool:
        """False where its id is taken."""
        return await self._audited(line, lambda c: tokens.add(c, token))

    async def revoke_token(self, id_: str, at: Instant, line: Audited) -> bool:
        """False where none such holds."""
        return await self._audited(line, lambda c: tokens.revoke(c, id_, at))

    async def token_used(self, id_: str, day: Instant) -> None:
        """It was used on the UTC day that starts at `day`."""
        await self._write(lambda c: tokens.used(c, id_, day))

    async def token(self, digest: str) -> Token | None:
        """The one whose secret has this digest, also where it holds no more."""
        return await self._read(lambda c: tokens.find(c, digest))

    async def tokens(self) -> tuple[Token, ...]:
        """In the order in which they were created."""
        return await self._read(tokens.find_all)

    # --- sessions ---------------------------------------------------------------------------------------------------

    async def begin_session(self, session: Session, hash_: str, line: Audited) -> bool:
        """Those that are over by then go. False where the user was disabled or removed, or has another hash by now."""

        def begin(connection: Connection) -> bool:
            sessions.tidy(connection, session.created)
            user = users.find(connection, session.user)
            if user is None or user.disabled or user.hash != hash_:
                return False
            sessions.add(connection, session)
            return True

        return await self._audited(line, begin)

    async def session_seen(self, digest: str, at: Instant) -> None:
        await self._write(lambda c: sessions.seen(c, digest, at))

    async def end_session(self, digest: str, line: Audited) -> bool:
        """False where there is none such."""
        return await self._audited(line, lambda c: sessions.end(c, digest))

    async def session(self, digest: str) -> tuple[Session, User] | None:
        """A session and whose it is."""
        return await self._read(lambda c: sessions.find(c, digest))

    # --- the audit list ---------------------------------------------------------------------------------------------

    async def note(self, line: Audited) -> None:
        """What was done, where nothing else is written here."""
        await self._write(lambda c: audit.add(c, line))

    async def audit(
        self,
        *,
        who: str | None = None,
        what: str | None = None,
        subject: str | None = None,
        since: Instant | None = None,
        until: Instant | None = None,
        before: int | None = None,
        limit: int = 1000,
    ) -> tuple[Audited, ...]:
        """The latest `limit` of those in [since, until), before the one with this number; the latest first."""
        asked = audit.Asked(who, what, subject, since, until, before, limit)
        return await self._read(lambda c: audit.find(c, asked))

    async def _audited(self, line: Audited, job: Callable[[Connection], bool]) -> bool:
        """The job, and the line if it did anything: both or neither."""

        def write(connection: Connection) -> bool:
            done = job(connection)
            if done:
                audit.add(connection, line)
            return done

        return await self._write(write)
