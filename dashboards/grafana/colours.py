"""The few colours that the dashboards use, and the words that stand beside them.

They are of the palette of M. Okabe and K. Ito, "Color Universal Design" (2008), and so chosen that people with each of
the three kinds of colour blindness can tell those of one panel apart. No colour says anything alone: a state is also a
word, a limit also a dashed line.
"""

from __future__ import annotations

from typing import Any

BLUE = "#0072B2"
SKY = "#56B4E9"
YELLOW = "#F0E442"
ORANGE = "#E69F00"
VERMILION = "#D55E00"
GREY = "#999999"

#: What is well, needs an eye, is broken, is not known, is left out.
GOOD, WATCH, BAD, UNKNOWN, MAINTENANCE = STATES = BLUE, YELLOW, VERMILION, GREY, SKY

#: A number as the word and the colour in which it is shown.
Words = tuple[tuple[float, str, str], ...]

STATE: Words = ((1, "up", GOOD), (0, "DOWN", BAD), (2, "unknown", UNKNOWN))
MONTH: Words = ((2, "on course", GOOD), (1, "at risk", WATCH), (0, "BROKEN", BAD))
#: The month that runs, and the one that is over, where a share is compared with the promise and no more.
SO_FAR: Words = ((1, "on course", GOOD), (0, "behind", WATCH))
REACHED: Words = ((1, "reached", GOOD), (0, "MISSED", BAD))
RUNNING: Words = ((0, "none", GREY), (1, "running", MAINTENANCE))
ANSWERS: Words = ((1, "yes", GOOD), (0, "NO", BAD))
USABLE: Words = ((1, "usable", GOOD), (0, "NOT USABLE", BAD))
CONFIGURATION: Words = ((1, "in force", GOOD), (0, "REFUSED", BAD))

#: From which value on which colour holds; the first one from below.
Steps = tuple[tuple[float | None, str], ...]

PLAIN: Steps = ((None, BLUE),)
ANY_IS_BAD: Steps = ((None, GOOD), (1, BAD))
ANY_IS_UNKNOWN: Steps = ((None, GOOD), (1, UNKNOWN))
ANY_IS_MAINTENANCE: Steps = ((None, GOOD), (1, MAINTENANCE))
ANY_NEEDS_AN_EYE: Steps = ((None, GOOD), (1, WATCH))
#: Of a budget: less than a quarter is left, nothing is left.
BUDGET: Steps = ((None, BAD), (0, WATCH), (0.25, GOOD))


def up_to(limit: float) -> Steps:
    """Good under the limit, bad from it on."""
    return ((None, GOOD), (limit, BAD))


def mappings(words: Words) -> list[dict[str, Any]]:
    """The words as Grafana's value mappings."""
    options = {
        f"{value:g}": {"text": text, "color": colour, "index": i} for i, (value, text, colour) in enumerate(words)
    }
    return [{"type": "value", "options": options}] if words else []


def thresholds(steps: Steps) -> dict[str, Any]:
    """The steps as Grafana's thresholds."""
    return {"mode": "absolute", "steps": [{"color": colour, "value": value} for value, colour in steps]}
