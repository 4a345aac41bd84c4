"""What Prometheus is told: a catalogue of metrics, the numbers kept by `Metrics`, and the text they are given in.

The loops call `Metrics` after a commit, on the event loop; a scrape takes `Metrics.snapshot()` there and hands it to
`pieces` in a thread. Nothing here is global: one daemon, one `Metrics`.
"""

from slawatch.reporters.metrics.catalogue import FAMILIES, PHASES, TO_COME, Family, Kind
from slawatch.reporters.metrics.copies import Copy
from slawatch.reporters.metrics.exposition import Format, encode, pieces
from slawatch.reporters.metrics.feed import Metrics
from slawatch.reporters.metrics.figures import Figures, ObjectiveFigures
from slawatch.reporters.metrics.series import OWN, Snapshot

__all__ = [
    "FAMILIES",
    "OWN",
    "PHASES",
    "TO_COME",
    "Copy",
    "Family",
    "Figures",
    "Format",
    "Kind",
    "Metrics",
    "ObjectiveFigures",
    "Snapshot",
    "encode",
    "pieces",
]
