"""The catalogues say every sentence that people read, and no other, with the same placeholders."""

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
from slawatch.reporters.wording.tongue import COMMON, DOMAINS, LANGUAGES, MAIL, SOURCE, SUMMARY, WEB, tongue

PACKAGE = Path(slawatch.__file__).parent
#: Where each catalogue's sentences stand.
FOLDERS = {MAIL: "reporters/mail", SUMMARY: "reporters/summary", WEB: "web", COMMON: "reporters/wording"}
#: How Babel reads the files that have sentences.
METHODS = {".py": "python", ".html": "jinja2", ".txt": "jinja2"}
#: Where a sentence stands in the code: what `count` is given is one of two forms.
KEYWORDS = {"say": None, "mark": None, "count": (1, 2)}
OTHERS = sorted(LANGUAGES.keys() - {SOURCE})
#: One sentence, or the two forms of one.
Sentence: TypeAlias = str | tuple[str, ...]


def in_the_code(domain: str) -> Iterator[Sentence]:
    for path in sorted((PACKAGE / FOLDERS[domain]).rglob("*")):
        if path.suffix in METHODS:
            with path.open("rb") as source:
                for _, sentence, _, _ in extract(METHODS[path.suffix], source, keywords=KEYWORDS):
                    yield sentence if isinstance(sentence, str) else tuple(filter(None, sentence))


def catalogue(language: str, domain: str) -> Catalog:
    with (PACKAGE / "locale" / language / "LC_MESSAGES" / f"{domain}.po").open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


def forms(sentence: Sentence) -> tuple[str, ...]:
    return (sentence,) if isinstance(sentence, str) else sentence


def test_there_is_a_catalogue_for_each_other_language_and_no_more() -> None:
    found = {(path.parents[1].name, path.stem) for path in (PACKAGE / "locale").rglob("*.po")}
    assert found == {(language, domain) for language in OTHERS for domain in DOMAINS}


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_is_in_the_catalogue_and_no_other(language: str, domain: str) -> None:
    said = {message.id for message in catalogue(language, domain) if message.id}
    everywhere = set() if domain == COMMON else set(in_the_code(COMMON))
    assert said == set(in_the_code(domain)) - everywhere


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_is_translated_and_none_only_perhaps(language: str, domain: str) -> None:
    known = catalogue(language, domain)
    assert [one.id for one in known if one.id and (one.fuzzy or not all(forms(one.string)))] == []
    assert known.obsolete == {}
    assert known.num_plurals == 2


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_fills_in_what_its_sentence_does(language: str, domain: str) -> None:
    for one in catalogue(language, domain):
        if one.id:
            wanted = [placeholders(form) for form in forms(one.id)]
            assert [placeholders(form) for form in forms(one.string)] == wanted, one.id


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_ends_as_its_sentence_does(language: str, domain: str) -> None:
    def end(text: str) -> str:
        return re.sub(r"[^.?:]", "", text[-1])

    for one in catalogue(language, domain):
        if one.id:
            assert list(map(end, forms(one.string))) == list(map(end, forms(one.id))), one.id


@pytest.mark.parametrize("domain", DOMAINS)
def test_english_is_what_stands_in_the_code(domain: str) -> None:
    english = tongue(SOURCE, domain)
    for sentence in in_the_code(domain):
        if isinstance(sentence, str):
            assert english.catalogue.gettext(sentence) == sentence
        else:
            assert english.count(*sentence, 1) == sentence[0].format(number=1)
            assert english.count(*sentence, 2) == sentence[1].format(number=2)


def test_a_language_that_slawatch_does_not_speak_is_refused() -> None:
    with pytest.raises(LookupError):
        tongue("fy", MAIL)
