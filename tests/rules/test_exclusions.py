"""Rule 7: which of a window's time is left out, over all that was declared of it. Hours are of one day, UTC."""

from dataclasses import replace
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slawatch.model import DAY, HOUR, Exclusion, ExclusionKind, MaintenanceTerms, Notice, Version
from slawatch.rules.calendar import Period, parse
from slawatch.rules.exclusions import JudgedExclusion, flatten, judge

ZONE = ZoneInfo("Europe/Amsterdam")
TERMS = MaintenanceTerms(Notice(5))
MIDNIGHT = parse("2026-03-10T00:00:00Z")


def version(written: str) -> Version:
    """`12-14 mail`, the hours and how its customer was told."""
    hours, _, told = written.partition(" ")
    starts, ends = (MIDNIGHT + int(hour) * HOUR for hour in hours.split("-"))
    due = starts - 5 * DAY
    return {
        "untold": Version(starts, ends),
        "mail": Version(starts, ends, due),
        "late mail": Version(starts, ends, due + 1),
        "declared": Version(starts, ends, due, "servicedesk", starts - 1),
        "late declared": Version(starts, ends, due + 1, "servicedesk", starts - 1),
        "entered late": Version(starts, ends, due, "servicedesk", starts),
    }[told]


def window(*written: str, ended: int | None = None, reason: str = "new_version") -> Exclusion:
    *earlier, last = map(version, written)
    return Exclusion(
        ExclusionKind.MAINTENANCE,
        last.starts,
        last.ends,
        last.announced,
        last.announced_by,
        last.entered,
        None if ended is None else MIDNIGHT + ended * HOUR,
        reason,
        earlier=tuple(earlier),
    )


def hours(judged: JudgedExclusion) -> str:
    return " ".join(f"{(starts - MIDNIGHT) // HOUR}-{(ends - MIDNIGHT) // HOUR}" for starts, ends in judged.left_out)


WINDOWS = (
    ("told in time by mail",             ["12-14 mail"],                            None, "12-14", "mail", None),
    ("told in time by a person",         ["12-14 declared"],                        None, "12-14", "declared", None),
    ("told late by mail",                ["12-14 late mail"],                       None, "", "mail", "late_notice"),
    ("told late by a person",            ["12-14 late declared"],                   None, "", "declared", "late_notice"),
    ("entered as it starts",             ["12-14 entered late"],                    None, "", "declared_late", "declared_late"),
    ("never told",                       ["12-14 untold"],                          None, "", None, "no_notice"),
    ("ended early",                      ["12-14 mail"],                            13,   "12-13", "mail", None),
    ("overran",                          ["12-14 mail"],                            16,   "12-14", "mail", None),
    ("ended as it began",                ["12-14 mail"],                            12,   "", "mail", None),
    ("moved in time",                    ["12-14 mail", "18-20 mail"],              None, "18-20", "mail", None),
    ("moved late",                       ["12-14 mail", "18-20 late mail"],         None, "", "mail", "late_notice"),
    ("moved late by an hour",            ["12-14 mail", "13-15 late declared"],     None, "13-14", "mail", "late_notice"),
    ("moved late to an earlier hour",    ["12-14 declared", "11-13 late mail"],     None, "12-13", "declared", "late_notice"),
    ("moved and touching only",          ["12-14 mail", "14-16 untold"],            None, "", None, "no_notice"),
    ("lengthened in time",               ["12-14 mail", "12-16 declared"],          None, "12-16", "declared", None),
    ("lengthened late",                  ["12-14 mail", "12-16 late mail"],         None, "12-14", "mail", "late_notice"),
    ("lengthened late on both sides",    ["12-14 declared", "10-16 entered late"],  None, "12-14", "declared", "declared_late"),
    ("lengthened untold",                ["12-14 mail", "12-16 untold"],            None, "12-14", "mail", "no_notice"),
    ("shortened late",                   ["12-16 mail", "13-15 late mail"],         None, "13-15", "mail", None),
    ("shortened untold",                 ["12-16 mail", "13-15 untold"],            None, "13-15", "mail", None),
    ("shortened in time",                ["12-16 untold", "13-15 mail"],            None, "13-15", "mail", None),
    ("in time, but the first was late",  ["12-14 late mail", "12-16 mail"],         None, "12-16", "mail", None),
    ("two pieces of two versions",       ["12-14 mail", "16-18 declared", "12-18 late mail"], None, "12-14 16-18", "declared", "late_notice"),
    ("two versions that touch",          ["12-14 mail", "14-18 declared", "12-18 late mail"], None, "12-18", "declared", None),
    ("moved away and back again late",   ["12-14 mail", "18-20 late mail", "12-14 untold"],   None, "12-14", "mail", None),
    ("lengthened late, ended in between", ["12-14 mail", "12-18 late mail"],        16,   "12-14", "mail", "late_notice"),
    ("lengthened late, ended within",    ["12-16 mail", "12-18 late mail"],         14,   "12-14", "mail", None),
    ("ended before the piece in time",   ["14-16 mail", "12-16 late declared"],     13,   "", "declared", "late_notice"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("versions", "ended", "left_out", "proof", "why"),
    [row[1:] for row in WINDOWS],
    ids=[row[0] for row in WINDOWS],
)
def test_a_window_excludes_the_time_that_a_version_announced_in_time_covers(
    versions: list[str], ended: int | None, left_out: str, proof: str | None, why: str | None
):
    judged = judge(window(*versions, ended=ended), TERMS, ZONE)

    assert (hours(judged), judged.proof, judged.why) == (left_out, proof, why)
    assert judged.counted is (left_out != "")


@pytest.mark.parametrize(
    ("reason", "settings", "left_out", "why"),
    [
        ("new_version", {},                                                "12-14", "late_notice"),
        ("new_version", {"late_excluded": True},                           "12-16", None),
        ("new_version", {"hotfix_excluded": True},                         "12-14", "late_notice"),
        ("hotfix",      {},                                                "",      "hotfix"),
        ("hotfix",      {"late_excluded": True},                           "",      "hotfix"),
        ("hotfix",      {"hotfix_excluded": True},                         "12-16", None),
    ],
)  # fmt: skip
def test_the_settings_say_what_becomes_of_a_window_that_was_lengthened_late(
    reason: str, settings: dict[str, bool], left_out: str, why: str | None
):
    lengthened = window("12-14 mail", "12-16 late mail", reason=reason)

    judged = judge(lengthened, replace(TERMS, **settings), ZONE)

    assert (hours(judged), judged.why) == (left_out, why)


def test_force_majeure_needs_no_notice():
    storm = Exclusion(ExclusionKind.FORCE_MAJEURE, MIDNIGHT, MIDNIGHT + HOUR, reason="storm", approved_by="J. de Vries")

    judged = judge(storm, TERMS, ZONE)

    assert (judged.left_out, judged.proof, judged.why) == (((MIDNIGHT, MIDNIGHT + HOUR),), None, None)


def test_a_window_with_two_pieces_leaves_out_both_and_not_what_lies_between():
    judged = judge(window("12-14 mail", "16-18 mail", "12-18 late mail"), TERMS, ZONE)

    left_out = flatten([judged], Period(MIDNIGHT + 13 * HOUR, MIDNIGHT + 17 * HOUR))

    assert [((one.starts - MIDNIGHT) // HOUR, (one.ends - MIDNIGHT) // HOUR) for one in left_out] == [
        (13, 14),
        (16, 17),
    ]


WRITTEN = st.builds(
    lambda starts, length, told: f"{starts}-{starts + length} {told}",
    st.integers(0, 20),
    st.integers(1, 6),
    st.sampled_from(["untold", "mail", "late mail", "declared", "late declared", "entered late"]),
)


@given(st.lists(WRITTEN, min_size=1, max_size=5), st.none() | st.integers(0, 30))
def test_an_hour_is_left_out_when_the_window_has_it_and_a_version_told_of_it_in_time(
    written: list[str], ended: int | None
):
    judged = judge(window(*written, ended=ended), TERMS, ZONE)

    def has(one: str, hour: int) -> bool:
        first, last = map(int, one.partition(" ")[0].split("-"))
        return first <= hour < last

    expected = {
        hour
        for hour in range(30)
        if has(written[-1], hour)
        and (ended is None or hour < ended)
        and any(has(one, hour) for one in written if one.partition(" ")[2] in ("mail", "declared"))
    }
    spans = [((starts - MIDNIGHT) // HOUR, (ends - MIDNIGHT) // HOUR) for starts, ends in judged.left_out]
    assert [hour for span in spans for hour in range(*span)] == sorted(expected)
    assert all(before[1] < after[0] for before, after in pairwise(spans))
