"""The page probe: a real browser opens a page as a user does, and the page says when it was there."""
