"""Why the daemon cannot serve; the text of each is one line for a person."""

from __future__ import annotations


class CannotListen(Exception):
    """The address cannot be served."""


class PortInUse(CannotListen):
    """The address is served by someone else."""
