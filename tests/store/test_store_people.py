"""The contract of users, tokens, sessions and the audit list, on each engine."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from slawatch.rules.permissions import Permission, Role
from slawatch.store import Actor, Audited, Deed, Session, StoreError, Token, User, Way, back_up, open_store

ANNA = User("anna", "$argon2id$1", Role.OPERATOR, "nl", disabled=False, created=10)
BERT = User("bert", "$argon2id$2", Role.VIEWER, "en", disabled=True, created=20)
TOKEN = Token("t1", "d1", "backup host", frozenset({Permission.BEAT, Permission.READ}), created=10, expires=100)
SESSION = Session("s1", "anna", created=10, seen=10, expires=100)
ADMIN = Actor("carla", Way.SOCKET)


def line(what: Deed, subject: str, at: int = 5, actor: Actor = ADMIN, **facts: object) -> Audited:
    return Audited(at, actor, what, subject, facts)


async def test_users_come_by_name_as_they_were_added(url: str) -> None:
    async with open_store(url, write=True) as store:
        for one in (BERT, ANNA):
            assert await store.people.add_user(one, line(Deed.USER_ADDED, one.name))
        assert not await store.people.add_user(replace(ANNA, role=Role.ADMIN), line(Deed.USER_ADDED, "anna"))
    async with open_store(url, write=False) as store:
        assert await store.people.users() == (ANNA, BERT)
        assert await store.people.user("anna") == ANNA
        assert await store.people.user("carla") is None
        with pytest.raises(StoreError, match="opened for reading only"):
            await store.people.remove_user("anna", line(Deed.USER_REMOVED, "anna"))


async def test_a_change_is_listed_with_who_made_it_and_what_was_not_done_is_not(url: str) -> None:
    async with open_store(url, write=True) as store:
        people = store.people
        await people.add_user(ANNA, line(Deed.USER_ADDED, "anna", 1, role="operator"))
        assert await people.change_user("anna", line(Deed.ROLE_CHANGED, "anna", 2), role=Role.ADMIN)
        assert await people.change_user("anna", line(Deed.USER_DISABLED, "anna", 3), disabled=True)
        assert not await people.change_user("bert", line(Deed.ROLE_CHANGED, "bert", 4), role=Role.ADMIN)
        assert not await people.remove_user("bert", line(Deed.USER_REMOVED, "bert", 4))
        assert await people.user("anna") == replace(ANNA, role=Role.ADMIN, disabled=True)
        assert await people.audit() == (
            line(Deed.USER_DISABLED, "anna", 3),
            line(Deed.ROLE_CHANGED, "anna", 2),
            line(Deed.USER_ADDED, "anna", 1, role="operator"),
        )


async def test_a_token_is_found_by_its_digest_also_when_it_is_revoked(url: str) -> None:
    async with open_store(url, write=True) as store:
        people = store.people
        assert await people.add_token(TOKEN, line(Deed.TOKEN_CREATED, "t1"))
        assert not await people.add_token(replace(TOKEN, digest="d2"), line(Deed.TOKEN_CREATED, "t1"))
        assert await people.token("d1") == TOKEN
        assert await people.token("d2") is None
        await people.token_used("t1", 50)
        assert await people.revoke_token("t1", 60, line(Deed.TOKEN_REVOKED, "t1"))
        assert not await people.revoke_token("t1", 70, line(Deed.TOKEN_REVOKED, "t1"))
        assert await people.tokens() == (replace(TOKEN, used=50, revoked=60),)
        assert [one.what for one in await people.audit()] == [Deed.TOKEN_REVOKED, Deed.TOKEN_CREATED]


def test_a_token_holds_until_it_expires_or_is_revoked() -> None:
    assert TOKEN.holds(99)
    assert not TOKEN.holds(100)
    assert not replace(TOKEN, revoked=50).holds(60)
    assert replace(TOKEN, expires=None).holds(10**18)


async def test_a_session_is_found_with_whose_it_is_until_it_ends(url: str) -> None:
    async with open_store(url, write=True) as store:
        people = store.people
        await people.add_user(ANNA, line(Deed.USER_ADDED, "anna"))
        await people.begin_session(SESSION, ANNA.hash, line(Deed.SIGNED_IN, "anna"))
        await people.session_seen("s1", 40)
        assert await people.session("s1") == (replace(SESSION, seen=40), ANNA)
        assert await people.session("s2") is None
        assert await people.end_session("s1", line(Deed.SIGNED_OUT, "anna"))
        assert not await people.end_session("s1", line(Deed.SIGNED_OUT, "anna"))
        assert await people.session("s1") is None


async def test_sessions_end_with_a_new_password_with_their_user_and_with_time(url: str) -> None:
    async with open_store(url, write=True) as store:
        people = store.people
        await people.add_user(ANNA, line(Deed.USER_ADDED, "anna"))
        await people.begin_session(SESSION, ANNA.hash, line(Deed.SIGNED_IN, "anna"))
        second = replace(SESSION, digest="s2", created=100, seen=100, expires=200)
        assert await people.begin_session(second, ANNA.hash, line(Deed.SIGNED_IN, "anna"))
        assert await people.session("s1") is None
        await people.change_user("anna", line(Deed.PASSWORD_CHANGED, "anna"), ends_sessions=True, hash="$argon2id$3")
        assert await people.session("s2") is None
        assert await people.begin_session(replace(SESSION, digest="s3"), "$argon2id$3", line(Deed.SIGNED_IN, "anna"))
        await people.remove_user("anna", line(Deed.USER_REMOVED, "anna"))
        await people.add_user(ANNA, line(Deed.USER_ADDED, "anna"))
        assert await people.session("s3") is None


async def test_no_session_begins_for_who_was_disabled_or_removed_or_got_another_password_meanwhile(url: str) -> None:
    async with open_store(url, write=True) as store:
        people = store.people
        assert not await people.begin_session(SESSION, ANNA.hash, line(Deed.SIGNED_IN, "anna"))
        await people.add_user(ANNA, line(Deed.USER_ADDED, "anna"))
        assert not await people.begin_session(SESSION, "$argon2id$3", line(Deed.SIGNED_IN, "anna"))
        await people.change_user("anna", line(Deed.USER_DISABLED, "anna"), disabled=True)
        assert not await people.begin_session(SESSION, ANNA.hash, line(Deed.SIGNED_IN, "anna"))
        await people.change_user("anna", line(Deed.USER_ENABLED, "anna"), disabled=False)
        assert await people.session("s1") is None
        assert [one.what for one in await people.audit()][-1] == Deed.USER_ADDED


async def test_the_audit_list_is_asked_by_who_what_whom_and_when(url: str) -> None:
    anna = Actor("anna", Way.SESSION, "192.0.2.7")
    async with open_store(url, write=True) as store:
        people = store.people
        lines = (
            line(Deed.DECLARED, "w1", 10, anna, request="POST /api/v1/maintenance"),
            line(Deed.DECLARED, "w2", 20),
            line(Deed.SIGNED_OUT, "anna", 30, anna, naïef="é"),
        )
        for one in lines:
            await people.note(one)
        assert await people.audit() == lines[::-1]
        assert await people.audit(who="anna") == (lines[2], lines[0])
        assert await people.audit(what="declared", subject="w2") == (lines[1],)
        assert await people.audit(since=10, until=30) == (lines[1], lines[0])
        assert await people.audit(limit=1) == (lines[2],)


async def test_a_backup_has_them_all(sqlite_url: str, tmp_path: Path) -> None:
    async with open_store(sqlite_url, write=True) as store:
        await store.people.add_user(ANNA, line(Deed.USER_ADDED, "anna"))
        await store.people.add_token(TOKEN, line(Deed.TOKEN_CREATED, "t1"))
        back_up(sqlite_url, tmp_path / "copy.db")
    async with open_store(f"sqlite:///{tmp_path / 'copy.db'}", write=False) as copy:
        assert await copy.people.users() == (ANNA,)
        assert await copy.people.tokens() == (TOKEN,)
        assert [one.subject for one in await copy.people.audit()] == ["t1", "anna"]
