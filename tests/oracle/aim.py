"""Objectives set to exactly what a month attained: the edges of `met` that chance does not find."""

from __future__ import annotations

import copy
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from random import Random

from .compare import expected
from .months import Month, make


def month_of(seed: int) -> Month:
    """The random month of a seed; every fourth has objectives at exactly what it attained."""
    return aim(make(seed)) if seed % 4 == 0 else make(seed)


def aim(month: Month) -> Month:
    """The month with some of its objectives moved to the figures it has, where those end within ten decimals."""
    rng, made = Random(month.seed), expected(month)
    availability, speed = made["availability"], made["speed"]
    seconds, eligible = availability["seconds"], made["period"]["micros"] - availability["seconds"]["excluded"]
    config = copy.deepcopy(month.config)
    terms = config["agreement"]
    if rng.random() < 0.5:
        terms["availability"]["coverage"] = _percent(availability["coverage"]) or terms["availability"]["coverage"]
    kept = Fraction(eligible - seconds["down"], eligible) if eligible else None
    objective = rng.choice((availability["ratio"], availability["upper"], kept))
    terms["availability"]["objective"] = _percent(objective) or terms["availability"]["objective"]
    terms["speed"]["objective"] = _percent(speed["share"]) or terms["speed"]["objective"]
    return replace(month, config=config)


def _percent(share: Fraction | None) -> str | None:
    """The share as it is written in slawatch.yaml, or None where it does not end, or is none to promise."""
    if share is None or not 0 < share <= 1:
        return None
    scaled = share * 100 * 10**10
    return f"{Decimal(int(scaled)) / 10**10:f}%" if scaled.denominator == 1 else None
