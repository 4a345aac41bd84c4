"""How far apart two colours are for eyes of each kind.

The simulation is that of G. Machado, M. Oliveira and L. Fernandes, "A Physiologically-based Model for Simulation of Color
Vision Deficiency" (2009), at full severity, in linear RGB; the distance is CIE 1976 in L*a*b*, where about 2 is just seen.
"""

from __future__ import annotations

import math
from operator import mul

Row = tuple[float, float, float]

#: Rows of the matrix by which linear red, green and blue are seen.
EYES: dict[str, tuple[Row, Row, Row]] = {
    "most": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanope": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranope": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanope": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
#: Linear sRGB to XYZ by the white D65, divided by that white.
XYZ: tuple[Row, Row, Row] = (
    (0.4124 / 0.9505, 0.3576 / 0.9505, 0.1805 / 0.9505),
    (0.2126, 0.7152, 0.0722),
    (0.0193 / 1.089, 0.1192 / 1.089, 0.9505 / 1.089),
)


def apart(one: str, other: str, eyes: str) -> float:
    """The distance of two colours, written `#rrggbb`."""
    return math.dist(_lab(one, eyes), _lab(other, eyes))


def _lab(colour: str, eyes: str) -> Row:
    linear = tuple(_linear(int(colour[i : i + 2], 16) / 255) for i in (1, 3, 5))
    seen = tuple(min(max(sum(map(mul, row, linear)), 0.0), 1.0) for row in EYES[eyes])
    x, y, z = (_root(sum(map(mul, row, seen))) for row in XYZ)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _root(value: float) -> float:
    return value ** (1 / 3) if value > (6 / 29) ** 3 else value / (3 * (6 / 29) ** 2) + 4 / 29
