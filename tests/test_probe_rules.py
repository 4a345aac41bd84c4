"""The probes' pure rules: from what was seen to a cause, from times to phases, from an error's text to what is told."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slawatch.browser import Strain
from slawatch.model import Cause
from slawatch.probes.page.judge import judge
from slawatch.probes.page.net_errors import BEGINNINGS, NAMED, OTHERS, cause_of, name_of
from slawatch.probes.page.phases import phases, whole_milliseconds
from slawatch.probes.page.visit import Visit, Waiting
from slawatch.probes.redact import path_of, redact

DOCS = Path(__file__).parents[1] / "docs" / "probes.md"
COMPLETE = Waiting(answers=True, loaded=True, painted=True)


@pytest.mark.parametrize(
    ("waiting", "cause"),
    [
        (COMPLETE, Cause.SELECTOR_MISSING),
        (Waiting(answers=False), Cause.TIMEOUT_READY),
        (Waiting(answers=True, loaded=False, painted=True), Cause.TIMEOUT_READY),
        (Waiting(answers=True, loaded=True, painted=True, busy=True), Cause.TIMEOUT_READY),
        (Waiting(answers=True, loaded=True, painted=True, missing=1), Cause.TIMEOUT_READY),
        (Waiting(answers=True, loaded=True, painted=True, found=True), Cause.TIMEOUT_READY),
        (Waiting(answers=True, loaded=True, painted=True, script_errors=1, missing=1), Cause.SCRIPT_ERROR),
        (Waiting(answers=True, loaded=True, painted=True, rejections=1), Cause.SCRIPT_ERROR),
        (Waiting(answers=True, loaded=True, painted=True, rejections=1, missing=1), Cause.TIMEOUT_READY),
    ],
)
def test_what_a_page_that_was_never_ready_is_called(waiting: Waiting, cause: Cause) -> None:
    assert judge(Visit("/page", 0, status=200, waiting=waiting), seen_ready=True) is cause


def test_only_a_complete_painted_page_that_was_never_ready_drifts() -> None:
    visit = Visit("/page", 0, status=200, waiting=COMPLETE)
    assert judge(visit, seen_ready=False) is Cause.SELECTOR_DRIFT
    assert judge(visit, seen_ready=True) is Cause.SELECTOR_MISSING
    blank = Visit("/page", 0, status=200, waiting=Waiting(answers=True, loaded=True))
    assert judge(blank, seen_ready=False) is Cause.SELECTOR_MISSING


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_an_error_of_the_server_is_one_even_when_the_page_looks_ready(status: int) -> None:
    assert judge(Visit("/page", 0, status=status, ready=12.0), seen_ready=True) is Cause.HTTP_5XX


@pytest.mark.parametrize(
    ("headers", "status"),
    [({"cf-mitigated": "challenge"}, 503), ({"x-amzn-waf-action": "captcha"}, 405), ({"x-amzn-waf-action": "challenge"}, 202)],
)  # fmt: skip
def test_a_challenge_keeps_us_out_whatever_its_status(headers: dict[str, str], status: int) -> None:
    assert judge(Visit("/page", 0, status=status, headers=headers), seen_ready=True) is Cause.BLOCKED


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("Page.goto: net::ERR_NAME_NOT_RESOLVED at http://x.invalid/\nCall log:", Cause.DNS),
        ("Page.goto: net::ERR_DNS_TIMED_OUT at http://x/", Cause.DNS),
        ("Page.goto: net::ERR_CERT_DATE_INVALID at https://x/", Cause.TLS),
        ("Page.goto: net::ERR_SSL_PROTOCOL_ERROR at https://x/", Cause.TLS),
        ("Page.goto: net::ERR_EMPTY_RESPONSE at http://x/", Cause.CONNECT),
        ("Page.goto: net::ERR_PROXY_CONNECTION_FAILED at http://x/", Cause.MONITOR_NETWORK),
        ("Page.goto: net::ERR_INSUFFICIENT_RESOURCES at http://x/", Cause.MONITOR_BROWSER),
    ],
)
def test_what_a_network_error_is_called(text: str, cause: Cause) -> None:
    name = name_of(text)
    assert name is not None
    assert cause_of(name) is cause


def test_the_documented_table_of_network_errors_is_the_one_in_force() -> None:
    rows = re.findall(r"^\| `(ERR_\w*\*?)` \| `(\w+)` \|", DOCS.read_text(), re.MULTILINE)
    assert dict(rows) == {name: cause.value for name, cause in NAMED.items()} | {
        f"{beginning}*": cause.value for beginning, cause in BEGINNINGS
    } | {"ERR_*": OTHERS.value}


def test_phases_follow_one_another_and_sum_to_the_figure() -> None:
    times = {
        "domainLookupStart": 2.0, "domainLookupEnd": 12.0, "connectStart": 12.0, "secureConnectionStart": 20.0,
        "connectEnd": 45.0, "requestStart": 45.0, "responseStart": 145.0, "responseEnd": 150.0,
        "domContentLoadedEventEnd": 400.0,
    }  # fmt: skip
    found = phases({"times": times, "lcp": 380.0, "server": [["db; x", 12.5]]}, 1100.0)
    assert found == {
        "dns": 10.0, "connect": 8.0, "tls": 25.0, "ttfb": 100.0, "response": 5.0, "dom": 250.0, "ready": 700.0,
        "lcp": 380.0, "server_db_x": 12.5,
    }  # fmt: skip


numbers = st.floats(0, 100_000) | st.none() | st.just(float("nan"))


@given(st.dictionaries(st.sampled_from(["responseStart", "responseEnd", "domContentLoadedEventEnd", "connectStart", "connectEnd", "secureConnectionStart"]), numbers), st.none() | st.floats(0, 100_000))  # fmt: skip
def test_no_phase_is_negative_whatever_the_page_says(times: dict[str, float | None], ready: float | None) -> None:
    assert all(length >= 0 for length in phases({"times": times}, ready).values())


@pytest.mark.parametrize(
    ("milliseconds", "whole"), [(1100.0, 1100), (1100.0000000001, 1100), (1100.1, 1101), (2999.9, 3000), (3000.0, 3000)]
)
def test_a_figure_is_rounded_up_from_the_decimal_as_it_was_given(milliseconds: float, whole: int) -> None:
    assert whole_milliseconds(milliseconds) == whole


def test_what_is_told_of_an_error_has_no_secret_in_any_form() -> None:
    text = "boom p@ss w&rd and p%40ss%20w%26rd p%40ss+w%26rd at https://x.example/a?token=abc#frag form#login\nCall log"
    assert redact(text, ["p@ss w&rd"]) == "boom *** and *** *** at https://x.example/a form#login"


def test_what_may_be_a_token_is_not_told() -> None:
    assert redact("jwt " + "eyJhbGciOi." * 10) == "jwt ***"


@given(st.text("0123456789 ?#&/%", max_size=30), st.text(min_size=4), st.text("0123456789 ?#&/%", max_size=30))
def test_a_secret_is_never_told(before: str, secret: str, after: str) -> None:
    told = redact(f"{before}{secret}{after}", [secret])
    assert secret not in told or secret in "***" or secret in redact(before + "***" + after)


def test_a_path_has_no_query() -> None:
    assert path_of("https://x.example/a/b?guest=1#top") == "/a/b"
    assert path_of("https://x.example") == "/"


def test_a_machine_is_strained_by_what_the_browser_felt() -> None:
    calm = Strain(waited=99, waited_together=300, throttled=0, loop_lag=0, milliseconds=500)
    assert not calm.strained
    assert not calm.explains(1)
    busy = Strain(waited=400, waited_together=700, throttled=0, loop_lag=0, milliseconds=3500)
    assert busy.strained
    assert not busy.starved
    assert busy.explains(500)
    assert not busy.explains(701)
    assert Strain(waited=0, waited_together=0, throttled=900, loop_lag=0, milliseconds=3500).starved
