"""Telling: what people and machines are given to read. Siblings that know nothing of one another."""
