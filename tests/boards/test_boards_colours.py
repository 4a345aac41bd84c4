"""That colours are told apart by every kind of eye, and that none says anything alone."""

from collections.abc import Mapping
from itertools import combinations
from typing import Any

import pytest
from eyes import EYES, apart
from three_parks import boards, panels

from dashboards.grafana import colours

EVERY = [panel for board in boards() for panel in panels(board)]
#: Below this, two colours are taken for one another.
SURELY_TWO = 20

every_panel = pytest.mark.parametrize("panel", EVERY, ids=lambda panel: panel["title"])


@pytest.mark.parametrize("eyes", EYES)
def test_states_are_told_apart_by_every_kind_of_eye(eyes: str):
    near = {pair: apart(*pair, eyes) for pair in combinations(colours.STATES, 2)}
    assert {pair: distance for pair, distance in near.items() if distance < SURELY_TWO} == {}


@pytest.mark.parametrize("eyes", EYES)
@every_panel
def test_lines_of_a_panel_are_told_apart_by_every_kind_of_eye(panel, eyes: str):
    looks = [line for one in panel["fieldConfig"]["overrides"] if (line := drawn(one))]
    alike = [
        (one, other)
        for one, other in combinations(looks, 2)
        if one[1] == other[1] and apart(one[0], other[0], eyes) < SURELY_TWO and not one[2] and not other[2]
    ]
    assert alike == []


@every_panel
def test_every_line_has_a_colour_of_its_own(panel):
    if panel["type"] == "timeseries":
        coloured = {one["matcher"]["options"] for one in panel["fieldConfig"]["overrides"] if drawn(one)}
        assert coloured == {target["legendFormat"] for target in panel["targets"]}


@every_panel
def test_a_number_that_stands_for_a_state_is_shown_as_a_word(panel):
    every = [panel["fieldConfig"]["defaults"]["mappings"]]
    every += [
        each["value"]
        for one in panel["fieldConfig"]["overrides"]
        for each in one["properties"]
        if each["id"] == "mappings"
    ]
    words = [word for mapping in every for each in mapping for word in each["options"].values()]
    assert [word for word in words if not word["text"] or word["color"] not in colours.STATES] == []


def drawn(override: Mapping[str, Any]) -> tuple[str, bool, bool] | None:
    """A line's colour, whether it is dashed, and whether it is the edge of a band."""
    told = {each["id"]: each["value"] for each in override["properties"]}
    if "color" not in told:
        return None
    edge = "custom.fillBelowTo" in told or override["matcher"]["options"] == "at least"
    return told["color"]["fixedColor"], "custom.lineStyle" in told, edge
