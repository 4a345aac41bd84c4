"""How a thread that works for long lets the event loop have its turn."""

from __future__ import annotations

#: Long enough for the event loop's thread to wake and take the interpreter. With 0 it is taken back before that.
TURN_SECONDS = 0.0001
