"""Who reads a customer's summaries, as the configuration says."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from slawatch.app.mailing import all_summary_readers
from slawatch.config import Config, ConfigErrors
from slawatch.model import Contact, Topic

FILE = """
pages: {{dashboard: {{path: /, ready: main}}}}
{shared}
customers:
  - id: duinzicht
    url: https://duinzicht.example
    contacts: [pia@duinzicht.example, {{address: jan@duinzicht.example, language: en, wants: [outages]}}]
    {own}
mail: {{sender: a@b.example, relays: ["smtp://mail.example.org"]}}
monitor: {{witnesses: ["https://example.net/"]}}
"""
MANAGER = "account_manager: mo@vendor.example"
TO_CONTACTS = "summaries: {contacts: true}"


def readers(config: Config) -> list[tuple[str, str]]:
    to = all_summary_readers(config, {}).get("duinzicht")
    return [] if to is None else [(one.address, one.language) for one in to.contacts]


@pytest.mark.parametrize(
    ("shared", "own", "expected"),
    [
        ("", "", []),
        (MANAGER, "", [("mo@vendor.example", "nl")]),
        (MANAGER, "account_manager: {address: li@vendor.example, language: en}", [("li@vendor.example", "en")]),
        (MANAGER, "account_manager: null", []),
        (MANAGER, TO_CONTACTS, [("mo@vendor.example", "nl"), ("pia@duinzicht.example", "nl")]),
        (TO_CONTACTS, "", [("pia@duinzicht.example", "nl")]),
        (TO_CONTACTS, "summaries: {contacts: false}", []),
        (TO_CONTACTS, "account_manager: Pia@duinzicht.example", [("Pia@duinzicht.example", "nl")]),
    ],
)
def test_the_account_manager_reads_summaries_and_contacts_who_may_and_want_to(
    read: Callable[[str], Config], shared: str, own: str, expected: list[tuple[str, str]]
) -> None:
    assert readers(read(FILE.format(shared=shared, own=own))) == expected


def test_a_form_of_a_customers_own_leaves_the_rest_as_shared(read: Callable[[str], Config]) -> None:
    summaries = read(FILE.format(shared=TO_CONTACTS, own="summaries: {format: html}")).customers[0].summaries
    assert (summaries.contacts, summaries.format) == (True, "html")


def test_what_a_contact_chose_goes_before_the_file(read: Callable[[str], Config]) -> None:
    config = read(FILE.format(shared=TO_CONTACTS, own=""))
    chose = {"pia@duinzicht.example": frozenset({Topic.OUTAGES}), "jan@duinzicht.example": frozenset(Topic)}
    to = all_summary_readers(config, {"duinzicht": chose})["duinzicht"]
    assert to.contacts == (Contact("jan@duinzicht.example", "en"),)


def test_who_is_to_read_what_nobody_is_mailed_is_warned_of(read: Callable[[str], Config]) -> None:
    text = FILE.format(shared="", own="").replace("wants: [outages]", "wants: [outages, summaries]")
    assert read(text).warnings() == (
        "slawatch.yaml:7:93: customers[0].contacts[1].wants: "
        "summaries: none is mailed while summaries.contacts is false",
    )


@pytest.mark.parametrize(
    ("shared", "error"),
    [
        ("account_manager: mo", "account_manager: expected a mail address such as beheer@duinzicht.example, got 'mo'"),
        ("summaries: {format: docx}", "summaries.format: expected pdf or html, got 'docx'"),
        ("summaries: {contact: true}", "summaries.contact: unknown key, did you mean 'contacts'?"),
    ],
)
def test_a_slip_is_told_where_it_stands(read: Callable[[str], Config], shared: str, error: str) -> None:
    with pytest.raises(ConfigErrors) as raised:
        read(FILE.format(shared=shared, own=""))
    assert [line.partition(": ")[2] for line in raised.value.errors] == [error]
