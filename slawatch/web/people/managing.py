"""The API by which users and tokens are looked after, and the audit list is read."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Annotated, Any, TypeAlias
from urllib.parse import quote

from aiohttp import web
from aiohttp.typedefs import Handler
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from slawatch.model import DAY
from slawatch.people import Office
from slawatch.rules.permissions import Permission, Role
from slawatch.store import Actor, StoreError
from slawatch.web.people.asker import Asker
from slawatch.web.people.needs import needs
from slawatch.web.posting import Act, answer, posted, problem
from slawatch.web.wishes import PREFIX, BadRequest, Time, first_wrong, read_body

USERS, TOKENS, AUDIT = f"{PREFIX}/users", f"{PREFIX}/tokens", f"{PREFIX}/audit"
_ID = "{id:[^/]*}"


class _By(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)

    by: str | None = None


class _Role(_By):
    role: Role = Field(strict=False)


class _Password(_By):
    password: str = Field(repr=False)


class _User(_Role, _Password):
    name: str
    language: str = "en"


class _Token(_By):
    name: str
    scopes: list[Permission] = Field(strict=False)
    days: int | None = None


#: PostgreSQL takes no text with a zero in it.
Words: TypeAlias = Annotated[str, Field(pattern=r"^[^\x00]*$")]


class Asked(BaseModel):
    """What may be asked of the audit list; the same words in a query and behind the verb."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    who: Words | None = None
    what: Words | None = None
    subject: Words | None = None
    since: Time | None = None
    until: Time | None = None
    limit: int = Field(default=1000, ge=1, le=100_000)


def path_of(what: str, id_: str | None = None, verb: str | None = None) -> str:
    """Where a daemon is asked: `path_of(USERS, "anna", "role")`."""
    return "/".join([what, *(quote(one, safe="") for one in (id_, verb) if one is not None)])


def add_managing(router: web.UrlDispatcher, office: Office) -> None:
    """All of it is for who may manage."""

    def serve(path: str, act: Act) -> None:
        router.add_post(path, needs(Permission.MANAGE, posted(act, listed=False)))

    acts = _Acts(office)
    serve(USERS, acts.add_user)
    serve(f"{USERS}/{_ID}/password", acts.set_password)
    serve(f"{USERS}/{_ID}/role", acts.set_role)
    serve(f"{USERS}/{_ID}/disable", acts.about(office.disable))
    serve(f"{USERS}/{_ID}/enable", acts.about(office.enable))
    serve(f"{USERS}/{_ID}/remove", acts.about(office.remove_user))
    serve(TOKENS, acts.create_token)
    serve(f"{TOKENS}/{_ID}/revoke", acts.about(office.revoke_token))
    router.add_get(USERS, needs(Permission.MANAGE, _listing("users", office.users)))
    router.add_get(TOKENS, needs(Permission.MANAGE, _listing("tokens", office.tokens)))
    router.add_get(AUDIT, needs(Permission.MANAGE, _auditing(office)))


class _Acts:
    def __init__(self, office: Office) -> None:
        self._office = office

    async def add_user(self, _id: str | None, body: bytes, asker: Asker) -> Mapping[str, Any]:
        said = read_body(_User, body)
        await self._office.add_user(_actor(said, asker), said.name, said.password, said.role, said.language)
        return {"name": said.name.strip().lower()}

    async def set_password(self, id_: str | None, body: bytes, asker: Asker) -> Mapping[str, Any]:
        said = read_body(_Password, body)
        await self._office.set_password(_actor(said, asker), str(id_), said.password)
        return {"name": id_}

    async def set_role(self, id_: str | None, body: bytes, asker: Asker) -> Mapping[str, Any]:
        said = read_body(_Role, body)
        await self._office.set_role(_actor(said, asker), str(id_), said.role)
        return {"name": id_}

    async def create_token(self, _id: str | None, body: bytes, asker: Asker) -> Mapping[str, Any]:
        said = read_body(_Token, body)
        lasts = None if said.days is None else said.days * DAY
        id_, secret = await self._office.create_token(_actor(said, asker), said.name, said.scopes, lasts)
        return {"id": id_, "token": secret}

    def about(self, do: Callable[[Actor, str], Awaitable[None]]) -> Act:
        """What takes nothing more than whom or what it is about."""

        async def act(id_: str | None, body: bytes, asker: Asker) -> Mapping[str, Any]:
            await do(_actor(read_body(_By, body), asker), str(id_))
            return {"id": id_}

        return act


def _actor(said: _By, asker: Asker) -> Actor:
    try:
        return asker.actor(said.by)
    except ValueError as error:
        raise BadRequest(str(error)) from None


def _listing(name: str, listed: Callable[[], Awaitable[list[dict[str, Any]]]]) -> Handler:
    async def handle(_request: web.Request) -> web.Response:
        try:
            return answer({name: await listed()})
        except StoreError as busy:
            return problem(HTTPStatus.SERVICE_UNAVAILABLE, str(busy))

    return handle


def _auditing(office: Office) -> Handler:
    async def handle(request: web.Request) -> web.Response:
        try:
            asked = Asked.model_validate(dict(request.query))
            return answer({"audit": await office.audit(**asked.model_dump())})
        except ValidationError as error:
            return problem(HTTPStatus.BAD_REQUEST, first_wrong(error))
        except StoreError as busy:
            return problem(HTTPStatus.SERVICE_UNAVAILABLE, str(busy))

    return handle
