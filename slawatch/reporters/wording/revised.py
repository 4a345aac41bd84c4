"""Why a closed month has a revision, in words for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from slawatch.model import DeclarationKind
from slawatch.reporters.wording.phrasing import named
from slawatch.reporters.wording.tongue import Tongue, mark
from slawatch.rules.revised import MONTH_CLOSED, Cause, causes

#: Of reasons so many are written out.
SHOWN = 5

#: What was declared afterwards that another revision follows from.
_SENTENCES: Mapping[DeclarationKind, str] = MappingProxyType(
    {
        DeclarationKind.WINDOW_ANNOUNCED: mark("Maintenance {id} was entered."),
        DeclarationKind.WINDOW_MOVED: mark("Maintenance {id} was entered otherwise."),
        DeclarationKind.WINDOW_ENDED: mark("It was entered when maintenance {id} ended."),
        DeclarationKind.WINDOW_CANCELLED: mark("Maintenance {id} was cancelled."),
        DeclarationKind.EXCLUSION_ADDED: mark("Force majeure {id} was declared."),
        DeclarationKind.EXCLUSION_WITHDRAWN: mark("Force majeure {id} was withdrawn."),
        DeclarationKind.NOTICE_VOIDED: mark("The announcement of maintenance {id} does not count."),
    }
)
_OTHER = mark("What was entered afterwards was taken into account.")


def sentences(of: Sequence[Cause], unnamed: int, tongue: Tongue) -> tuple[str, ...]:
    """One for each cause, each once; and how many more there are, with the `unnamed` ones."""
    said = [tongue.say(_SENTENCES.get(one.kind, _OTHER), id=named(one.subject.partition("/")[0])) for one in of[:SHOWN]]
    more = unnamed + max(0, len(of) - SHOWN)
    if more:
        said.append(tongue.count("And {number} more change.", "And {number} more changes.", more))
    return tuple(dict.fromkeys(said))


def why(written: str, tongue: Tongue) -> str:
    """What the ledger has written down of it, in words; what these rules did not write, as it was written."""
    if written == MONTH_CLOSED:
        return tongue.say("The month was closed.")
    try:
        of, unnamed = causes(written)
    except ValueError:
        return named(written)
    return " ".join(sentences(of, unnamed, tongue))
