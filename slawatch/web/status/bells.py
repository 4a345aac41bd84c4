"""Each customer's own news: a thousand who listen to one customer are not woken for every other."""

from __future__ import annotations

from slawatch.web.pages.news import News


class Bells:
    """`run` passes on what the news of all customers tells."""

    def __init__(self, news: News) -> None:
        self._news = news
        self._own: dict[str, News] = {}

    def of(self, customer: str) -> News:
        if customer not in self._own:
            self._own[customer] = News()
        return self._own[customer]

    async def run(self) -> None:
        """Until cancelled, or until nothing more will come."""
        known = self._news.number
        while not self._news.closed:
            await self._news.after(known)
            changed, _ = self._news.since(known)
            known = self._news.number
            for customer in changed & self._own.keys():
                self._own[customer].tell((customer,))
        self.close()

    def close(self) -> None:
        for own in self._own.values():
            own.close()
