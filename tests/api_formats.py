"""Texts of the API that a program cannot make from the document alone: instants of this century, and cursors."""

import schemathesis
from hypothesis import strategies as st

from slawatch.rules.calendar import parse, text

schemathesis.openapi.format(
    "date-time",
    st.integers(parse("2000-01-01T00:00:00Z"), parse("2100-01-01T00:00:00Z") - 1).map(text),
)

# What the page before says: nobody makes one up, and an empty one is the beginning.
schemathesis.openapi.format("cursor", st.just(""))
