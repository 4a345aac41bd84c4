"""iCalendar read back as text: enough to say which events are there."""

from __future__ import annotations


def events(calendar: bytes) -> list[dict[str, str]]:
    """The properties of each event by name, without parameters. Lines are not longer than the format allows."""
    assert all(len(line) <= 75 for line in calendar.split(b"\r\n"))
    found: list[dict[str, str]] = []
    for line in calendar.decode().replace("\r\n ", "").split("\r\n"):
        name, _, value = line.partition(":")
        if line == "BEGIN:VEVENT":
            found.append({})
        elif found:
            found[-1][name.partition(";")[0]] = value
    return found
