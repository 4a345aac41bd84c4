"""Each mail comes back to an address of its own, which says which mail it is of and cannot be made up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slawatch.config.mail import LONGEST_BOUNCES
from slawatch.reporters.mail import bounce_address, bounced_message

BOX, KEY = "bounces@example.org", "correct horse"
MESSAGE = "duinzicht-20261123T133205123.outage.1.0123456789abcdef"
MADE = "bounces+4pcku5kut5icgrsn.3a4gs2rgieq2fa75@example.org"


def test_an_address_is_the_same_at_every_attempt() -> None:
    assert bounce_address(BOX, MESSAGE, KEY) == MADE


def test_the_longest_mailbox_leaves_room_for_it() -> None:
    made = bounce_address("b" * LONGEST_BOUNCES + "@example.org", MESSAGE, KEY)

    assert len(made.partition("@")[0]) == 63


def test_a_domain_outside_ascii_goes_as_servers_take_it() -> None:
    assert bounce_address("b@müller.example", MESSAGE, KEY).endswith("@xn--mller-kva.example")


@given(st.text(), st.lists(st.text(), max_size=5), st.text(min_size=1))
def test_an_address_says_of_which_message_it_is_in_any_case(message: str, others: list[str], key: str) -> None:
    made = bounce_address(BOX, message, key)

    assert bounced_message(made, [*others, message], key) == message
    assert bounced_message(made.upper(), [message], key) == message
    assert bounced_message(made, [one for one in others if one != message], key) is None


@pytest.mark.parametrize(
    "address",
    [
        MADE.replace(".3", ".x"),
        MADE.replace("+4", "+x"),
        MADE.replace("3a4gs2rgieq2fa75", "a" * 16),
        "bounces@example.org",
        "bounces+@example.org",
        "",
    ],
)
def test_an_address_that_we_did_not_make_is_of_no_message(address: str) -> None:
    assert bounced_message(address, [MESSAGE], KEY) is None
    assert bounced_message(MADE, [MESSAGE], "another key") is None
