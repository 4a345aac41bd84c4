"""What is there when the daemon starts stays: the collector of garbage passes over it."""

from __future__ import annotations

import gc

from slawatch.app.settling import settle, settled


class Ring:
    """Holds itself, so only the collector of garbage can take it away."""

    def __init__(self, gone: list[str]) -> None:
        self._self = self
        self._gone = gone

    def __del__(self) -> None:
        self._gone.append("gone")


def test_what_is_there_is_passed_over_until_the_end() -> None:
    gone: list[str] = []
    ring = Ring(gone)
    with settled():
        del ring
        gc.collect()
        assert gone == []
        Ring(gone)
        gc.collect()
        assert gone == ["gone"]  # what came later is looked through
    gc.collect()
    assert gone == ["gone", "gone"]


def test_what_nobody_holds_is_gone_when_it_is_settled_again() -> None:
    gone: list[str] = []
    ring = Ring(gone)
    with settled():
        del ring
        settle()
        assert gone == ["gone"]
