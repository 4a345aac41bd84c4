"""The nearest rank that is kept up to date is that of all that was added, sorted anew."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from slawatch.rules.ranks import Ranks

steps = st.lists(
    st.tuples(st.sampled_from(["add", "add", "take back", "ask", "copy"]), st.integers(0, 12), st.integers(1, 30)),
    max_size=60,
)


@given(steps, st.integers(0, 5))
def test_at_any_time_a_rank_is_that_of_a_sorted_list(steps: list[tuple[str, int, int]], failed: int):
    ranks, kept = Ranks(), Counter[int]()
    for what, took, number in steps:
        if what == "add":
            ranks.add({took: number})
            kept[took] += number
        elif what == "take back":
            gone = min(number, kept[took])
            ranks.take_back({took: gone})
            kept[took] -= gone
        elif what == "copy":
            assert ranks.counted == {one: kept[one] for one in sorted(kept) if kept[one]}
            ranks = Ranks.of(ranks.counted)
        in_order = sorted(kept.elements())
        loads = len(in_order) + failed
        rank = -(-95 * loads // 100)
        if what == "ask":
            assert ranks.p95(loads) == (in_order[rank - 1] if 0 < rank <= len(in_order) else None)
            assert ranks.at(number) == (in_order[number - 1] if number <= len(in_order) else None)


@given(st.lists(st.integers(0, 12)), st.lists(st.integers(0, 20)), st.integers(0, 5))
def test_times_that_are_asked_with_count_for_that_once(there: list[int], more: list[int], failed: int):
    ranks = Ranks()
    ranks.add(Counter(there))
    for asked_with in (more, ()):
        in_order = sorted([*there, *asked_with])
        loads = len(in_order) + failed
        rank = -(-95 * loads // 100)

        assert ranks.p95_with(asked_with, loads) == (in_order[rank - 1] if 0 < rank <= len(in_order) else None)


def test_of_nothing_there_is_no_rank():
    assert Ranks().p95(0) is None
    assert Ranks().p95(3) is None
