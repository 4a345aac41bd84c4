"""A snapshot as Prometheus reads it: the text format 0.0.4 and OpenMetrics 1.0.

Written here, since the client library's encoders need seconds of the interpreter for 100,000 series (measured,
`benchmarks/README.md`), which the event loop and the browsers would miss; tests hold this text against that library's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from enum import Enum
from itertools import accumulate, chain, islice

from slawatch.reporters.metrics.catalogue import Family, Kind
from slawatch.reporters.metrics.series import Distributions, Numbers, Snapshot


class Format(Enum):
    """The value is the content type of the answer."""

    TEXT = "text/plain; version=0.0.4; charset=utf-8"
    OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"


#: So many lines are a piece: some 40 kB, and less than a millisecond of the interpreter.
PIECE_LINES = 500


def encode(snapshot: Snapshot, format_: Format, names: Collection[str] = ()) -> bytes:
    """The snapshot as text in UTF-8. With `names`: only the metrics that bear one, a histogram also by its samples'."""
    return b"".join(pieces(snapshot, format_, names))


def pieces(snapshot: Snapshot, format_: Format, names: Collection[str] = ()) -> Iterator[bytes]:
    """What `encode` gives, piece by piece: between two of them a thread can let others go on."""
    lines = _lines(snapshot, format_, frozenset(names))
    while some := "".join(islice(lines, PIECE_LINES)):
        yield some.encode("utf-8")


def _lines(snapshot: Snapshot, format_: Format, wanted: frozenset[str]) -> Iterator[str]:
    told = (each for each in snapshot if not wanted or not wanted.isdisjoint(_names(each.family)))
    yield from chain.from_iterable(
        chain(_head(each.family, format_), _distributions(each) if isinstance(each, Distributions) else _numbers(each))
        for each in told
    )
    if format_ is Format.OPENMETRICS:
        yield "# EOF\n"


def _names(family: Family) -> tuple[str, ...]:
    name = family.full_name
    return (name, f"{name}_bucket", f"{name}_count", f"{name}_sum") if family.kind is Kind.HISTOGRAM else (name,)


def _head(family: Family, format_: Format) -> tuple[str, str]:
    name, text = family.full_name, family.help.replace("\\", "\\\\").replace("\n", "\\n")
    if format_ is Format.OPENMETRICS:  # which names a counter without its suffix, and escapes quotes
        name, text = name.removesuffix("_total") if family.kind is Kind.COUNTER else name, text.replace('"', '\\"')
    return f"# HELP {name} {text}\n", f"# TYPE {name} {family.kind}\n"


def _numbers(numbers: Numbers) -> Iterator[str]:
    name = numbers.family.full_name
    for labels, value in numbers.samples:
        yield f"{name}{{{labels}}} {value!r}\n" if labels else f"{name} {value!r}\n"


def _distributions(distributions: Distributions) -> Iterator[str]:
    name = distributions.family.full_name
    bounds = [*(f'le="{bound!r}"}} ' for bound in distributions.family.bounds), 'le="+Inf"} ']
    for labels, (counts, total) in distributions.samples:
        start = f"{name}_bucket{{{labels}," if labels else f"{name}_bucket{{"
        for bound, count in zip(bounds, accumulate(counts), strict=True):
            yield f"{start}{bound}{count}\n"
        braced = f"{{{labels}}}" if labels else ""
        yield f"{name}_count{braced} {sum(counts)}\n"
        yield f"{name}_sum{braced} {total!r}\n"
