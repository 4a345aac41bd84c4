"""Who may do what over the port: roles, tokens, forms, proxies, certificates; and what stays open."""

from __future__ import annotations

import datetime as dt
import ipaddress
import json
import re
import ssl
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import jwt
import pytest
from aiohttp import web as aio
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from entering import CHEAP, NOW, PROXY, US, House, entered

from slawatch import web
from slawatch.app.entrance import check_files, entrance, renew
from slawatch.config import ConfigErrors, load
from slawatch.model import DAY, SECOND
from slawatch.people import BadKeys, Signed, SignedSettings, read_keys
from slawatch.rules.permissions import Permission, Role
from slawatch.store import open_store
from slawatch.web.people.needs import ensure_each_says, needs

STATUS, WINDOWS, USERS = "/api/v1/status", "/api/v1/maintenance", "/api/v1/users"
CONFIG = """
customers: [{{id: a, url: "https://a.example", pages: {{p: {{path: /, ready: x}}}}}}]
web:
  tls: {{certificate: "{certificate}", key: "{key}"}}
  trusted_proxies: [127.0.0.1]
  login: {{header: {{name: X-Id, keys: "{keys}", audience: slawatch, issuer: "https://login.example", roles: {{ops: operator}}}}}}
"""
NOTHING: dict[str, Any] = {"customer": "duinzicht", "starts": "2026-12-01T22:00:00Z", "ends": "2026-12-01T23:00:00Z"}


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with entered(tmp_path, trusted=(PROXY,)) as house:
        for role in Role:
            await house.add(role.value, role)
        yield house


async def form_key(house: House, session: str, **more: Any) -> str:
    """What a form of this session brings back, as a page of it says."""
    found = re.search('name="form_key" value="(.+?)"', (await house.ask("GET", "/", session=session, **more)).text)
    assert found is not None
    return found[1]


# -- roles ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "reads", "declares", "manages"),
    [
        (Role.VIEWER, 200, 403, 403),
        (Role.ACCOUNT_MANAGER, 200, 403, 403),
        (Role.OPERATOR, 200, 422, 403),
        (Role.ADMIN, 200, 422, 200),
    ],
)
async def test_a_role_opens_what_it_may_and_nothing_more(
    house: House, role: Role, reads: int, declares: int, manages: int
) -> None:
    session = await house.session(role.value)
    own = {"X-Slawatch-Form-Key": await form_key(house, session)} if role is not Role.VIEWER else {}

    assert (await house.ask("GET", STATUS, session=session)).status == reads
    # There is no such customer: who may declare is told so.
    assert (await house.ask("POST", WINDOWS, session=session, json=NOTHING, headers=own)).status == declares
    assert (await house.ask("GET", USERS, session=session)).status == manages


async def test_who_may_not_is_told_which_permission_it_takes(house: House) -> None:
    told = await house.ask("GET", USERS, session=await house.session("viewer"))
    assert told.headers["Content-Type"] == "application/problem+json; charset=utf-8"
    assert json.loads(told.text)["detail"] == "viewer may not: this needs the permission manage"
    page = await house.ask("POST", "/login", headers={"Accept": "text/html", "Sec-Fetch-Site": "cross-site"})
    assert "You may not do this." in page.text


async def test_a_changed_role_holds_at_once(house: House) -> None:
    session = await house.session("viewer")
    await house.office.set_role(US, "viewer", Role.ADMIN)
    assert (await house.ask("GET", USERS, session=session)).status == 200


def test_an_application_with_a_route_that_does_not_say_what_it_needs_is_not_made() -> None:
    async def show(_request: aio.Request) -> aio.Response:
        return aio.Response()

    app = aio.Application()
    app.router.add_get("/said", needs(Permission.READ, show))
    ensure_each_says(app)
    app.router.add_post("/unsaid/{id}", show)
    with pytest.raises(LookupError) as refused:
        ensure_each_says(app)
    assert str(refused.value) == "POST /unsaid/{id}: does not say what it needs, expected needs(permission, ...)"


# -- tokens -----------------------------------------------------------------------------------------------------------


async def test_a_token_opens_what_its_scopes_say(house: House) -> None:
    reads, beats = await house.token(Permission.READ), await house.token(Permission.BEAT)
    assert (await house.ask("GET", STATUS, token=reads)).status == 200
    assert (await house.ask("GET", STATUS, token=beats)).status == 403
    assert (await house.ask("POST", WINDOWS, token=reads, json=NOTHING)).status == 403


async def test_a_token_needs_no_form_of_ours_and_declares_in_its_own_name(house: House) -> None:
    token = await house.token(Permission.DECLARE)
    told = await house.ask("POST", WINDOWS, token=token, json=NOTHING)
    assert json.loads(told.text)["detail"].startswith("no customer 'duinzicht'")
    told = await house.ask("POST", WINDOWS, token=token, json=NOTHING | {"by": "the director"})
    detail = "by: expected 'a machine', who asks, or nothing, got 'the director'"
    assert (told.status, json.loads(told.text)["detail"]) == (400, detail)


async def test_a_wrong_token_opens_nothing_and_learns_nothing(house: House) -> None:
    for token in ("", "x", "slawatch_", "slawatch_" + "a" * 43, "slawatch_" + "a" * 4000, "slawatch_é"):
        told = await house.ask("GET", STATUS, headers={"Authorization": f"Bearer {token}"})
        assert (told.status, told.headers["WWW-Authenticate"]) == (401, 'Bearer realm="slawatch"'), token
        assert json.loads(told.text)["detail"] == "sign in, or show a token"


async def test_a_token_that_expired_or_was_revoked_opens_nothing(house: House) -> None:
    id_, token = await house.office.create_token(US, "for a day", [Permission.READ], DAY)
    house.now += DAY - SECOND
    assert (await house.ask("GET", STATUS, token=token)).status == 200
    house.now += SECOND
    assert (await house.ask("GET", STATUS, token=token)).status == 401
    house.now = NOW
    await house.office.revoke_token(US, id_)
    assert (await house.ask("GET", STATUS, token=token)).status == 401
    (kept,) = await house.office.tokens()
    assert (kept["used"], kept["revoked"]) == ("2026-11-26T00:00:00Z", "2026-11-25T12:00:00Z")
    assert token not in str(await house.store.people.tokens())


async def test_what_is_declared_is_listed_with_who_by_which_way(house: House) -> None:
    token = await house.token(Permission.DECLARE)
    told = await house.ask("POST", "/api/v1/outbox/retry", token=token, json={})
    assert (told.status, told.text) == (200, '{"ids": []}')
    (line, *_) = await house.office.audit()
    assert (line["who"], line["way"], line["from"], line["what"]) == ("a machine", "token", "127.0.0.1", "declared")
    assert line["facts"] == {"request": "/api/v1/outbox/retry"}


# -- forms ------------------------------------------------------------------------------------------------------------


async def test_what_a_cookie_asks_to_change_takes_a_form_of_the_same_session(house: House) -> None:
    session, other = await house.session("operator"), await house.session("operator")
    ours, others = await form_key(house, session), await form_key(house, other)

    async def ask(**headers: str) -> int:
        return (await house.ask("POST", WINDOWS, session=session, json=NOTHING, headers=headers)).status

    assert await ask() == 403
    assert await ask(**{"X-Slawatch-Form-Key": others}) == 403
    assert await ask(**{"X-Slawatch-Form-Key": ours, "Sec-Fetch-Site": "same-site"}) == 403
    assert await ask(**{"X-Slawatch-Form-Key": ours, "Origin": "http://evil.example"}) == 403
    assert await ask(**{"X-Slawatch-Form-Key": ours, "Sec-Fetch-Site": "same-origin"}) == 422


# -- looking after people ---------------------------------------------------------------------------------------------


async def test_an_admin_looks_after_users_and_all_of_it_is_listed(house: House) -> None:
    token = await house.token(Permission.MANAGE)

    async def ask(path: str, **body: Any) -> tuple[int, str]:
        told = await house.ask("POST", path, token=token, json=body)
        return told.status, json.loads(told.text).get("detail", "")

    new = {"name": "Dirk", "password": "een lang wachtwoord", "role": "viewer", "language": "nl"}
    assert await ask(USERS, **new) == (200, "")
    assert await ask(USERS, **new) == (422, "user 'dirk' is there already, expected another name")
    assert await ask(USERS, **new | {"role": "boss"}) == (
        400,
        "role: expected 'viewer', 'account_manager', 'operator' or 'admin'",
    )
    assert (await ask(f"{USERS}/dirk/password", password="kort"))[0] == 422
    assert (await ask(f"{USERS}/dirk/role", role="operator"))[0] == 200
    assert (await ask(f"{USERS}/dirk/remove"))[0] == 200
    assert await ask(f"{USERS}/dirk/remove") == (
        404,
        "no user 'dirk', expected one of account_manager, admin, operator, viewer",
    )
    told = await house.ask("GET", "/api/v1/audit?who=a+machine&limit=5", token=token)
    lines = json.loads(told.text)["audit"]
    assert [(one["way"], one["from"], one["what"], one["subject"]) for one in lines] == [
        ("token", "127.0.0.1", "user_removed", "dirk"),
        ("token", "127.0.0.1", "role_changed", "dirk"),
        ("token", "127.0.0.1", "user_added", "dirk"),
    ]
    assert "een lang wachtwoord" not in told.text
    for query in ("limit=0", "who=%00", "since=gisteren", "colour=red"):
        assert (await house.ask("GET", f"/api/v1/audit?{query}", token=token)).status == 400, query
    assert (await ask(f"{USERS}/%00/remove"))[0] == 400


# -- what is open -----------------------------------------------------------------------------------------------------


async def test_who_reaches_the_port_itself_may_scrape_and_who_comes_through_a_proxy_shows_a_token(
    house: House,
) -> None:
    by_proxy = {"X-Forwarded-For": "198.51.100.7", "X-Forwarded-Proto": "https"}
    token = await house.token(Permission.READ)
    for path in ("/metrics", "/metrics/-", "/sd", "/healthz"):
        assert (await house.ask("GET", path)).status == 200, path
        assert (await house.ask("GET", path, headers=by_proxy)).status == 401, path
        assert (await house.ask("GET", path, headers=by_proxy, token=token)).status == 200, path


async def test_path_tricks_lead_nowhere(house: House) -> None:
    for path in (
        "/api/v1/status/../users",
        "/api/v1/%2e%2e/%2e%2e/etc/passwd",
        "//api/v1/status",
        "/api/v1/users/%00/role",
        "/static/../users",
    ):
        assert (await house.ask("GET", path)).status in {401, 404, 405}, path


async def test_nobody_sees_more_on_the_front_page_than_how_the_daemon_is(house: House) -> None:
    told = await house.ask("GET", "/")
    assert told.status == 200
    assert 'href="./login"' in told.text


# -- proxies ----------------------------------------------------------------------------------------------------------


async def test_a_trusted_proxy_says_from_where_and_over_what_one_asks(house: House) -> None:
    said = {
        "X-Forwarded-For": "192.0.2.66, 198.51.100.7, 127.0.0.9",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "sla.example",
    }
    told = await house.sign_in("admin", headers=said | {"Origin": "https://sla.example"})
    cookie = told.cookies["__Host-slawatch"]
    assert (told.status, cookie["secure"], cookie["domain"]) == (303, True, "")
    assert (await house.office.audit())[0]["from"] == "198.51.100.7"
    plain = await house.sign_in("admin", headers=said | {"X-Forwarded-Proto": "http"})
    assert plain.status == 403
    assert "over this connection others could read your password" in plain.text


@pytest.mark.parametrize("client", [None, "198.51.100.7:4711", "unknown, 127.0.0.9"])
async def test_who_comes_to_a_trusted_proxy_from_nobody_knows_where_is_not_near(
    house: House, client: str | None
) -> None:
    said = {"X-Forwarded-Proto": "http"} | ({} if client is None else {"X-Forwarded-For": client})
    assert (await house.sign_in("admin", headers=said)).status == 403
    assert (await house.sign_in("admin", headers=said | {"X-Forwarded-Proto": "https"})).status == 303
    assert (await house.office.audit())[0]["from"] == "127.0.0.1"


async def test_what_a_stranger_says_of_itself_is_not_believed(tmp_path: Path) -> None:
    async with entered(tmp_path, trusted=(ipaddress.ip_network("10.0.0.0/8"),)) as house:
        await house.add("anna", Role.VIEWER)
        said = {"X-Forwarded-For": "192.0.2.66", "X-Forwarded-Proto": "https"}
        told = await house.sign_in("anna", headers=said)
        assert (told.status, told.cookies) == (403, {})
        told = await house.ask("GET", STATUS, headers=said, token=await house.token(Permission.READ))
        detail = "only over https, or through a proxy of web.trusted_proxies, one is known"
        assert (told.status, json.loads(told.text)["detail"]) == (401, detail)


RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER = rsa.generate_private_key(public_exponent=65537, key_size=2048)
SETTINGS = SignedSettings(
    ("RS256",), "slawatch", "https://login.example", "email", "groups", {"ops": Role.OPERATOR, "all": Role.VIEWER}
)
CLAIMS = {
    "email": "anna@park.example",
    "groups": ["all", "ops", "unknown"],
    "aud": "slawatch",
    "iss": "https://login.example",
    "exp": NOW // SECOND + 300,
    "iat": NOW // SECOND,
}
HEADER = "X-Forwarded-Id-Token"


def pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def written(key: Any = RSA, algorithm: str = "RS256", **claims: Any) -> str:
    said = {name: value for name, value in (CLAIMS | claims).items() if value is not None}
    return jwt.encode(said, key, algorithm=algorithm)


@pytest.fixture
async def behind(tmp_path: Path) -> AsyncIterator[House]:
    """Behind a proxy that signs who somebody is."""
    (tmp_path / "keys.pem").write_bytes(pem(RSA))
    signed = Signed(SETTINGS, read_keys(tmp_path / "keys.pem"), lambda: NOW)
    async with entered(tmp_path, trusted=(PROXY,), signed=signed, header=HEADER) as house:
        yield house


async def test_who_a_proxy_signs_for_is_let_in_as_the_mightiest_of_their_roles(behind: House) -> None:
    own = {HEADER: written(), "X-Forwarded-For": "198.51.100.7", "X-Forwarded-Proto": "https"}
    assert (await behind.ask("GET", STATUS, headers=own)).status == 200
    assert (await behind.ask("POST", WINDOWS, headers=own, json=NOTHING)).status == 403  # in no form of theirs
    assert (await behind.ask("GET", USERS, headers=own)).status == 403
    assert await behind.listed() == [("anna@park.example", "proxy", "signed_in", "anna@park.example")]


async def test_what_is_forged_late_or_for_others_lets_nobody_in(behind: House) -> None:
    for token in (
        written(OTHER),
        written(exp=NOW // SECOND - 60),
        written(exp=None),
        written(exp=10**400),
        written(nbf=NOW // SECOND + 60),
        written(aud="another"),
        written(aud=None),
        written(iss="https://evil.example"),
        written(groups=["unknown"]),
        written(groups=None),
        written(email=None),
        written(email=" "),
        written(RSA, "RS512"),
        jwt.encode(CLAIMS, None, algorithm="none"),
        jwt.encode(CLAIMS, "a secret of thirty-two bytes or so", algorithm="HS256"),
        "x.y.z",
        "a" * 8100,
    ):
        told = await behind.ask("GET", STATUS, headers={HEADER: token})
        assert told.status in {400, 401}, token
    assert await behind.listed() == []


async def test_a_signed_header_from_elsewhere_than_a_trusted_proxy_is_not_read(tmp_path: Path) -> None:
    signed = Signed(SETTINGS, {None: RSA.public_key()}, lambda: NOW)
    async with entered(tmp_path, trusted=(ipaddress.ip_network("10.0.0.7"),), signed=signed, header=HEADER) as house:
        assert (await house.ask("GET", STATUS, headers={HEADER: written()})).status == 401


def test_keys_are_read_from_a_jwk_set_by_their_ids(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    keys = [
        json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(one.public_key())) | {"kid": name, "alg": "RS256"}
        for name, one in (("a", OTHER), ("b", RSA))
    ]
    file.write_text(json.dumps({"keys": keys}))
    signed = Signed(SETTINGS, read_keys(file), lambda: NOW)
    known = signed.read(jwt.encode(CLAIMS, RSA, algorithm="RS256", headers={"kid": "b"}))
    assert known is not None
    assert known.name == "anna@park.example"
    assert signed.read(jwt.encode(CLAIMS, RSA, algorithm="RS256", headers={"kid": "a"})) is None
    assert signed.read(jwt.encode(CLAIMS, RSA, algorithm="RS256", headers={"kid": "c"})) is None


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "expected public keys as PEM, or as a JWK set (Expecting value: line 1 column 1 (char 0))"),
        ("-----BEGIN PUBLIC KEY-----\nx\n-----END PUBLIC KEY-----", "expected public keys as PEM, or as a JWK set"),
        ('{"keys": [{"kty": "oct", "k": "c2VjcmV0", "alg": "HS256"}]}', "it holds a secret"),
    ],
)
def test_a_file_that_holds_no_public_keys_is_refused(tmp_path: Path, content: str, told: str) -> None:
    file = tmp_path / "keys"
    file.write_text(content)
    with pytest.raises(BadKeys, match=re.escape(told)):
        read_keys(file)


# -- certificates -----------------------------------------------------------------------------------------------------


def certify(folder: Path, name: str) -> tuple[Path, Path]:
    """A certificate of this name for the loopback, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    certificate, private = folder / f"{name}.pem", folder / f"{name}.key"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return certificate, private


async def test_over_tls_the_cookie_is_for_this_host_alone_and_a_new_certificate_is_taken_while_serving(
    tmp_path: Path,
) -> None:
    first, second = certify(tmp_path, "first"), certify(tmp_path, "second")
    context = web.server_context(*first)
    async with entered(tmp_path, tls=context) as house:
        await house.add("anna", Role.VIEWER)
        told = await house.sign_in("anna", ssl=ssl.create_default_context(cafile=str(first[0])))
        assert told.cookies["__Host-slawatch"]["secure"]
        assert told.headers["Strict-Transport-Security"] == "max-age=31536000"
        web.take_certificate(context, *second)
        async with (
            aiohttp.ClientSession() as fresh,
            fresh.get(f"{house.url}/healthz", ssl=ssl.create_default_context(cafile=str(second[0]))) as answer,
        ):
            assert answer.status == 200
        old = ssl.create_default_context(cafile=str(second[0]))
        old.maximum_version = ssl.TLSVersion.TLSv1_2
        async with aiohttp.ClientSession() as fresh, fresh.get(f"{house.url}/healthz", ssl=old) as answer:
            assert answer.status == 200
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2


async def test_a_reload_takes_certificate_and_keys_as_they_are_now_or_is_refused(tmp_path: Path) -> None:
    file, keys = tmp_path / "slawatch.yaml", tmp_path / "keys.pem"
    certificate, key = certify(tmp_path, "first")
    keys.write_bytes(pem(OTHER))
    file.write_text(CONFIG.format(certificate=certificate, key=key, keys=keys))
    config = load(file, with_secrets=True)
    check_files(config, file)
    async with open_store(f"sqlite:///{tmp_path / 'slawatch.db'}", write=True) as store:
        made = await entrance(config, store, lambda: NOW, CHEAP)
    assert made.signed is not None
    assert made.signed.read(written()) is None
    keys.write_bytes(pem(RSA))
    renew(made, config, file)
    assert made.signed.read(written()) is not None
    keys.write_text("nothing")
    with pytest.raises(ConfigErrors) as refused:
        renew(made, config, file)
    assert str(refused.value).startswith(f"{file}: web.login.header.keys: {keys}: expected public keys as PEM, ")
    certificate.write_text("nothing")
    with pytest.raises(ConfigErrors) as refused:
        check_files(config, file)
    assert str(refused.value).startswith(
        f"{file}: web.tls: {certificate}, {key}: expected a certificate and its own key"
    )
    key.unlink()
    with pytest.raises(ConfigErrors) as refused:
        load(file, with_secrets=True)
    (line,) = refused.value.errors
    assert line.endswith(f": web.tls.key: {key} cannot be read: no such file")
    assert made.signed.read(written()) is not None


def test_a_certificate_without_its_own_key_is_refused_and_the_one_before_stays(tmp_path: Path) -> None:
    first, second = certify(tmp_path, "first"), certify(tmp_path, "second")
    context = web.server_context(*first)
    with pytest.raises(
        web.BadCertificate, match=r"expected a certificate and its own key as PEM, .* \(KEY_VALUES_MISMATCH\)$"
    ):
        web.take_certificate(context, first[0], second[1])
    (tmp_path / "none.pem").write_text("nothing")
    with pytest.raises(web.BadCertificate, match="expected a certificate and its own key as PEM"):
        web.server_context(tmp_path / "none.pem", first[1])
    with pytest.raises(web.BadCertificate, match=r"missing.pem: cannot be read: No such file or directory$"):
        web.server_context(tmp_path / "missing.pem", first[1])
