"""What the operators of an expression of PromQL work on."""

from __future__ import annotations

import re
from collections.abc import Iterator

_MARK = re.compile(
    r'(?P<text>"[^"]*")|(?P<open>[({\[])|(?P<close>[)}\]])|(?P<join>\b(?:and|or|unless)\b|[=!<>]=|[-+*/%^<>])'
)
#: What may follow an operator: how its two sides are matched.
_MATCHING = re.compile(
    r"\s*(?:bool\b)?\s*(?:(?:on|ignoring)\s*\([^)]*\))?\s*(?:group_(?:left|right)\b\s*(?:\([^)]*\))?)?"
)


def operands(expression: str) -> Iterator[str]:
    """Its series, functions of them and aggregations; what stands in parentheses is taken apart too. No numbers, no time()."""
    parts = _split(expression.strip())
    for part in parts:
        if part.startswith("("):
            yield from operands(part[1:-1])
        elif part and part != "time()" and not re.fullmatch(r"[0-9.]+", part):
            yield " ".join(part.split())


def _split(expression: str) -> list[str]:
    """The parts between the operators that stand in no parentheses."""
    parts, begins, depth = [], 0, 0
    for mark in _MARK.finditer(expression):
        depth += bool(mark["open"]) - bool(mark["close"])
        if mark["join"] and not depth:
            parts.append(expression[begins : mark.start()].strip())
            matching = _MATCHING.match(expression, mark.end())
            assert matching
            begins = matching.end()
    return [*parts, expression[begins:].strip()]
