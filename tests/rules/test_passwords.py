"""What is a good name, and a good password."""

from __future__ import annotations

import pytest

from slawatch.rules.passwords import ensure_good, read_name
from slawatch.rules.wishes import Refused


@pytest.mark.parametrize(
    ("written", "kept"),
    [(" Anna ", "anna"), ("a.jansen@park.example", "a.jansen@park.example"), ("0_x-y+z", "0_x-y+z")],
)
def test_a_name_is_kept_in_small_letters(written: str, kept: str) -> None:
    assert read_name(written) == kept


@pytest.mark.parametrize("written", ["", "  ", ".anna", "an na", "anna/1", "an\nna", "a" * 65, "änna", "<b>"])
def test_what_is_no_name_is_refused(written: str) -> None:
    with pytest.raises(Refused, match=r"^name: expected up to 64 of a-z, 0-9, "):
        read_name(written)


@pytest.mark.parametrize(
    "password", ["hemel op aarde", "Zes bomen in de rij", "a1!b2?c3_d4-", "päsßwörd-lang", "hemel\u00a0op aarde"]
)
def test_length_is_enough(password: str) -> None:
    ensure_good(password, "anna")


@pytest.mark.parametrize(
    ("password", "told"),
    [
        ("elf tekens.", "password: too short, expected at least 12 characters, got 11"),
        ("x" * 257, "password: too long, expected at most 256 characters, got 257"),
        ("hemel\0op aarde", "password: a character that no form takes, expected what can be typed"),
        ("Wachtwoord123", "password: one of those that are guessed first, expected another"),
        ("aaaaaaaaaaaab", "password: one of those that are guessed first, expected another"),
        ("anna.jansen2026", "password: little more than the name, expected one that has nothing to do with it"),
    ],
)
def test_what_is_guessed_first_is_refused_and_not_shown(password: str, told: str) -> None:
    with pytest.raises(Refused) as refused:
        ensure_good(password, "anna.jansen")
    assert str(refused.value) == told
