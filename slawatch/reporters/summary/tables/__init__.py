"""The summary as tables: what is in each, and the forms that they are written in."""
