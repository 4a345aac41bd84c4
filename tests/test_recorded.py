"""Recorded lines: what is refused, with which words, and what rounding they get."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slawatch import recorded
from slawatch.model import (
    HOUR,
    MINUTE,
    SECOND,
    VERDICTS,
    AvailabilityTerms,
    Cause,
    CheckId,
    CheckTerms,
    ConfirmTerms,
    Exclusion,
    ExclusionKind,
    Look,
    MaintenanceTerms,
    Notice,
    Observation,
    SpeedTerms,
    Terms,
    Verdict,
    Version,
)
from slawatch.rules.calendar import parse

CHECKS = {"dashboard": "page", "http": "http"}


def terms(customer: str) -> Terms:
    checks = {name: CheckTerms(CheckId(customer, kind, name), MINUTE, 3 * MINUTE) for name, kind in CHECKS.items()}
    return Terms(
        customer=customer,
        agreement="Tommy 2.0",
        timezone="Europe/Amsterdam",
        availability=AvailabilityTerms(Fraction("0.999"), Fraction("0.99"), ("dashboard",)),
        speed=SpeedTerms(Fraction("0.95"), 3000, ("dashboard",)),
        maintenance=MaintenanceTerms(Notice(5)),
        confirm=ConfirmTerms(),
        checks=checks,
    )


ALL = {name: terms(name) for name in ("duinzicht", "heiderand")}
UP = b'{"at": "2026-03-01T00:00:30Z", "check": "dashboard", "verdict": "up", "seconds": 0.84}'


def read(*lines: bytes) -> dict[str, list[recorded.Recorded]]:
    return recorded.observations(lines, "observations.jsonl", "duinzicht", ALL)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"{", "expected one JSON object a line: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
        (b"[1]", "expected a JSON object, got list"),
        (b"\xff", "expected UTF-8 text"),
        (UP.replace(b"dashboard", b"dashbord"), "check: expected one of dashboard, http, got 'dashbord'"),
        (UP.replace(b"0.84", b"NaN"), "NaN is not a number"),
        (UP.replace(b"0.84", b"-1"), "seconds: expected a number of seconds such as 0.84, got -1"),
        (UP.replace(b"0.84", b"true"), "seconds: expected a number of seconds such as 0.84, got True"),
        (UP.replace(b', "seconds": 0.84', b""), "seconds: expected how long dashboard took, as its verdict is up"),
        (UP.replace(b"00:30Z", b"00:30"), "at: expected a time such as 2026-03-01T00:00:30Z, got '2026-03-01T00:00:30'"),
        (UP.replace(b'"up"', b'"green"'), "verdict: expected up, down or unknown, got 'green'"),
        (UP.replace(b"}", b', "customer": "duinzigt"}'), "customer: 'duinzigt' is not configured"),
        (UP.replace(b"}", b', "recheck": 1}'), "recheck: expected true or false, got 1"),
        (UP.replace(b"}", b', "cause": "dns"}'), "cause: expected none, as the verdict is up, got 'dns'"),
        (
            b'{"at": "2026-03-01T00:00:30Z", "check": "http", "verdict": "unknown", "cause": "dns"}',
            "cause: expected one of login_rejected, blocked, selector_drift, monitor_network, monitor_browser, "
            "monitor_overload, monitor_missed, as the verdict is unknown, got 'dns'",
        ),
    ],
)  # fmt: skip
def test_a_line_that_cannot_be_read_is_named(line: bytes, said: str):
    with pytest.raises(recorded.BadRecording) as refused:
        read(UP.replace(b"00:30Z", b"00:29Z"), line)

    assert str(refused.value) == f"observations.jsonl:2: {said}"


def test_two_looks_of_one_check_at_one_instant_are_refused_however_they_are_written():
    with pytest.raises(
        recorded.BadRecording,
        match=r"^observations.jsonl:3: dashboard at 2026-03-01T00:00:30Z stands on line 1 already",
    ):
        read(UP, UP.replace(b"dashboard", b"http"), UP.replace(b"00:00:30Z", b"01:00:30+01:00"))


def test_all_faults_are_told_at_once():
    with pytest.raises(recorded.BadRecording) as refused:
        read(b"{", UP, b"[]")

    assert [fault.partition(": ")[0] for fault in refused.value.faults] == [
        "observations.jsonl:1",
        "observations.jsonl:3",
    ]


def test_lines_may_come_in_any_order_and_from_any_customer():
    found = read(
        b"",
        UP.replace(b"00:30Z", b"02:30Z"),
        UP.replace(b"}", b', "customer": "heiderand", "node": "main"}'),
        UP,
    )

    assert [row.milliseconds for row in found["dashboard"]] == [840, 840]
    assert found["dashboard"][0].at < found["dashboard"][1].at


@pytest.mark.parametrize(
    ("written", "expected"),
    [("1.1", 1100), ("3", 3000), ("3.0000", 3000), ("3.0001", 3001), ("0.0000001", 1), ("0", 0), ("2.9999999999999999999999999999999999999", 3000),
     ("3.00000000000000000000000000000000000000001", 3001)],
)  # fmt: skip
def test_load_times_are_rounded_up_from_the_decimal_as_written(written: str, expected: int):
    assert recorded.milliseconds(Decimal(written)) == expected


@given(st.integers(0, 10**9), st.booleans(), st.sampled_from([None, *Cause]))
def test_what_is_exported_is_read_back_as_it_was(ms: int, recheck: bool, cause: Cause | None):
    look = Look(Verdict.UP, None, ms) if cause is None else Look(VERDICTS[cause], cause, ms)
    seen = Observation(
        CheckId("duinzicht", "page", "dashboard"), "main", 1_772_323_230_123_456, look, recheck, 7 * SECOND
    )

    (row,) = read(recorded.line(seen).encode())["dashboard"]

    assert (row.milliseconds, row.recheck) == (ms, recheck)
    assert row[:5] == ("dashboard", "main", seen.at, look.verdict, cause)
    assert row.holds == 7 * SECOND


STORM = (
    b'{"kind": "force_majeure", "starts": "2026-03-10T22:00:00Z", "ends": "2026-03-11T02:00:00Z", '
    b'"approved_by": "J. de Vries", "reason": "storm"}'
)
FIRST = '{"starts": "2026-03-10T22:00:00Z", "ends": "2026-03-11T01:00:00Z"}'
MAINTENANCE = b'{"kind": "maintenance", "starts": "2026-03-10T22:00:00Z", "ends": "2026-03-11T02:00:00Z"}'


def versions(*earlier: str) -> bytes:
    return MAINTENANCE.replace(b"}", f', "versions": [{", ".join(earlier)}]}}'.encode())


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (MAINTENANCE.replace(b"maintenance", b"upkeep"), "kind: expected maintenance or force_majeure, got 'upkeep'"),
        (MAINTENANCE.replace(b"11T02", b"10T21"), "ends: expected a time after starts 2026-03-10T22:00:00Z, got 2026-03-10T21:00:00Z"),
        (MAINTENANCE.replace(b"maintenance", b"force_majeure"), "a force majeure needs approved_by, who approved it, and reason, why"),
        (MAINTENANCE.replace(b"}", b', "ended": "2026-03-10T21:00:00Z"}'), "ended: expected a time from starts 2026-03-10T22:00:00Z on, got 2026-03-10T21:00:00Z"),
        (MAINTENANCE.replace(b"}", b', "announced_by": ""}'), "announced_by: expected words, got ''"),
        (MAINTENANCE.replace(b"}", b', "id": 7}'), "id: expected words, got 7"),
        (MAINTENANCE.replace(b"}", b', "text": []}'), "text: expected words, got []"),
        (MAINTENANCE.replace(b"}", b', "versions": {}}'), "versions: expected a list of earlier versions, the oldest first, got {}"),
        (MAINTENANCE.replace(b"}", b', "versions": ["12:00"]}'), "versions[0]: expected a JSON object with starts and ends, got '12:00'"),
        (versions('{"starts": "2026-03-10T22:00:00Z"}'), "versions[0].ends: expected a time such as 2026-03-01T00:00:30Z, got None"),
        (versions('{"starts": "2026-03-10T22:00:00Z", "ends": "2026-03-10T22:00:00Z"}'), "versions[0].ends: expected a time after starts 2026-03-10T22:00:00Z, got 2026-03-10T22:00:00Z"),
        (versions(FIRST, FIRST.replace("}", ', "announced": "yesterday"}')), "versions[1].announced: expected a time such as 2026-03-01T00:00:30Z, got 'yesterday'"),
        (versions(FIRST.replace("}", ', "announced_by": " "}')), "versions[0].announced_by: expected words, got ' '"),
        (versions(FIRST.replace("}", ', "entered": 5}')), "versions[0].entered: expected a time such as 2026-03-01T00:00:30Z, got 5"),
        (STORM.replace(b"}", b', "versions": []}'), "versions: expected none, as the kind is force_majeure"),
    ],
)  # fmt: skip
def test_an_exclusion_that_cannot_be_read_is_named(line: bytes, said: str):
    with pytest.raises(recorded.BadRecording) as refused:
        recorded.exclusions([line], "exclusions.jsonl", "duinzicht", ALL)

    assert str(refused.value) == f"exclusions.jsonl:1: {said}"


def read_exclusions(*lines: str) -> list[Exclusion]:
    return recorded.exclusions([line.encode() for line in lines], "exclusions.jsonl", "duinzicht", ALL)


def test_earlier_versions_are_read_the_oldest_first():
    second = FIRST.replace("T01:", "T03:").replace(
        "}", ', "announced": "2026-03-01T12:00:00Z", "announced_by": "desk"}'
    )

    (window,) = read_exclusions(versions(FIRST, second).decode())

    starts = parse("2026-03-10T22:00:00Z")
    assert window.earlier == (
        Version(starts, starts + 3 * HOUR),
        Version(starts, starts + 5 * HOUR, parse("2026-03-01T12:00:00Z"), "desk"),
    )


def test_keys_that_nobody_knows_are_passed_over():
    assert read_exclusions(MAINTENANCE.replace(b"}", b', "ticket": 12}').decode()) == read_exclusions(
        MAINTENANCE.decode()
    )


INSTANTS = st.integers(parse("2000-01-01T00:00:00Z"), parse("2100-01-01T00:00:00Z"))
WORDS = st.text(min_size=1).filter(str.strip)
VERSIONS = st.builds(
    lambda starts, length, *rest: Version(starts, starts + length, *rest),
    INSTANTS,
    st.integers(1, 90 * 24 * HOUR),
    st.none() | INSTANTS,
    st.none() | WORDS,
    st.none() | INSTANTS,
)
WINDOWS = st.builds(
    lambda last, lasted, reason, name, told, earlier: Exclusion(
        ExclusionKind.MAINTENANCE, last.starts, last.ends, last.announced, last.announced_by, last.entered,
        None if lasted is None else last.starts + lasted, reason, None, name, told, earlier,
    ),
    VERSIONS,
    st.none() | st.integers(0, 24 * HOUR),
    st.none() | WORDS,
    st.none() | WORDS,
    st.none() | WORDS,
    st.lists(VERSIONS, max_size=4).map(tuple),
)  # fmt: skip
MAJEURES = st.builds(
    lambda span, reason, by, name, told: Exclusion(
        ExclusionKind.FORCE_MAJEURE, span.starts, span.ends, reason=reason, approved_by=by, id=name, text=told
    ),
    VERSIONS,
    WORDS,
    WORDS,
    st.none() | WORDS,
    st.none() | WORDS,
)


@given(WINDOWS | MAJEURES)
def test_an_exclusion_that_is_written_is_read_back_as_it_was(exclusion: Exclusion):
    assert read_exclusions(recorded.exclusion_line(exclusion)) == [exclusion]
