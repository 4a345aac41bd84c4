"""The API by which users and tokens are looked after, and the audit list is read."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from aiohttp import hdrs, web
from pydantic import Field

from slawatch.model import DAY
from slawatch.people import Office
from slawatch.rules.permissions import Permission, Role
from slawatch.store import Actor, Deed, Way
from slawatch.web.api.operation import PREFIX, Act, Operation, Question, serve
from slawatch.web.api.paging import Key, key_of, page_of
from slawatch.web.api.problems import bad_body
from slawatch.web.api.shapes import Listing, Moment, Nothing, Page, Said, Time, Told, Words

USERS, TOKENS, AUDIT = f"{PREFIX}/users", f"{PREFIX}/tokens", f"{PREFIX}/audit"


class NewRole(Said):
    role: Role


class NewPassword(Said):
    password: Words = Field(repr=False, description="From 12 to 256 characters, and none that is guessed first.")


class NewUser(NewRole, NewPassword):
    name: Words
    language: Words = Field("en", description="Of their pages: `en` or `nl`.")


class NewToken(Said):
    name: Words = Field(description="What it is for.")
    scopes: list[Permission]
    days: int | None = Field(None, description="Until it expires; without it, a year.")


class AuditAsked(Listing):
    who: Words | None = Field(None, description="Only by this person, or token.")
    what: Words | None = Field(None, description="Only this, as `what` of a line says it.")
    subject: Words | None = Field(None, description="Only what was done to this user, token, window, ...")
    since: Time | None = Field(None, description="From then on.")
    until: Time | None = Field(None, description="Before then.")


class User(Told):
    name: str
    role: Role
    language: str
    disabled: bool
    created: Moment


class UsersPage(Page):
    users: list[User] = Field(description="By name.")


class Token(Told):
    """Without its secret, which nobody has."""

    id: str
    name: str
    scopes: list[Permission]
    holds: bool = Field(description="Whether it opens anything.")
    created: Moment
    expires: Moment | None
    revoked: Moment | None
    used: Moment | None = Field(description="The start of the UTC day of its last use.")


class TokensPage(Page):
    tokens: list[Token] = Field(description="In the order in which they were created.")


class Line(Told):
    number: int
    at: Moment
    who: str
    way: Way = Field(description="By which way it was asked for.")
    origin: str = Field(alias="from", description="The address that it was asked from; empty where that says nothing.")
    what: Deed
    subject: str = Field(description="What it was done to.")
    facts: dict[str, Any]


class AuditPage(Page):
    audit: list[Line] = Field(description="The latest first.")


class Named(Told):
    name: str


class Identified(Told):
    id: str


class MadeToken(Told):
    id: str
    token: str = Field(description="The secret, told once.")


def _list(name: str, path: str, summary: str, answer: type[Told], query: type[Listing] = Listing) -> Operation:
    return Operation(name, hdrs.METH_GET, path, path[1:], Permission.MANAGE, summary, answer, query)


def _post(name: str, path: str, summary: str, said: type[Said], answer: type[Told]) -> Operation:
    tag = path.split("/")[1]
    return Operation(name, hdrs.METH_POST, path, tag, Permission.MANAGE, summary, answer, said=said, listed=False)


LIST_USERS = _list("listUsers", "/users", "Who may sign in.", UsersPage)
ADD_USER = _post("addUser", "/users", "Add somebody who may sign in.", NewUser, Named)
SET_PASSWORD = _post(
    "setPassword", "/users/{id}/password", "Give somebody another password; they are signed out.", NewPassword, Named
)
SET_ROLE = _post("setRole", "/users/{id}/role", "Let somebody do other things than before.", NewRole, Named)
DISABLE = _post(
    "disableUser", "/users/{id}/disable", "Sign somebody out, and let them in no more.", Nothing, Identified
)
ENABLE = _post("enableUser", "/users/{id}/enable", "Let somebody in again.", Nothing, Identified)
REMOVE = _post("removeUser", "/users/{id}/remove", "Remove somebody.", Nothing, Identified)
LIST_TOKENS = _list("listTokens", "/tokens", "The tokens of machines.", TokensPage)
CREATE_TOKEN = _post(
    "createToken", "/tokens", "Create a token; its secret is told here and never again.", NewToken, MadeToken
)
REVOKE = _post("revokeToken", "/tokens/{id}/revoke", "Let a token open nothing any more.", Nothing, Identified)
READ_AUDIT = _list("listAudit", "/audit", "Who did what, by which way and from where.", AuditPage, AuditAsked)
MANAGING = (
    LIST_USERS, ADD_USER, SET_PASSWORD, SET_ROLE, DISABLE, ENABLE, REMOVE,
    LIST_TOKENS, CREATE_TOKEN, REVOKE, READ_AUDIT,
)  # fmt: skip


def path_of(what: str, id_: str | None = None, verb: str | None = None) -> str:
    """Where a daemon is asked: `path_of(USERS, "anna", "role")`."""
    return "/".join([what, *(quote(one, safe="") for one in (id_, verb) if one is not None)])


def add_managing(router: web.UrlDispatcher, office: Office) -> None:
    """All of it is for who may manage."""
    acts = _Acts(office)
    serve(router, LIST_USERS, _listing("users", office.users, "name"))
    serve(router, ADD_USER, acts.add_user)
    serve(router, SET_PASSWORD, acts.set_password)
    serve(router, SET_ROLE, acts.set_role)
    serve(router, DISABLE, acts.about(office.disable))
    serve(router, ENABLE, acts.about(office.enable))
    serve(router, REMOVE, acts.about(office.remove_user))
    serve(router, LIST_TOKENS, _listing("tokens", office.tokens, "created", "id"))
    serve(router, CREATE_TOKEN, acts.create_token)
    serve(router, REVOKE, acts.about(office.revoke_token))
    serve(router, READ_AUDIT, acts.audit)


class _Acts:
    def __init__(self, office: Office) -> None:
        self._office = office

    async def add_user(self, asked: Question) -> Mapping[str, Any]:
        said = asked.said
        await self._office.add_user(_actor(asked), said.name, said.password, said.role, said.language)
        return {"name": said.name.strip().lower()}

    async def set_password(self, asked: Question) -> Mapping[str, Any]:
        await self._office.set_password(_actor(asked), asked.path["id"], asked.said.password)
        return {"name": asked.path["id"]}

    async def set_role(self, asked: Question) -> Mapping[str, Any]:
        await self._office.set_role(_actor(asked), asked.path["id"], asked.said.role)
        return {"name": asked.path["id"]}

    async def create_token(self, asked: Question) -> Mapping[str, Any]:
        said = asked.said
        lasts = None if said.days is None else said.days * DAY
        id_, secret = await self._office.create_token(_actor(asked), said.name, said.scopes, lasts)
        return {"id": id_, "token": secret}

    async def audit(self, asked: Question) -> Mapping[str, Any]:
        query, before = asked.query, key_of(asked.query.cursor, int)
        lines = await self._office.audit(
            who=query.who,
            what=query.what,
            subject=query.subject,
            since=query.since,
            until=query.until,
            before=None if before is None else before[0],
            limit=query.limit + 1,
        )
        return page_of("audit", _first(lines, query.limit, ("number",)))

    def about(self, do: Callable[[Actor, str], Awaitable[None]]) -> Act:
        """What takes nothing more than whom or what it is about."""

        async def act(asked: Question) -> Mapping[str, Any]:
            await do(_actor(asked), asked.path["id"])
            return {"id": asked.path["id"]}

        return act


def _actor(asked: Question) -> Actor:
    try:
        return asked.asker.actor(asked.said.by)
    except ValueError as error:
        raise bad_body("#/by", str(error).removeprefix("by: ")) from None


def _listing(name: str, listed: Callable[[], Awaitable[list[dict[str, Any]]]], *keys: str) -> Act:
    """Of few rows, in order by these keys."""

    async def show(asked: Question) -> Mapping[str, Any]:
        after = key_of(asked.query.cursor, *(str for _ in keys))
        rows = [one for one in await listed() if after is None or tuple(one[key] for key in keys) > after]
        rows.sort(key=lambda one: [one[key] for key in keys])
        return page_of(name, _first(rows, asked.query.limit, keys))

    return show


def _first(
    rows: Sequence[Mapping[str, Any]], limit: int, keys: Sequence[str]
) -> tuple[Sequence[Mapping[str, Any]], Key | None]:
    page = rows[:limit]
    return page, tuple(page[-1][key] for key in keys) if len(rows) > limit else None
