"""What a sealed day's looks settled, as the store keeps it: deflated JSON."""

from __future__ import annotations

import json
import zlib
from dataclasses import asdict, dataclass
from typing import Any

from slawatch.account import written
from slawatch.rules.agreed import Policy
from slawatch.rules.days import LaneDay


class Unreadable(ValueError):
    """What is kept of a day is not what its looks settled."""


@dataclass(frozen=True, slots=True)
class Spans:
    """A check's day in its lanes. `judged`: by what, for `judged_by` to compare. `network`: of an http check only."""

    judged: str
    own: LaneDay
    network: LaneDay | None

    def written(self) -> bytes:
        said = {"judged": self.judged, "own": self.own, "network": self.network}
        return zlib.compress(json.dumps(said, separators=(",", ":")).encode())

    @classmethod
    def read(cls, kept: bytes) -> Spans:
        """Raises Unreadable."""
        try:
            said = json.loads(zlib.decompress(kept))
            network = said["network"]
            return cls(said["judged"], _lane(said["own"]), None if network is None else _lane(network))
        except (zlib.error, ValueError, LookupError, TypeError) as error:
            raise Unreadable(str(error)) from error

    def follows(self, before: Spans) -> bool:
        """Whether it begins where `before` ended."""
        ended = None if before.network is None else before.network.after
        begun = None if self.network is None else self.network.before
        return (before.own.after, ended) == (self.own.before, begun)


def judged_by(policy: Policy, day: LaneDay) -> str:
    """One text for all that the looks of a day are judged by."""
    within = policy.within(day.before.at, day.after.at)
    return json.dumps([[[at, asdict(terms)] for at, terms in within.confirms], within.leaves], sort_keys=True)


def _lane(said: Any) -> LaneDay:
    before, after, stretches, outages, blips = said
    return LaneDay(
        written.track(before),
        written.track(after),
        written.stretches(stretches),
        written.outages(outages),
        tuple(blips),
    )
