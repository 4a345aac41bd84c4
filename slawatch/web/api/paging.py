"""Where a list goes on: the key of the last row of a page, as text that nobody needs to understand."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from slawatch.web.api.problems import bad_parameter

#: What the rows of a list are in order by.
Key: TypeAlias = tuple[Any, ...]
#: Some rows of a list, and the key of the last of them where there are more.
Slice: TypeAlias = tuple[Sequence[Mapping[str, Any]], Key | None]


def cursor_of(key: Key | None) -> str | None:
    if key is None:
        return None
    return base64.urlsafe_b64encode(json.dumps(key, separators=(",", ":")).encode()).decode().rstrip("=")


def key_of(cursor: str | None, *kinds: type[int | str]) -> Key | None:
    """The key of this cursor, whose parts are of these kinds; None at the beginning. Raises BadRequest."""
    if not cursor:
        return None
    try:
        key = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError):
        key = None
    right = isinstance(key, list) and [type(part) for part in key] == list(kinds)
    if not right or not all(abs(part) < 2**62 for part in key if isinstance(part, int)):
        raise bad_parameter("cursor", "expected what the page before says as next")
    return tuple(key)


def page_of(name: str, found: Slice) -> dict[str, Any]:
    rows, last = found
    return {name: rows, "next": cursor_of(last)}
