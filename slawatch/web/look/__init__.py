"""How every page looks and how one is rendered: the frame around it, one style sheet, one script, the words."""

from slawatch.web.look.page import page
from slawatch.web.look.reader import Reader, reader_of
from slawatch.web.look.static import POLICY, add_static

__all__ = ["POLICY", "Reader", "add_static", "page", "reader_of"]
