"""Pure functions from values to values: the arithmetic of the agreement. No clock, no I/O, no third party."""
