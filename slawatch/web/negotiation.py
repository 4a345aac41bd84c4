"""What a client takes, from its request's headers (RFC 9110, 12.5)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from slawatch.reporters.metrics import Format


def preferred_format(accept: str) -> Format:
    """OpenMetrics 1.0 to who asks for it at least as much as for text; text to everyone else, whatever they ask."""
    wanted = {Format.TEXT: 0.0, Format.OPENMETRICS: 0.0}
    for kind, parameters, weight in _items(accept):
        if kind == "application/openmetrics-text" and parameters.get("version", "1.0.0") == "1.0.0":
            wanted[Format.OPENMETRICS] = max(weight, wanted[Format.OPENMETRICS])
        elif kind == "text/plain":
            wanted[Format.TEXT] = max(weight, wanted[Format.TEXT])
    openmetrics = wanted[Format.OPENMETRICS]
    return Format.OPENMETRICS if openmetrics > 0 and openmetrics >= wanted[Format.TEXT] else Format.TEXT


def preferred(accepted: str, known: Sequence[str]) -> str | None:
    """Of the known languages the one that `Accept-Language` weighs most, also as a part of it such as `nl-BE`.

    Of equal ones the first that it names. None where it names none of them.
    """
    found: dict[str, float] = {}
    for name, _, weight in _items(accepted):
        language = name.split("-")[0]
        if language in known and weight > 0:
            found[language] = max(weight, found.get(language, 0.0))
    return max(found, key=found.__getitem__, default=None)


def takes_gzip(accept_encoding: str) -> bool:
    """Whether the client names gzip, and does not refuse it with a weight of 0."""
    return any(coding == "gzip" and weight > 0 for coding, _, weight in _items(accept_encoding))


def _items(header: str) -> Iterator[tuple[str, Mapping[str, str], float]]:
    """Each item in lower case with its parameters and its weight; 0 for a weight that is none."""
    for item in header.lower().split(","):
        name, *rest = (part.strip() for part in item.split(";"))
        parameters = dict(part.split("=", 1) for part in rest if "=" in part)
        try:
            weight = float(parameters.get("q", "1"))
        except ValueError:
            weight = 0.0
        yield name, parameters, weight if 0 <= weight <= 1 else 0.0
