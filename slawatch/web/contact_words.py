"""The words of the page on which a contact chooses its mails, in each language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from types import MappingProxyType

from slawatch.model import Topic


class Note(Enum):
    """What became of what was asked."""

    SAVED = auto()
    ALL_OFF = auto()
    LAST = auto()  # nothing, for nobody else hears of outages
    BUSY = auto()


@dataclass(frozen=True, slots=True)
class Words:
    """`{name}` is the customer, `{asks}` the address for questions.

    `topics`: of each what it is called, and when such a mail comes.
    """

    title: str
    lead: str
    topics: Mapping[Topic, tuple[str, str]]
    save: str
    questions: str
    notes: Mapping[Note, str]


DUTCH = Words(
    title="Welke mails wilt u ontvangen?",
    lead="Over {name}, naar:",
    topics={
        Topic.OUTAGES: ("Storingen", "Als er een storing begint, en als die voorbij is."),
        Topic.UPDATES: ("Tussenstand", "Zolang een storing duurt. Alleen samen met de mails over storingen."),
        Topic.MAINTENANCE: ("Onderhoud", "Als er onderhoud gepland, gewijzigd of geannuleerd is, en kort ervoor."),
        Topic.SUMMARIES: ("Maandoverzicht", "Na afloop van elke maand: of de afspraken zijn nagekomen."),
    },
    save="Opslaan",
    questions="Vragen? Mail naar {asks}.",
    notes={
        Note.SAVED: "Uw keuze is opgeslagen en geldt meteen.",
        Note.ALL_OFF: "U krijgt geen mails meer. Hieronder kunt u ze weer aanzetten.",
        Note.LAST: "Er is niets gewijzigd: u bent de enige van {name} die over storingen hoort, en iemand moet het "
        "weten. Wilt u dat een ander de mails krijgt? Vraag het aan {asks}.",
        Note.BUSY: "Uw keuze kon nu niet worden opgeslagen. Probeer het over een paar minuten nog eens.",
    },
)

ENGLISH = Words(
    title="Which mails do you want?",
    lead="About {name}, to:",
    topics={
        Topic.OUTAGES: ("Outages", "When an outage begins, and when it is over."),
        Topic.UPDATES: ("Updates", "While an outage lasts. Only together with the mails about outages."),
        Topic.MAINTENANCE: ("Maintenance", "When maintenance is planned, changed or cancelled, and shortly before it."),
        Topic.SUMMARIES: ("Monthly summary", "After each month: whether what was agreed was kept."),
    },
    save="Save",
    questions="Questions? Write to {asks}.",
    notes={
        Note.SAVED: "Your choice is saved and holds from now on.",
        Note.ALL_OFF: "You will get no more mails. You can turn them on again below.",
        Note.LAST: "Nothing was changed: nobody else of {name} hears of outages, and somebody has to know. "
        "Should somebody else get the mails? Ask {asks}.",
        Note.BUSY: "Your choice could not be saved now. Please try again in a few minutes.",
    },
)

LANGUAGES: Mapping[str, Words] = MappingProxyType({"nl": DUTCH, "en": ENGLISH})

#: To whom nobody knows: which language is theirs, we cannot tell.
WRONG_LINK = (
    ("nl", "Deze link werkt niet (meer).", "Gebruik de link uit de laatste mail die u kreeg."),
    ("en", "This link does not work (any more).", "Use the link in the last mail that you got."),
)
