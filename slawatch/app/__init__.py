"""The composition root: `daemon.run` makes everything, lets it run, and takes it down again."""
