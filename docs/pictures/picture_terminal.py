"""A picture of what stands in a terminal, colours and all.

    tmux new-session -d -s demo -x 104 -y 64 make demo     # in a checkout whose path may be seen
    tmux capture-pane -e -N -p -t demo >demo.ansi          # after an outage and its end
    .venv/bin/python docs/pictures/picture_terminal.py "make demo" docs/pictures/demo.png <demo.ansi

So the picture of the demo in README.md is made.
"""

from __future__ import annotations

import io
import sys
from html import escape
from pathlib import Path

from playwright.sync_api import sync_playwright
from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text
from small_png import in_few_colours

from slawatch.browser import find

#: Ground, ink, and the eight colours of a terminal, plain and bright.
PLAIN = [(15, 20, 28), (224, 79, 79), (87, 184, 110), (214, 168, 66), (74, 144, 226), (181, 122, 208), (86, 194, 206)]
DARK = TerminalTheme((15, 20, 28), (230, 233, 238), [*PLAIN, (230, 233, 238)], [*PLAIN, (255, 255, 255)])
PAGE = """<!doctype html><meta charset="utf-8"><style>
body {{ margin: 0; display: inline-block; font: 16px/1.3 "DejaVu Sans Mono", monospace; color: #e6e9ee }}
figure {{ margin: 0; background: #0f141c; border-radius: 8px; overflow: hidden }}
figcaption {{ padding: 10px; font: bold 15px sans-serif; text-align: center }}
pre {{ margin: 0; padding: 0 10px 10px; font: inherit }}
</style><figure><figcaption>%s</figcaption><pre>{code}</pre></figure>"""


def main(title: str, file: Path) -> None:
    shown = Text.from_ansi(sys.stdin.read().rstrip())
    console = Console(record=True, file=io.StringIO(), width=max(map(len, shown.split())))
    console.print(shown, soft_wrap=True)
    page = console.export_html(theme=DARK, code_format=PAGE % escape(title), inline_styles=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(find().path), args=["--disable-lcd-text"])
        window = browser.new_page(device_scale_factor=1.25)
        window.set_content(page)
        file.write_bytes(in_few_colours(window.locator("figure").screenshot()))
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
