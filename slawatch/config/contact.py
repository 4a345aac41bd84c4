"""Who is written to for a customer."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from slawatch.config.addresses import Address
from slawatch.config.shape import Shape, some


class Contact(Shape):
    """Somebody who is mailed; in the file an address alone, or a section."""

    address: Address = Field(examples=["beheer@duinzicht.example"])
    """The mail address."""
    language: Literal["nl", "en"] | None = None
    """The language of the mails. By default the customer's."""
    wants: Annotated[tuple[Literal["outages", "updates", "maintenance", "summaries"], ...], BeforeValidator(some)] = (
        "outages",
        "updates",
        "maintenance",
        "summaries",
    )
    """What it is mailed of: outages and their end, updates while one lasts, maintenance, summaries."""

    @model_validator(mode="before")
    @classmethod
    def _from_an_address(cls, said: object) -> object:
        return {"address": said} if isinstance(said, str) else said
