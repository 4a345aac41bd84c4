"""Observations and exclusions as lines of JSON: what `export-observations` writes and `replay` reads; incidents.

A line that says something unclear is refused with its place; nothing is guessed, since a figure hangs on it.
"""

from slawatch.recorded.declared import exclusion_line, exclusions
from slawatch.recorded.incidents import Desk, incidents
from slawatch.recorded.lines import BadRecording
from slawatch.recorded.looks import Recorded, in_order, line, milliseconds, observations, row_line

__all__ = [
    "BadRecording",
    "Desk",
    "Recorded",
    "exclusion_line",
    "exclusions",
    "in_order",
    "incidents",
    "line",
    "milliseconds",
    "observations",
    "row_line",
]
