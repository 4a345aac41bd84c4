"""The verbs. Errors are one clear line each on stderr, never a traceback."""

from slawatch.cli.main import main

__all__ = ["main"]
