"""Lengths of time and shares are exact: what was written is what is meant, to the last digit."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slawatch.config.scalars import (
    Months,
    micros,
    read_duration,
    read_duration_or_zero,
    read_hours,
    read_months,
    read_share,
    write_duration,
    write_hours,
    write_months,
    write_share,
)
from slawatch.config.wrong import Wrong

lengths = st.timedeltas(min_value=timedelta(microseconds=1), max_value=timedelta(days=3660))
parts_of_14_digits = st.integers(1, 10**14)


@given(lengths)
def test_a_length_of_time_reads_back_as_it_was_written(length: timedelta) -> None:
    assert read_duration(write_duration(length)) == length


@given(st.integers(0, 99), st.integers(0, 99), st.integers(0, 99), st.integers(0, 10**9 - 1))
def test_a_length_of_time_is_the_sum_of_its_parts(days: int, hours: int, minutes: int, milliseconds: int) -> None:
    expected = timedelta(days=days, hours=hours, minutes=minutes, milliseconds=milliseconds)
    assert read_duration_or_zero(f"{days}d{hours}h{minutes}m{milliseconds}ms") == expected


@given(parts_of_14_digits)
def test_a_share_reads_back_as_it_was_written(part: int) -> None:
    share = Fraction(part, 10**14)
    assert read_share(write_share(share)) == share


@given(st.decimals(min_value=Decimal("0.0001"), max_value=1, places=4))
def test_a_share_is_the_same_as_a_number_a_text_and_a_percentage(number: Decimal) -> None:
    assert read_share(number) == read_share(str(number)) == read_share(f"{number * 100:f}%") == Fraction(number)


@given(st.text(alphabet="dhmsx%. :-\n\u0661") | st.integers(max_value=0) | st.booleans() | st.none() | st.just(()))
def test_any_other_value_is_refused_with_words(value: object) -> None:
    for read in (read_duration, read_share, read_hours, read_months):
        with pytest.raises(Wrong) as raised:
            read(value)
        assert raised.value.what.startswith("expected ")
        assert "\n" not in raised.value.what


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("500ms", 500_000),
        ("1.5s", 1_500_000),
        ("0.000001s", 1),
        ("60s", 60_000_000),
        ("10m", 600_000_000),
        ("1h30m", 5_400_000_000),
        ("0.5d", 43_200_000_000),
        ("5d", 432_000_000_000),
        ("1m0.1ms", 60_000_100),
    ],
)
def test_lengths_of_time_by_hand(text: str, expected: int) -> None:
    assert micros(read_duration(text)) == expected


@pytest.mark.parametrize(
    "text", ["60", "s", "1s1m", "1s1s", "1 s", "-1s", "+1s", "1S", "1,5s", "1.s", ".5s", "1m ", "\u0661s"]
)
def test_what_is_no_length_of_time_is_refused(text: str) -> None:
    with pytest.raises(Wrong, match="expected a length of time"):
        read_duration(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("99.90%", "999/1000"),
        ("99.9 %", "999/1000"),
        ("100%", "1"),
        ("1", "1"),
        ("0.999", "999/1000"),
        ("66.67%", "6667/10000"),
    ],
)
def test_shares_by_hand(text: str, expected: str) -> None:
    assert read_share(text) == Fraction(expected)


@pytest.mark.parametrize(
    "text", ["0", "0%", "100.1%", "99.9", "-1%", "1e-3", ".9", "99,9%", "%", "nan", "inf", "\u0669%"]
)
def test_what_is_no_share_is_refused(text: str) -> None:
    with pytest.raises(Wrong, match="expected a share"):
        read_share(text)


@pytest.mark.parametrize("text", ["23:00-07:00", "00:00-23:59"])
def test_hours_read_back_as_they_were_written(text: str) -> None:
    assert write_hours(read_hours(text)) == text


@pytest.mark.parametrize("text", ["23-7", "23:00", "24:00-07:00", "07:00-07:00", "7:00-8:00", "23:00 - 07:00"])
def test_what_are_no_hours_is_refused(text: str) -> None:
    with pytest.raises(Wrong, match="expected hours of the day"):
        read_hours(text)


@pytest.mark.parametrize("number", [13, 61, 1200])
def test_months_read_back_as_they_were_written(number: int) -> None:
    assert read_months(write_months(Months(number))) == Months(number)


@pytest.mark.parametrize("text", ["12 months", "1201 months", "61", "61m", "61  months", "61.5 months", "1 month"])
def test_what_are_no_months_is_refused(text: str) -> None:
    with pytest.raises(Wrong, match="expected 13 to 1200 months, such as 61 months"):
        read_months(text)
