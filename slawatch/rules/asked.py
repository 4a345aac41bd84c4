"""What somebody asks for that there is none of; each text is one line for a person."""

from __future__ import annotations


class NoSuchMonth(ValueError):
    """What is no month, one that has not begun, or a revision that a month does not have."""


class NotClosed(NoSuchMonth):
    """A month that would have to be closed: only of such a month there is evidence that stays."""
