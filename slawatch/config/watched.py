"""How an application is looked at: login, pages, the light http check."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, Field

from slawatch.config.addresses import Path, Selector, Text
from slawatch.config.scalars import Duration
from slawatch.config.secret import SecretReference
from slawatch.config.shape import Shape
from slawatch.config.wrong import Wrong


def _not_a_flood(length: timedelta) -> timedelta:
    if length < timedelta(milliseconds=100):
        raise Wrong("expected at least 100ms between looks, such as 60s")
    return length


Every: TypeAlias = Annotated[Duration, AfterValidator(_not_a_flood)]


class Check(Shape):
    """What pages and the http check have in common."""

    path: Path
    every: Every
    timeout: Duration
    stale_after: Duration | None = None
    """How long a look speaks for its check when no newer one comes. By default three times `every`."""

    @property
    def holds(self) -> timedelta:
        """`stale_after`, or its default."""
        return self.stale_after or 3 * self.every


class Page(Check):
    path: Path = Field(examples=["/dashboard"])
    """The page's path below the customer's url."""
    ready: Selector = Field(examples=['"#dashboard .card"'])
    """A CSS selector of what a user waits for: the page is there when it is painted."""
    busy: Selector | None = Field(default=None, examples=['".spinner"'])
    """A CSS selector of what is visible while the page still works; it must be gone too."""
    every: Every = timedelta(seconds=60)
    """The time between two looks."""
    timeout: Duration = timedelta(seconds=20)
    """A page that is not ready by then is down."""
    cache: Literal["cold", "warm"] = "cold"
    """Whether a look starts with new connections and an empty cache, or with those of the look before."""


class Http(Check):
    path: Path = "/"
    """What is asked for; any answer, also an error's, shows that the network reaches the server."""
    every: Every = timedelta(seconds=15)
    """The time between two looks."""
    timeout: Duration = timedelta(seconds=5)
    """Without an answer by then the check is down."""


class Login(Shape):
    path: Path = "/login"
    """The path of the page with the form."""
    username: Selector = Field(examples=['"#username"'])
    """A CSS selector of the field for the name."""
    password: Selector = Field(examples=['"#password"'])
    """A CSS selector of the field for the password."""
    submit: Selector = "button[type=submit]"
    """A CSS selector of what is clicked."""
    inside: Selector = Field(examples=['"nav .signed-in"'])
    """A CSS selector of what is seen only when signed in."""
    outside: Selector = Field(examples=['"form#login"'])
    """A CSS selector of what is seen only when signed out."""


class Credentials(Shape):
    username: Text = Field(examples=["monitor"])
    """The name to sign in with: an account of its own, that may only read."""
    password: SecretReference = Field(examples=["{env: DUINZICHT_PASSWORD}"])
    """Where the password is: `{env: NAME}` or `{file: PATH}`."""
