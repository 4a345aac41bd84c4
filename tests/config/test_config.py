"""What a configuration says once it is read."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pydantic
import pytest

from slawatch import model
from slawatch.config import Config, ConfigErrors, UnknownCustomer, load, terms_from_document

EXAMPLE = Path(__file__).parents[2] / "slawatch.yaml"
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


@pytest.fixture
def example() -> Config:
    return load(EXAMPLE)


def instant(text: str) -> model.Instant:
    return round(datetime.fromisoformat(text).timestamp()) * model.SECOND


def test_the_example_has_nothing_to_warn_of(example: Config) -> None:
    assert example.warnings() == ()


def test_everything_but_the_customers_own_facts_has_a_default(read: Callable[[str], Config]) -> None:
    config = read("customers: [{id: a, url: 'https://a.example', pages: {p: {path: /p, ready: x}}, http: {}}]\n")
    customer = config.customer("a")
    page, http, promised = customer.pages["p"], customer.http, customer.agreement
    assert (customer.name, customer.language, customer.contacts, customer.login) == ("a", "nl", (), None)
    assert (page.busy, page.every, page.timeout, page.cache) == (None, 60 * SECOND, 20 * SECOND, "cold")
    assert (page.stale_after, page.holds) == (None, 180 * SECOND)
    assert http is not None
    assert (http.path, http.every, http.timeout, http.holds) == ("/", 15 * SECOND, 5 * SECOND, 45 * SECOND)
    assert (promised.name, promised.timezone) == ("Tommy 2.0", "Europe/Amsterdam")
    assert (promised.availability.objective, promised.availability.coverage) == (Fraction(999, 1000), Fraction(99, 100))
    assert (promised.speed.objective, promised.speed.within) == (Fraction(19, 20), 3 * SECOND)
    assert (promised.maintenance.notice, promised.maintenance.preferred) == (timedelta(days=5), ("23:00", "07:00"))
    assert (promised.confirm.failures, promised.confirm.within, promised.confirm.recheck) == (
        2,
        10 * MINUTE,
        5 * SECOND,
    )
    assert (promised.maintenance.late_notice, promised.maintenance.hotfix) == ("counts", "counts")
    assert (promised.maintenance.arithmetic, promised.confirm.blips) == ("removed", "up")
    assert (config.monitor.witnesses, config.monitor.node, config.mail) == ((), "main", None)
    browser = config.monitor.browser
    assert (browser.looks_at_once, browser.renew_after, browser.executable, browser.sandbox) == (2, 200, None, None)
    assert (config.store, config.web.listen, config.web.host, config.web.port) == (
        "sqlite:///slawatch.db",
        "127.0.0.1:9464",
        "127.0.0.1",
        9464,
    )


def test_without_an_http_section_there_is_no_http_check(read: Callable[[str], Config]) -> None:
    customer = read("customers: [{id: a, url: 'https://a.example', pages: {p: {path: /p, ready: x}}}]\n").customers[0]
    assert customer.http is None
    assert list(customer.checks) == ["p"]


def test_a_customer_overrides_single_keys(example: Config) -> None:
    shared, own = example.customer("duinzicht"), example.customer("heidehof")
    assert own.login is not None
    assert shared.login is not None
    assert (own.login.inside, own.login.outside) == ("#account-menu", shared.login.outside)
    assert list(own.checks) == ["dashboard", "reservations", "arrivals", "http"]
    page = own.pages["reservations"]
    assert (page.path, page.ready, page.timeout) == ("/reserveringen", "table.bookings tr", 30 * SECOND)
    assert own.agreement.availability.objective == Fraction(9995, 10000)
    assert own.agreement.speed == shared.agreement.speed == example.agreement.speed
    assert own.at(page.path) == "https://heidehof.example/tommy/reserveringen"


def test_null_removes_what_is_shared(example: Config) -> None:
    customer = example.customer("lakeside")
    assert (customer.login, customer.credentials, customer.http) == (None, None, None)
    assert list(customer.pages) == ["dashboard", "availability"]


def test_null_for_one_key_brings_its_default_back(good: str, read: Callable[[str], Config]) -> None:
    config = read(
        good.replace("ready: tr", "ready: tr, timeout: 3s, busy: .b")
        + "    pages: {reservations: {timeout: null, busy: null}}\n"
    )
    page = config.customers[0].pages["reservations"]
    assert (page.timeout, page.busy) == (20 * SECOND, None)


def test_empty_sections_are_as_if_they_were_not_there(good: str, read: Callable[[str], Config]) -> None:
    assert (
        read(good + "monitor:\nmail:\nweb:\nmaintenance:\nagreement:\nhttp:\nstore:\n").digest() == read(good).digest()
    )


def test_preferred_hours_may_be_none(good: str, read: Callable[[str], Config]) -> None:
    config = read(good + "agreement: {maintenance: {preferred: null}}\n")
    assert config.customers[0].terms().maintenance.preferred is None


def test_json_is_a_configuration_too(good: str, read: Callable[[str], Config]) -> None:
    written = {
        "pages": {"p": {"path": "/p", "ready": "#p", "every": "3h", "stale_after": "61s"}},
        "customers": [{"id": "a", "name": "Caf\u00e9", "url": "https://a.example"}],
    }
    assert read(json.dumps(written, indent=1)).customers[0].name == "Café"


def test_an_alias_stands_for_the_same_value(read: Callable[[str], Config]) -> None:
    config = read("pages: {p: &p {path: /p, ready: x}, q: *p}\ncustomers: [{id: a, url: 'https://a.example'}]\n")
    assert config.customers[0].pages["p"] == config.customers[0].pages["q"]


@pytest.mark.parametrize("word", ["no", "yes", "on", "off", "23:00", "2026-12-01", "010", "0x1F", "1_000", "1e3", "~x"])
def test_words_that_old_yaml_turns_into_other_things_stay_text(
    word: str, good: str, read: Callable[[str], Config]
) -> None:
    assert read(good + f"    name: {word}\n").customers[0].name == word


def test_a_configuration_is_frozen(example: Config) -> None:
    with pytest.raises(pydantic.ValidationError, match="frozen"):
        example.store = "x"  # type: ignore[misc]
    with pytest.raises(TypeError):
        example.customers[0].pages["x"] = example.customers[0].pages["dashboard"]  # type: ignore[index]


def test_an_unknown_customer_is_told_the_nearest_one(example: Config) -> None:
    with pytest.raises(UnknownCustomer) as raised:
        example.customer("duinzigt")
    assert str(raised.value) == "no customer 'duinzigt', did you mean 'duinzicht'?"
    with pytest.raises(UnknownCustomer) as raised:
        example.exclusions("x")
    assert str(raised.value) == "no customer 'x', expected one of duinzicht, heidehof, lakeside"


def test_terms_are_what_the_rules_read(example: Config) -> None:
    terms = example.customer("duinzicht").terms()
    assert terms == model.Terms(
        customer="duinzicht",
        agreement="Tommy 2.0",
        timezone="Europe/Amsterdam",
        availability=model.AvailabilityTerms(Fraction(999, 1000), Fraction(99, 100), ("dashboard", "reservations")),
        speed=model.SpeedTerms(Fraction(19, 20), 3000, ("dashboard", "reservations")),
        maintenance=model.MaintenanceTerms(model.Notice(5)),
        confirm=model.ConfirmTerms(),
        checks={
            name: model.CheckTerms(
                model.CheckId("duinzicht", kind, name), every * model.SECOND, 3 * every * model.SECOND, cache
            )
            for name, kind, every, cache in (
                ("dashboard", "page", 60, "cold"),
                ("reservations", "page", 60, "cold"),
                ("http", "http", 15, None),
            )
        },
    )


def test_by_default_all_pages_are_promised_and_http_is_not(good: str, read: Callable[[str], Config]) -> None:
    terms = read(good + "http: {}\n").customers[0].terms()
    assert terms.availability.checks == terms.speed.pages == ("dashboard", "reservations")
    assert list(terms.checks) == ["dashboard", "reservations", "http"]


@pytest.mark.parametrize(("within", "expected"), [("3s", 3000), ("2.9991s", 3000), ("1100ms", 1100), ("0.0001s", 1)])
def test_load_times_are_whole_milliseconds_rounded_up(
    within: str, expected: int, good: str, read: Callable[[str], Config]
) -> None:
    config = read(good + f"agreement: {{speed: {{within: {within}}}}}\n")
    assert config.customers[0].terms().speed.within_milliseconds == expected


@pytest.mark.parametrize(("notice", "days", "rest"), [("5d", 5, 0), ("36h", 1, 12 * model.HOUR), ("0s", 0, 0)])
def test_notice_is_whole_days_and_a_rest(
    notice: str, days: int, rest: int, good: str, read: Callable[[str], Config]
) -> None:
    config = read(good + f"agreement: {{maintenance: {{notice: {notice}}}}}\n")
    assert config.customers[0].terms().maintenance.notice == model.Notice(days, rest)


def test_windows_are_in_the_agreements_zone_unless_they_say_otherwise(good: str, read: Callable[[str], Config]) -> None:
    config = read(
        good
        + "  - {id: b, url: 'https://b.example', login: null}\n"
        + "agreement: {timezone: America/New_York}\n"
        + "maintenance:\n"
        + "  - {starts: 2026-12-01 23:00, ends: 2026-12-02T06:00+01:00, customers: [b], reason: preventive}\n"
        + "  - {starts: 2026-11-01T01:30-05:00, ends: '2026-11-02 00:00:30',\n"
        + "     announced: 2026-10-20T00:00:00Z, announced_by: me}\n"
    )
    later = model.Exclusion(
        model.ExclusionKind.MAINTENANCE,
        instant("2026-12-02T04:00+00:00"),
        instant("2026-12-02T05:00+00:00"),
        reason="preventive",
        id="c-c0d1f7e9",
    )
    earlier = model.Exclusion(
        model.ExclusionKind.MAINTENANCE,
        instant("2026-11-01T06:30+00:00"),
        instant("2026-11-02T05:00:30+00:00"),
        announced=instant("2026-10-20T00:00+00:00"),
        announced_by="me",
        reason="other",
        id="c-5cec9e76",
    )
    assert config.exclusions("duinzicht") == (earlier,)
    assert config.exclusions("b") == (earlier, later)
    assert config.all_exclusions() == {one.id: config.exclusions(one.id) for one in config.customers}


RECURRING = (
    "maintenance:\n"
    "  - {id: weekly, starts: 2026-03-24 02:30, ends: 2026-03-24 04:00, repeat: FREQ=WEEKLY;BYDAY=TU, text: Herstart}\n"
)


def test_a_recurring_window_is_its_occurrences_by_number(good: str, read: Callable[[str], Config]) -> None:
    config = read(good + RECURRING)
    shown = [
        (one.id, one.starts, one.ends, one.text) for one in config.exclusions("duinzicht", instant("2026-04-07T00:30Z"))
    ]
    assert shown == [
        ("weekly.1", instant("2026-03-24T02:30+01:00"), instant("2026-03-24T04:00+01:00"), "Herstart"),
        ("weekly.2", instant("2026-03-31T02:30+02:00"), instant("2026-03-31T04:00+02:00"), "Herstart"),
    ]


def test_without_a_limit_a_recurring_window_is_written_out_for_400_days(
    good: str, read: Callable[[str], Config]
) -> None:
    starts = [one.starts for one in read(good + RECURRING).exclusions("duinzicht")]
    assert (len(starts), starts[-1]) == (58, instant("2027-04-27T02:30+02:00"))


def test_a_daily_window_of_long_ago_is_still_there(good: str, read: Callable[[str], Config]) -> None:
    config = read(good + "maintenance: [{starts: 2020-01-01 03:00, ends: 2020-01-01 03:10, repeat: FREQ=DAILY}]\n")
    *_, last = config.exclusions("duinzicht", instant("2026-12-01T12:00Z"))
    assert (last.id, last.starts) == ("c-3c09f737.2527", instant("2026-12-01T03:00+01:00"))


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("06:00", "06:30", True),
        ("reason", "text: Nieuw, customers: [duinzicht], reason", True),
        ("reason", "announced: 2026-01-01 10:00, announced_by: me, reason", True),
        ("2026-12-01 23:00", "2026-12-01T22:00:00Z", True),
        ("23:00", "23:01", False),
        ("preventive", "hotfix", False),
        ("reason", "repeat: FREQ=WEEKLY, reason", False),
    ],
)
def test_a_window_without_an_id_is_named_by_its_start_reason_and_repeat(
    old: str, new: str, same: bool, good: str, read: Callable[[str], Config]
) -> None:
    window = good + "maintenance: [{starts: 2026-12-01 23:00, ends: 2026-12-02 06:00, reason: preventive}]\n"
    before, after = (read(text).maintenance[0].name for text in (window, window.replace(old, new)))
    assert re.fullmatch("c-[0-9a-f]{8}", before)
    assert (before == after) is same


def test_windows_of_one_start_are_told_apart_by_whose_they_are(good: str, read: Callable[[str], Config]) -> None:
    other = "  - {id: b, url: 'https://b.example', login: null}\n"
    window = "  - {starts: 2026-12-01 23:00, ends: 2026-12-02 06:00, customers: [%s]}\n"
    config = read(good + other + "maintenance:\n" + window % "duinzicht" + window % "b")
    assert [len(config.exclusions(one)) for one in ("duinzicht", "b")] == [1, 1]
    with pytest.raises(ConfigErrors) as refused:
        read(good + other + "maintenance:\n" + window % "duinzicht" + window % "b, duinzicht")
    assert refused.value.errors == (
        "slawatch.yaml:12:5: maintenance[1]: the same start, reason and repeat as maintenance[0], expected an id of its own",
    )


def test_what_the_ledger_keeps_reads_back_as_the_same_terms(example: Config) -> None:
    for customer in example.customers:
        kept = json.loads(json.dumps(example.document(customer.id)))
        assert terms_from_document(kept) == customer.terms()
        assert kept["availability"]["objective"] == str(customer.agreement.availability.objective)


def test_business_hours_are_the_agreements_or_the_customers_own(good: str, read: Callable[[str], Config]) -> None:
    config = read(
        good
        + "    business: {days: [sat, mon], extra: [2026-12-24]}\n"
        + "agreement: {business: {hours: '08:30-18:00', removed: [2026-05-05]}}\n"
    )
    business = config.customers[0].terms().business
    assert business == model.BusinessTerms(
        ("08:30", "18:00"), ("mon", "sat"), "NL", (date(2026, 12, 24),), (date(2026, 5, 5),)
    )
    kept = json.loads(json.dumps(config.document("duinzicht")))
    assert terms_from_document(kept) == config.customers[0].terms()


def test_terms_that_were_kept_before_business_hours_were_have_the_usual_ones(example: Config) -> None:
    kept = example.document("duinzicht")
    del kept["business"]
    assert terms_from_document(kept).business == model.BusinessTerms()


def test_what_the_ledger_keeps_tells_what_was_looked_at_and_no_secret(example: Config) -> None:
    kept = example.document("duinzicht")
    assert kept["checks"]["reservations"]["ready"] == "#reservations tbody tr"
    assert kept["url"] == "https://duinzicht.example"
    assert "PASSWORD" not in json.dumps(kept)


def test_the_digest_is_of_what_is_said_and_not_of_how_it_is_written(good: str, read: Callable[[str], Config]) -> None:
    first = read(good).digest()
    assert read("# a comment\n" + good.replace("ready: .card", "ready: '.card', every: 1m")).digest() == first
    assert read(good.replace("ready: .card", "ready: .card, every: 61s")).digest() != first
    assert read(good.replace("env: P", "env: Q")).digest() != first


def test_the_socket_stands_beside_the_store(good: str, read: Callable[[str], Config]) -> None:
    for added, expected in (
        ("", "slawatch.db.sock"),
        ("store: sqlite:////var/lib/slawatch/l.db\n", "/var/lib/slawatch/l.db.sock"),
        ("store: postgresql://slawatch@db.example/slawatch\n", "slawatch.sock"),
        ("web: {socket: /run/s.sock}\n", "/run/s.sock"),
        ("web: {listen: '[::1]:0'}\n", "slawatch.db.sock"),
    ):
        assert read(good + added).web.socket == expected


@pytest.mark.parametrize(
    ("relay", "expected"),
    [
        ("smtp://mail.example.org", ("mail.example.org", 587, "starttls")),
        ("smtp://mail.example.org:25", ("mail.example.org", 25, "starttls")),
        ("smtps://mail.example.org/", ("mail.example.org", 465, "implicit")),
        ("SMTPS://[2001:db8::1]:2465", ("2001:db8::1", 2465, "implicit")),
        ("{url: 'smtp://127.0.0.1:1025', tls: off}", ("127.0.0.1", 1025, "off")),
        ("{url: 'smtp://localhost', tls: off, username: u, password: {env: P}}", ("localhost", 587, "off")),
        ("{url: 'smtp://h', tls: required}", ("h", 587, "starttls")),
    ],
)
def test_a_relay_is_a_url_or_a_section(
    relay: str, expected: tuple[str, int, str], good: str, read: Callable[[str], Config]
) -> None:
    text = relay if relay.startswith("{") else f"'{relay}'"
    mail = read(good + f"mail: {{sender: a@b.example, relays: [{text}]}}\n").mail
    assert mail is not None
    assert (mail.relays[0].host, mail.relays[0].port, mail.relays[0].tls) == expected
