"""The verbs. Errors are one clear line each on stderr, never a traceback; exit status by design section 6."""

from slawatch.cli.main import main

__all__ = ["main"]
