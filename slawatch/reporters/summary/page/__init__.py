"""The summary as a page: what is shown, in words and shapes, and the one file that it is laid out in."""
