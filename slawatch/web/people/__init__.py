"""Who asks, how that is known, and what it may do."""
