"""The browser engine: one Playwright driver and one Chromium at a time, renewed, killed and swept up after."""

from __future__ import annotations

from slawatch.browser.engine import Engine, Settings, open_engine
from slawatch.browser.executable import Found, find
from slawatch.browser.lease import Lease
from slawatch.browser.lost import BrowserLost, NoBrowser
from slawatch.browser.strain import Strain, Strainmeter

__all__ = [
    "BrowserLost",
    "Engine",
    "Found",
    "Lease",
    "NoBrowser",
    "Settings",
    "Strain",
    "Strainmeter",
    "find",
    "open_engine",
]
