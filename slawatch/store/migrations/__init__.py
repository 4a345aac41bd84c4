"""How a store becomes the next version's store: Alembic's environment and one file a version."""
