"""The parks of the stand-in and their bookings: made up, plausible, and the same at every start."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Park:
    """One customer with its own Tommy environment. `accent`: the CSS colour of its application."""

    id: str
    name: str
    language: str
    place: str
    contact: str
    accent: str
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Booking:
    """One stay: guests sleep there from the night of `arrives` to the one before `departs`."""

    number: str
    guest: str
    unit: str
    arrives: date
    departs: date
    persons: int
    cents: int
    status: str

    def sleeps(self, day: date) -> bool:
        return self.arrives <= day < self.departs


@dataclass(frozen=True, slots=True)
class Overview:
    """What the dashboard shows of one day. `nights`: the share of units occupied, today and the 13 nights after."""

    arriving: tuple[Booking, ...]
    departing: tuple[Booking, ...]
    guests: int
    options: int
    nights: tuple[tuple[date, float], ...]


def _row(name: str, first: int, count: int) -> tuple[str, ...]:
    return tuple(f"{name} {number}" for number in range(first, first + count))


PARKS: tuple[Park, ...] = (
    Park(
        id="duinzicht",
        name="Vakantiepark Duinzicht",
        language="nl",
        place="Noordduin aan Zee",
        contact="beheer@duinzicht.example",
        accent="#0b7285",
        units=(*_row("Zeester", 1, 6), *_row("Strandloper", 11, 6), *_row("Helmgras", 21, 5)),
    ),
    Park(
        id="heiderand",
        name="Camping De Heiderand",
        language="nl",
        place="Oud-Heideveld",
        contact="receptie@heiderand.example",
        accent="#84418f",
        units=(*_row("Kampeerplaats", 1, 9), *_row("Trekkershut", 31, 4), *_row("Safaritent", 41, 3)),
    ),
    Park(
        id="woodland",
        name="Woodland Lodges",
        language="en",
        place="Elmsworth Forest",
        contact="office@woodland.example",
        accent="#39753a",
        units=(*_row("Oak Lodge", 1, 5), *_row("Beech Cabin", 10, 6), *_row("Treehouse", 20, 3)),
    ),
)

_FIRST = {
    "nl": "Anneke Bram Carla Daan Esther Fleur Gijs Hanneke Ilse Jeroen Karin Lotte Maarten Noor Pieter Rianne Sander "
    "Tess Ruben Wendy Joost Marijke Heike Jürgen Svenja",
    "en": "Alice Ben Charlotte Daniel Emily Finn Grace Harry Isla Jack Katie Liam Megan Nathan Olivia Peter Rosie Sam",
}
_LAST = {
    "nl": "de Vries|Jansen|van den Berg|Bakker|Visser|Smit|Meijer|de Boer|Mulder|van Dijk|Bos|Vos|Peters|Hendriks|"
    "van Leeuwen|Dekker|Brouwer|de Wit|Dijkstra|Smeets|Postma|van der Veen|Kuiper|Schröder|Hoffmann",
    "en": "Smith|Taylor|Brown|Wilson|Evans|Walker|Hughes|Green|Clarke|Wright|Baker|Turner|Hill|Cooper|Ward|Marsh",
}


def _pick(choices: Sequence[T], *key: object) -> T:
    """The same choice for the same key, at every start and on every machine."""
    digest = hashlib.blake2b("/".join(map(str, key)).encode(), digest_size=8).digest()
    return choices[int.from_bytes(digest, "big") % len(choices)]


def _guest(park: Park, unit: str, turn: int) -> str:
    first = _pick(_FIRST[park.language].split(), park.id, unit, turn, "first")
    last = _pick(_LAST[park.language].split("|"), park.id, unit, turn, "last")
    return f"{first} {last}"


def _status(park: Park, arrives: date, today: date, key: tuple[str, int]) -> str:
    if arrives < today:
        return "checked_in"
    return _pick(("confirmed", "confirmed", "confirmed", "deposit", "option"), park.id, *key, "status")


def bookings(park: Park, today: date) -> tuple[Booking, ...]:
    """The park's stays that are there on `today` or come in the next three weeks, by arrival. No unit is let twice."""
    found: list[Booking] = []
    for index, unit in enumerate(park.units):
        day = today - timedelta(days=_pick(range(1, 7), park.id, unit, "start"))
        for turn in range(12):
            day += timedelta(days=_pick((0, 0, 0, 1, 2), park.id, unit, turn, "gap"))
            nights = _pick((2, 3, 3, 4, 7, 7), park.id, unit, turn, "nights")
            if day > today + timedelta(days=21):
                break
            leaves = day + timedelta(days=nights)
            if leaves >= today:
                found.append(
                    Booking(
                        number=f"{day.year}-{1000 + 61 * index + 7 * turn:05d}",
                        guest=_guest(park, unit, turn),
                        unit=unit,
                        arrives=day,
                        departs=leaves,
                        persons=_pick((2, 2, 2, 3, 4, 4, 5, 6), park.id, unit, turn, "persons"),
                        cents=nights * _pick((4850, 6275, 7900, 9450, 11850), park.id, unit) + 2950,
                        status=_status(park, day, today, (unit, turn)),
                    )
                )
            day = leaves
    return tuple(sorted(found, key=lambda booking: (booking.arrives, booking.unit)))


def overview(park: Park, stays: Sequence[Booking], today: date) -> Overview:
    """The dashboard's figures, counted from the same stays that the overview of reservations lists."""
    days = [today + timedelta(days=ahead) for ahead in range(14)]
    return Overview(
        arriving=tuple(stay for stay in stays if stay.arrives == today),
        departing=tuple(stay for stay in stays if stay.departs == today),
        guests=sum(stay.persons for stay in stays if stay.sleeps(today)),
        options=sum(stay.status == "option" for stay in stays),
        nights=tuple((day, sum(stay.sleeps(day) for stay in stays) / len(park.units)) for day in days),
    )
