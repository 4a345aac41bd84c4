"""Why the daemon cannot serve; the text of each is one line for a person."""

from __future__ import annotations

from slawatch.model import Unavailable


class CannotListen(Unavailable):
    """The address cannot be served."""


class PortInUse(CannotListen):
    """The address is served by someone else."""
