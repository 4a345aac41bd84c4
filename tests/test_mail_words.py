"""The catalogues say every sentence of the mails, and no other, with the same placeholders."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import TypeAlias

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po

import slawatch
from slawatch.reporters.mail.tongue import DOMAIN, LANGUAGES, SOURCE, tongue

PACKAGE = Path(slawatch.__file__).parent
SOURCES = sorted((PACKAGE / "reporters" / "mail").glob("*.py"))
#: Where a sentence stands in the code: what `count` is given is one of two forms.
KEYWORDS = {"say": None, "mark": None, "count": (1, 2)}
OTHERS = sorted(LANGUAGES.keys() - {SOURCE})
#: One sentence, or the two forms of one.
Sentence: TypeAlias = str | tuple[str, ...]


def in_the_code() -> Iterator[Sentence]:
    for path in SOURCES:
        with path.open("rb") as source:
            for _, sentence, _, _ in extract("python", source, keywords=KEYWORDS):
                yield sentence if isinstance(sentence, str) else tuple(sentence)


def catalogue(language: str) -> Catalog:
    with (PACKAGE / "locale" / language / "LC_MESSAGES" / f"{DOMAIN}.po").open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


def forms(sentence: Sentence) -> tuple[str, ...]:
    return (sentence,) if isinstance(sentence, str) else sentence


def test_there_is_a_catalogue_for_each_other_language_and_no_more() -> None:
    assert sorted(path.parents[1].name for path in (PACKAGE / "locale").rglob("*.po")) == OTHERS


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_is_in_the_catalogue_and_no_other(language: str) -> None:
    said = {message.id for message in catalogue(language) if message.id}
    assert said == set(in_the_code())


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_is_translated_and_none_only_perhaps(language: str) -> None:
    known = catalogue(language)
    assert [one.id for one in known if one.id and (one.fuzzy or not all(forms(one.string)))] == []
    assert known.obsolete == {}
    assert known.num_plurals == 2


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_fills_in_what_its_sentence_does(language: str) -> None:
    for one in catalogue(language):
        if one.id:
            wanted = [placeholders(form) for form in forms(one.id)]
            assert [placeholders(form) for form in forms(one.string)] == wanted, one.id


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_ends_as_its_sentence_does(language: str) -> None:
    def end(text: str) -> str:
        return re.sub(r"[^.?:]", "", text[-1])

    for one in catalogue(language):
        if one.id:
            assert list(map(end, forms(one.string))) == list(map(end, forms(one.id))), one.id


def test_english_is_what_stands_in_the_code() -> None:
    english = tongue(SOURCE)
    for sentence in in_the_code():
        if isinstance(sentence, str):
            assert english.catalogue.gettext(sentence) == sentence
        else:
            assert english.count(*sentence, 1) == sentence[0].format(number=1)
            assert english.count(*sentence, 2) == sentence[1].format(number=2)


def test_a_language_that_the_mails_do_not_speak_is_refused() -> None:
    with pytest.raises(LookupError):
        tongue("fy")
