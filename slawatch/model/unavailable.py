"""What slawatch cannot do its work without."""

from __future__ import annotations


class Unavailable(Exception):
    """Something that slawatch needs is not to be had; the text says what and how to get it, a line each."""
