"""What is a good name for somebody, and a good password: long, and not one that is guessed first."""

from __future__ import annotations

import re
import unicodedata

from slawatch.rules.wishes import Refused

#: NIST SP 800-63B asks for length, and a look at the commonest, not for kinds of characters.
SHORTEST, LONGEST = 12, 256

_NAME = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,63}")

#: What stands at the top of lists of passwords that leaked, of those that are long enough; and what lies near here.
_COMMONEST = frozenset(
    {
        "123456789012",
        "1234567890123",
        "123456789abc",
        "1q2w3e4r5t6y",
        "abcdefghijkl",
        "adminadmin123",
        "administrator",
        "changemechangeme",
        "correcthorsebatterystaple",
        "iloveyou1234",
        "letmeinletmein",
        "password1234",
        "password12345",
        "passwordpassword",
        "qwertyqwerty",
        "qwertyuiop12",
        "qwertyuiop123",
        "slawatchslawatch",
        "superuser123",
        "wachtwoord12",
        "wachtwoord123",
        "wachtwoord1234",
        "welkom123456",
        "welkomwelkom",
        "welcome12345",
        "zaq12wsxcde3",
    }
)


def read_name(name: str) -> str:
    """Somebody's name as it is kept: in small letters. Raises Refused."""
    small = name.strip().lower()
    if not _NAME.fullmatch(small):
        raise Refused(f"name: expected up to 64 of a-z, 0-9, . _ @ + and -, such as a.jansen, got {name!r}")
    return small


def ensure_good(password: str, name: str) -> None:
    """Raises Refused for a password that is short, or that somebody would try first; never shows it."""
    if len(password) < SHORTEST:
        raise Refused(f"password: too short, expected at least {SHORTEST} characters, got {len(password)}")
    if len(password) > LONGEST:
        raise Refused(f"password: too long, expected at most {LONGEST} characters, got {len(password)}")
    if any(unicodedata.category(one) in {"Cc", "Cs"} for one in password):
        raise Refused("password: a character that no form takes, expected what can be typed")
    small = password.lower()
    if name in small and len(small) - len(name) < SHORTEST - 4:
        raise Refused("password: little more than the name, expected one that has nothing to do with it")
    if small in _COMMONEST or len(set(small)) < 5:
        raise Refused("password: one of those that are guessed first, expected another")
