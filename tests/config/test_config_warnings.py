"""Settings that work but may surprise."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from slawatch.config import Config

QUIET = (
    "    contacts: [a@b.example]\n"
    "mail: {sender: a@b.example, relays: ['smtp://h']}\n"
    "monitor: {witnesses: ['https://example.net/']}\n"
)
LATE = "its downtime counts (late_notice: counts)"


def test_a_small_configuration_is_warned_of_what_it_lacks(good: str, read: Callable[[str], Config]) -> None:
    assert read(good).warnings() == (
        "slawatch.yaml:1:1: mail: missing: nobody is mailed at an outage",
        "slawatch.yaml:1:1: monitor.witnesses: missing: a fault of our own network counts as the customers' downtime",
        "slawatch.yaml:6:5: customers[0].contacts: missing: nobody is mailed at an outage of this customer",
    )


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "https://duinzicht.example",
            "http://duinzicht.example",
            "7:10: customers[0].url: not encrypted: every access point is promised to be https",
        ),
        ("https://duinzicht.example", "http://127.0.0.1:8000", None),
        ("https://duinzicht.example", "http://localhost", None),
        ("https://duinzicht.example", "http://[::1]:80", None),
        (
            "'https://example.net/'",
            "'Duinzicht.example:443'",
            "11:23: monitor.witnesses[0]: on the watched platform: it cannot tell their fault from ours",
        ),
        (
            "['smtp://h']",
            "[{url: 'smtp://h', tls: off}]",
            "10:61: mail.relays[0].tls: off: mails go to this relay in the clear",
        ),
        ("['smtp://h']", "[{url: 'smtp://127.0.0.1', tls: off}]", None),
        (
            "ready: tr",
            "ready: tr, stale_after: 59s",
            (
                "4:54: pages.reservations.stale_after: shorter than every (1m): "
                "between two looks there is time that counts as unknown"
            ),
        ),
        (
            "ready: tr",
            "ready: tr, every: 1s",
            "4:17: pages.reservations.timeout: 20s is longer than a look holds (3s): part of a hang counts as unknown",
        ),
        (
            "customers:",
            "agreement: {confirm: {within: 4s}}\ncustomers:",
            "5:22: agreement.confirm.recheck: longer than within (4s): a recheck comes too late to confirm a failure",
        ),
        ("customers:", "agreement: {confirm: {within: 4s, failures: 1}}\ncustomers:", None),
    ],
)
def test_a_setting_that_may_surprise_is_told_at_its_place(
    old: str, new: str, expected: str | None, good: str, read: Callable[[str], Config]
) -> None:
    assert read((good + QUIET).replace(old, new)).warnings() == ((f"slawatch.yaml:{expected}",) if expected else ())


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        ("starts: 2026-12-01 23:00, ends: 2026-12-02 07:00, announced: 2026-11-26 23:00, announced_by: me", ()),
        ("starts: 2026-12-02 00:00, ends: 2026-12-02 01:00, announced: 2026-11-26 23:00, announced_by: me", ()),
        (
            "starts: 2026-12-01 23:00, ends: 2026-12-02 07:00, announced: 2026-11-26 23:01, announced_by: me",
            (f"12:77: maintenance[0].announced: too late, expected by 2026-11-26T23:00+01:00 (notice: 5d): {LATE}",),
        ),
        (
            "starts: 2026-12-01 23:00, ends: 2026-12-02 07:00, announced: 2026-12-02 00:00, announced_by: me",
            (f"12:77: maintenance[0].announced: too late, expected by 2026-11-26T23:00+01:00 (notice: 5d): {LATE}",),
        ),
        # the clocks go back on 25 October: five calendar days are 121 hours
        ("starts: 2026-10-27 23:00, ends: 2026-10-27 23:30, announced: 2026-10-22 23:00, announced_by: me", ()),
        (
            "starts: 2026-10-27 23:00, ends: 2026-10-27 23:30, announced: 2026-10-22T22:30+01:00, announced_by: me",
            (f"12:77: maintenance[0].announced: too late, expected by 2026-10-22T23:00+02:00 (notice: 5d): {LATE}",),
        ),
        (
            "starts: 2026-12-01 23:00, ends: 2026-12-02 07:00",
            (f"12:15: maintenance[0].announced: missing: as long as nothing proves the notice, {LATE}",),
        ),
        (
            "starts: 2026-12-01 23:00, ends: 2026-12-02 07:00, announced: 2026-11-20 10:00",
            ("12:77: maintenance[0].announced: without announced_by: expected the name of who told the customers",),
        ),
        (
            "starts: 2026-12-01 23:00, ends: 2026-12-02 07:01, announced: 2026-11-20 10:00, announced_by: me",
            (
                (
                    "12:24: maintenance[0].starts: not within 23:00-07:00: "
                    "it lowers the share inside the night; what is left out does not change"
                ),
            ),
        ),
        (
            "starts: 2026-12-01 23:00, ends: 2026-12-02 07:00, reason: hotfix",
            ("12:74: maintenance[0].reason: hotfix: this window is shown, and counts as downtime (hotfix: counts)",),
        ),
    ],
)
def test_a_window_is_told_what_it_means_for_the_figures(
    window: str, expected: tuple[str, ...], good: str, read: Callable[[str], Config]
) -> None:
    config = read(good + QUIET + f"maintenance: [{{{window}}}]\n")
    assert config.warnings() == tuple(f"slawatch.yaml:{line}" for line in expected)


def test_a_window_is_judged_by_the_agreements_of_those_it_concerns(good: str, read: Callable[[str], Config]) -> None:
    excluded = "    maintenance: {late_notice: excluded, preferred: '01:00-05:00', hotfix: excluded}\n"
    window = "maintenance: [{starts: 2026-12-01 03:00, ends: 2026-12-01 04:00, announced_by: me}]\n"
    assert len(read(good + QUIET + window).warnings()) == 1
    assert read(good + excluded + QUIET + window).warnings() == ()


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        ("starts: 2026-12-01 23:00, ends: 2026-12-02 07:00, announced: 2026-11-26 23:00, announced_by: me", ()),
        (
            "starts: 2026-12-01 23:00, ends: 2026-12-02 07:00, announced: 2026-12-01 00:00, announced_by: me",
            ("announced: too late, expected by 2026-11-26T23:00+01:00 (notice: 5d): " + LATE + " (first: 2026-12-01)",),
        ),
        (
            "starts: 2026-12-01 12:00, ends: 2026-12-01 13:00, announced: 2026-11-01 00:00, announced_by: me",
            (
                "starts: not within 23:00-07:00: it lowers the share inside the night; "
                "what is left out does not change (first: 2026-12-01)",
            ),
        ),
    ],
)
def test_a_recurring_window_is_told_once_of_its_first_occurrence_that_has_the_fault(
    window: str, expected: tuple[str, ...], good: str, read: Callable[[str], Config]
) -> None:
    config = read(good + QUIET + f"maintenance: [{{{window}, repeat: FREQ=WEEKLY;BYDAY=TU}}]\n")
    assert tuple(line.split("maintenance[0].")[1] for line in config.warnings()) == expected


def test_a_rule_that_does_not_meet_its_start_is_told_with_the_day_that_it_does(
    good: str, read: Callable[[str], Config]
) -> None:
    window = "starts: 2026-12-02 23:00, ends: 2026-12-03 05:00, announced: 2026-11-01 00:00, announced_by: me"
    config = read(good + QUIET + f"maintenance: [{{{window}, repeat: FREQ=WEEKLY;BYDAY=TU}}]\n")
    assert config.warnings() == (
        "slawatch.yaml:12:121: maintenance[0].repeat: does not meet starts: the first window is on 2026-12-08",
    )


def test_a_fault_that_only_a_later_occurrence_has_is_told_of_that_one(good: str, read: Callable[[str], Config]) -> None:
    other = "  - {id: b, url: 'https://b.example', login: null, agreement: {timezone: Asia/Tokyo}}\n"
    hours = "agreement: {maintenance: {preferred: '07:00-14:30'}}\n"
    window = "starts: 2026-10-06 00:00, ends: 2026-10-06 07:00, announced: 2026-09-01 00:00, announced_by: me"
    config = read(
        good
        + other
        + hours
        + QUIET.removeprefix("    contacts: [a@b.example]\n")
        + f"maintenance: [{{{window}, customers: [b], repeat: FREQ=WEEKLY}}]\n"
    )
    assert [line for line in config.warnings() if "maintenance" in line] == [
        "slawatch.yaml:13:24: maintenance[0].starts: not within 07:00-14:30: it lowers the share inside the night; "
        "what is left out does not change (first: 2026-10-27)"
    ]
