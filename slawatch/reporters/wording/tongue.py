"""The languages that people are spoken to in: English as it stands in the code, any other by gettext catalogues."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib import resources
from io import BytesIO
from types import MappingProxyType

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

#: The languages, each with the locale that its dates, months and lists are written by.
LANGUAGES: Mapping[str, str] = MappingProxyType({"nl": "nl", "en": "en_GB"})
#: The one that the code is written in.
SOURCE = "en"
#: The catalogues of a language, each for what is written in one part of the house; what is in none of them but
#: everywhere is in COMMON.
MAIL, SUMMARY, WEB, COMMON = DOMAINS = ("mail", "summary", "web", "common")


@dataclass(frozen=True, slots=True)
class Tongue:
    """One language. Sentences are asked for in English, with `{names}` for what is filled in."""

    language: str
    locale: str
    catalogue: NullTranslations

    def say(self, sentence: str, /, **values: str) -> str:
        """The sentence in this language."""
        return self.catalogue.gettext(sentence).format(**values)

    def count(self, one: str, more: str, number: int, /) -> str:
        """`one` or `more`, each with a `{number}`, in this language's plural form for it."""
        return self.catalogue.ngettext(one, more, number).format(number=number)


def mark(sentence: str) -> str:
    """The same text, which somewhere else is given to `say`: it is to be in the catalogues."""
    return sentence


@cache
def tongue(language: str, domain: str) -> Tongue:
    """A language with the catalogue of a domain, and the common one behind it.

    Raises LookupError for a language that slawatch does not speak.
    """
    locale = LANGUAGES[language]
    return Tongue(language, locale, NullTranslations() if language == SOURCE else _catalogue(language, domain))


def _catalogue(language: str, domain: str) -> GNUTranslations:
    found = _read(language, domain)
    found.add_fallback(_read(language, COMMON))
    return found


def _read(language: str, domain: str) -> GNUTranslations:
    """Read from the text that people edit: nothing that is compiled can be behind it."""
    file = resources.files("slawatch").joinpath("locale", language, "LC_MESSAGES", f"{domain}.po")
    compiled = BytesIO()
    with file.open("rb") as source:
        write_mo(compiled, read_po(source, locale=language, abort_invalid=True))
    compiled.seek(0)
    return GNUTranslations(compiled)
