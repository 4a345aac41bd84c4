"""What stands on customers' own pages, and what becomes of what they choose there."""

from __future__ import annotations

import asyncio
from email.utils import parseaddr

from slawatch import clock
from slawatch.app.links import Links
from slawatch.app.mailing import addressee
from slawatch.app.wiring import Wiring
from slawatch.config import Config, Customer
from slawatch.model import DAY, Topic
from slawatch.reporters.mail import feed
from slawatch.rules.declared import WINDOW_KINDS, standing
from slawatch.rules.wishes import Choose
from slawatch.web import Visitor

#: For so long a calendar shows what was.
PAST = 31 * DAY


class Pages:
    """The pages of whatever configuration is in force."""

    def __init__(self, wiring: Wiring, links: Links) -> None:
        self._wiring = wiring
        self._links = links

    def visitor(self, token: str) -> Visitor | None:
        """Whose page a token opens, as its choice stands; None for one that opens none."""
        customer, address = self._links.contact_of(token) or ("", "")
        watched, config = self._wiring.watched.get(customer), self._config
        if watched is None or watched.recipients is None or config.mail is None:
            return None
        asks = parseaddr(config.mail.reply_to or config.mail.sender)[1]
        for one in watched.recipients.contacts:
            if one.address == address:
                own = config.customer(customer)
                return Visitor(own.name, address, one.language, one.wants, asks, _offered(own))
        return None

    async def choose(self, token: str, wants: frozenset[Topic]) -> None:
        """The contact wants to hear of these. Raises NobodyLeft, Refused for a token that opens no page, StoreBusy."""
        customer, address = self._links.contact_of(token) or ("", "")
        visitor = self.visitor(token)
        if wants and visitor is not None:  # what was not asked stays as it was; who wants nothing gets nothing
            wants |= visitor.wants - frozenset(visitor.offered)
        await self._wiring.desk.ask(Choose(customer, address, wants))

    async def calendar(self, token: str) -> bytes | None:
        """The customer's maintenance that is to come, or was lately. Raises StoreBusy."""
        customer, config = self._links.customer_of(token), self._config
        if customer is None or config.mail is None:
            return None
        said = [one for one in await self._wiring.store.declarations(customer) if one.kind in WINDOW_KINDS]
        own, sender, since = config.customer(customer), config.mail.sender, clock.now() - PAST

        def made() -> bytes:
            stands = standing(said, own.id)
            lately = [one for one in stands.windows.values() if one.latest.ends > since]
            return feed(own.id, lately, addressee(own), own.language, sender)

        return await asyncio.to_thread(made)

    @property
    def _config(self) -> Config:
        assert self._wiring.config is not None, "pages are served only when the daemon is configured"
        return self._wiring.config


def _offered(customer: Customer) -> tuple[Topic, ...]:
    """What its contacts may choose: summaries only where they are mailed any."""
    return tuple(one for one in Topic if one is not Topic.SUMMARIES or customer.summaries.contacts)
