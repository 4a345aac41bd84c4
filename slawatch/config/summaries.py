"""Who is sent the summary of each month, and in which form."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from slawatch.config.addresses import Address
from slawatch.config.shape import Shape


class AccountManager(Shape):
    """Who answers for the customer at the vendor; in the file an address alone, or a section."""

    address: Address = Field(examples=["pia@vendor.example"])
    """The mail address."""
    language: Literal["nl", "en"] | None = None
    """The language of the mails and of what is attached. By default the customer's."""

    @model_validator(mode="before")
    @classmethod
    def _from_an_address(cls, said: object) -> object:
        return {"address": said} if isinstance(said, str) else said


class Summaries(Shape):
    contacts: bool = False
    """Whether the customer's contacts are mailed them too, those who want `summaries`."""
    format: Literal["pdf", "html"] = "pdf"
    """What is attached: a PDF, or the page as one file."""
