"""The slawatch.yaml of a random month: one customer, every setting that the figures depend on drawn anew."""

from __future__ import annotations

from random import Random
from typing import Any

from .inputs import UNITS

HOUR, DAY = UNITS["h"], UNITS["d"]
LOGIN = {"path": "/login", "username": "#u", "password": "#p", "submit": "button", "inside": "nav", "outside": "form"}


def settings(rng: Random, zone: str, span: int, *, whole: bool) -> dict[str, Any]:
    """`span`: the period's microseconds, for a pace that gives hundreds of looks. `whole`: all paces are 100 s."""
    pages = ["dashboard", "reservations", "arrivals"][: rng.choice((1, 2, 2, 3))]
    paces = ("100s",) if whole else _paces(span)
    checks = {name: _page(rng, name, paces, whole=whole) for name in pages}
    http = {"path": "/health", "every": rng.choice(paces), "timeout": "5s"} if rng.random() < 0.7 else None
    watched = rng.sample(pages, rng.randint(1, len(pages)))
    if http and rng.random() < 0.1:
        watched.append("http")
    return {
        "agreement": _agreement(rng, zone, watched, rng.sample(pages, rng.randint(1, len(pages)))),
        "login": LOGIN,
        "pages": checks,
        **({"http": http} if http else {}),
        "customers": [duinzicht()],
        "mail": {"sender": "storing@example.org", "relays": ["smtp://mail.example.org:587"]},
        "store": "sqlite:///slawatch.db",
    }


def duinzicht() -> dict[str, Any]:
    """The one customer."""
    return {
        "id": "duinzicht",
        "name": "Vakantiepark Duinzicht",
        "url": "https://duinzicht.example",
        "language": "nl",
        "contacts": ["beheer@duinzicht.example"],
        "credentials": {"username": "monitor", "password": {"env": "DUINZICHT_PASSWORD"}},
    }


def _paces(span: int) -> tuple[str, ...]:
    if span <= 8 * HOUR:
        return ("30s", "60s", "2m")
    return ("10m", "15m", "30m") if span <= 4 * DAY else ("1h", "2h", "3h")


def _page(rng: Random, name: str, paces: tuple[str, ...], *, whole: bool) -> dict[str, Any]:
    page: dict[str, Any] = {"path": f"/{name}", "ready": f"#{name}", "every": rng.choice(paces), "timeout": "20s"}
    if rng.random() < 0.4:
        page["stale_after"] = rng.choice(("200s", "1000s") if whole else ("61s", "5m", "45m", "4h", "12h"))
    return page


def _agreement(rng: Random, zone: str, watched: list[str], pages: list[str]) -> dict[str, Any]:
    return {
        "name": "Tommy 2.0",
        "timezone": zone,
        "availability": {
            "objective": rng.choice(("99.90%", "99.95%", "99%", "95%", "90%", "75%", "50%", "99.9%", "66.67%", "100%")),
            "checks": watched,
            "coverage": rng.choice(("99%", "90%", "50%", "10%", "99.5%", "1%")),
        },
        "speed": {
            "objective": rng.choice(("95%", "95%", "90%", "99%", "50%")),
            "within": rng.choice(("3s", "3s", "3s", "2s", "1s", "2500ms")),
            "pages": pages,
        },
        "maintenance": {
            "notice": rng.choice(("5d", "5d", "1d", "10d")),
            "late_notice": rng.choice(("counts", "counts", "excluded")),
            "hotfix": rng.choice(("counts", "excluded")),
            "arithmetic": rng.choice(("removed", "as_up")),
        },
        "confirm": {
            "failures": rng.choice((1, 2, 2, 2, 3, 4)),
            "within": rng.choice(("10m", "60s", "2m", "1h", "6h", "1d")),
            "recheck": "5s",
            "blips": rng.choice(("up", "up", "down")),
        },
    }
