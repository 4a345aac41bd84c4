"""What may be said of the text of an error: never a secret, a query or a token."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote, quote_plus, urlsplit

LONGEST = 200
_QUERY = re.compile(r"(?<=[\w/.])\?[^\s'\")>]+")
_FRAGMENT = re.compile(r"(://[^\s#'\")>]*)#[^\s'\")>]+")
_TOKEN = re.compile(r"[A-Za-z0-9_\-.+=]{40,}")


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """The first line, at most 200 characters, without the secrets, the queries of URLs and whatever may be a token."""
    line = next(iter(text.strip().splitlines()), "")
    for secret in secrets:
        for form in {secret, quote(secret), quote_plus(secret), quote(secret, safe="")} - {""}:
            line = line.replace(form, "***")
    return _TOKEN.sub("***", _FRAGMENT.sub(r"\1", _QUERY.sub("", line)))[:LONGEST]


def path_of(url: str) -> str:
    """A URL's path, without host, query and fragment."""
    return urlsplit(url).path[:LONGEST] or "/"
