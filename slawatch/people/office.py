"""The office that looks after users and tokens. Whatever it does stands in the audit list, with who asked for it."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import replace
from typing import Any

from slawatch.clock import Clock
from slawatch.model import DAY, Micros
from slawatch.people.passwords import Hasher
from slawatch.people.secrets import digest, new_token
from slawatch.rules.calendar import text
from slawatch.rules.document import Document
from slawatch.rules.naming import nearest
from slawatch.rules.passwords import ensure_good, read_name
from slawatch.rules.permissions import Permission, Role
from slawatch.rules.wishes import Refused, Unknown
from slawatch.rules.wording import named
from slawatch.store import Actor, Audited, Deed, People, Token, User

#: A token that is asked for without an end has this one; and none lasts longer than the other.
LASTS, LONGEST = 365 * DAY, 3660 * DAY
LANGUAGES = ("en", "nl")


class Office:
    """Each method that changes something raises Refused, with one line, or StoreError."""

    def __init__(self, people: People, clock: Clock, hasher: Hasher) -> None:
        self._people = people
        self._clock = clock
        self._hasher = hasher

    async def add_user(self, actor: Actor, name: str, password: str, role: Role, language: str = "en") -> None:
        """Somebody who may sign in from now on."""
        name = read_name(name)
        ensure_good(password, name)
        if language not in LANGUAGES:
            raise Refused(f"language: expected {' or '.join(LANGUAGES)}, got {language!r}")
        user = User(name, await self._hasher.hash(password), role, language, disabled=False, created=self._clock())
        line = self._line(actor, Deed.USER_ADDED, name, role=role, language=language)
        if not await self._people.add_user(user, line):
            raise Refused(f"user {name!r} is there already, expected another name")

    async def set_password(self, actor: Actor, name: str, password: str) -> None:
        """Wherever they are signed in, they have to do so again."""
        user = await self._user(name)
        ensure_good(password, user.name)
        line = self._line(actor, Deed.PASSWORD_CHANGED, user.name)
        made = await self._hasher.hash(password)
        await self._people.change_user(user.name, line, ends_sessions=True, hash=made)

    async def set_role(self, actor: Actor, name: str, role: Role) -> None:
        user = await self._user(name)
        line = self._line(actor, Deed.ROLE_CHANGED, user.name, was=user.role, role=role)
        await self._people.change_user(user.name, line, role=role)

    async def disable(self, actor: Actor, name: str) -> None:
        """They may not sign in, and are signed out everywhere."""
        user = await self._user(name)
        line = self._line(actor, Deed.USER_DISABLED, user.name)
        await self._people.change_user(user.name, line, ends_sessions=True, disabled=True)

    async def enable(self, actor: Actor, name: str) -> None:
        user = await self._user(name)
        await self._people.change_user(user.name, self._line(actor, Deed.USER_ENABLED, user.name), disabled=False)

    async def remove_user(self, actor: Actor, name: str) -> None:
        """What they did stays in the audit list."""
        user = await self._user(name)
        await self._people.remove_user(user.name, self._line(actor, Deed.USER_REMOVED, user.name, role=user.role))

    async def create_token(
        self, actor: Actor, name: str, scopes: Collection[Permission], lasts: Micros | None = None
    ) -> tuple[str, str]:
        """Its id, and its secret, which is told here and never again. `lasts`: until it expires; None: a year."""
        name, lasts, now = named("name", name), LASTS if lasts is None else lasts, self._clock()
        if not scopes:
            raise Refused(f"scopes: none, expected one or more of {', '.join(Permission)}")
        if not 0 < lasts <= LONGEST:
            raise Refused(f"expires: expected within {LONGEST // DAY} days from now")
        secret, id_ = new_token(), f"t-{secrets.token_hex(4)}"
        token = Token(id_, digest(secret), name, frozenset(scopes), created=now, expires=now + lasts)
        line = self._line(actor, Deed.TOKEN_CREATED, id_, name=name, scopes=sorted(scopes), expires=text(now + lasts))
        if not await self._people.add_token(token, line):
            raise Refused(f"token {id_!r} is there already, expected another id; try again")
        return id_, secret

    async def revoke_token(self, actor: Actor, id_: str) -> None:
        """It opens nothing from now on."""
        known = {one.id: one for one in await self._people.tokens()}
        if id_ not in known:
            raise Unknown(f"no token {id_!r}{nearest(id_, known)}")
        line = self._line(actor, Deed.TOKEN_REVOKED, id_, name=known[id_].name)
        if not await self._people.revoke_token(id_, line.at, line):
            raise Refused(f"token {id_!r} is revoked already")

    async def came_by_proxy(self, actor: Actor) -> None:
        """A proxy said who it is, for the first time with this signature."""
        await self.note(actor, Deed.SIGNED_IN, actor.who)

    async def note(self, actor: Actor, what: Deed, subject: str, **facts: object) -> None:
        """What was done elsewhere."""
        await self._people.note(self._line(actor, what, subject, **facts))

    async def users(self) -> list[Document]:
        """By name; without what belongs to passwords."""
        return [
            {
                "name": one.name,
                "role": str(one.role),
                "language": one.language,
                "disabled": one.disabled,
                "created": text(one.created),
            }
            for one in await self._people.users()
        ]

    async def tokens(self) -> list[Document]:
        """In the order in which they were created; without their secrets, which nobody has."""
        now = self._clock()
        return [
            {
                "id": one.id,
                "name": one.name,
                "scopes": sorted(one.scopes),
                "holds": one.holds(now),
                "created": text(one.created),
                "expires": None if one.expires is None else text(one.expires),
                "revoked": None if one.revoked is None else text(one.revoked),
                "used": None if one.used is None else text(one.used),
            }
            for one in await self._people.tokens()
        ]

    async def audit(self, **asked: Any) -> list[Document]:
        """The lines that `People.audit` finds, the latest first."""
        return [
            {
                "number": one.number,
                "at": text(one.at),
                "who": one.actor.who,
                "way": str(one.actor.way),
                "from": one.actor.origin,
                "what": str(one.what),
                "subject": one.subject,
                "facts": dict(one.facts),
            }
            for one in await self._people.audit(**asked)
        ]

    async def _user(self, name: str) -> User:
        user = await self._people.user(name.strip().lower()) if name.isprintable() else None
        if user is None:
            known = {one.name for one in await self._people.users()}
            raise Unknown(f"no user {name!r}{nearest(name, known)}")
        return user

    def _line(self, actor: Actor, what: Deed, subject: str, **facts: object) -> Audited:
        """Raises Refused where it is by nobody, or by what would look like several lines."""
        return Audited(self._clock(), replace(actor, who=named("by", actor.who)), what, subject, facts)
