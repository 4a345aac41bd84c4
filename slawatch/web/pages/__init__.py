"""The pages for those who watch over all customers: the overview, a customer's own, and what changes in them."""

from aiohttp import web

from slawatch.web.pages.customer import add_customer
from slawatch.web.pages.facts import Board
from slawatch.web.pages.feed import add_feed
from slawatch.web.pages.overview import add_overview

__all__ = ["Board", "add_pages"]


def add_pages(app: web.Application, board: Board) -> None:
    """All of them, for who may read."""
    add_overview(app.router, board)
    add_customer(app.router, board)
    add_feed(app, board)
