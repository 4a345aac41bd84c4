"""Why a month has another revision, in words."""

import pytest

from slawatch.reporters.wording.revised import why
from slawatch.reporters.wording.tongue import SUMMARY, tongue


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("the month was closed", "De maand is afgesloten."),
        ("exclusion_added x1", "Overmacht x1 is vastgelegd."),
        ("exclusion_added x1; exclusion_withdrawn x1 and 1 more",
         "Overmacht x1 is vastgelegd. Overmacht x1 is ingetrokken. En nog 1 wijziging."),
        ("told\nby an older version", "told by an older version"),
    ],
)  # fmt: skip
def test_what_the_ledger_wrote_down_is_told_in_words_and_anything_else_as_it_stands(written: str, said: str):
    assert why(written, tongue("nl", SUMMARY)) == said
