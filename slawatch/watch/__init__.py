"""The loop `watch`: tick, look, judge, record."""

from slawatch.watch.looks import Watch
from slawatch.watch.recorder import Committed, Recorder, Watched

__all__ = ["Committed", "Recorder", "Watch", "Watched"]
