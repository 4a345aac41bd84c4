"""The composition root: `run` makes everything, lets it run, and takes it down again."""

from slawatch.app.daemon import run

__all__ = ["run"]
