"""The page on which a contact chooses its mails, as HTML: no script, nothing loaded, for any screen by day or night."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from html import escape

from slawatch.model import Topic
from slawatch.web.contact_words import LANGUAGES, WRONG_LINK, Note, Words

#: Says that a form was sent in, for one in which nothing is ticked sends nothing else.
CHOSEN = "chosen"

_STYLE = """
:root{color-scheme:light dark;--ink:#1c2530;--soft:#536172;--paper:#f3f5f8;--card:#fff;--line:#d5dce4;--accent:#0b5cad;
--on-accent:#fff;--good:#e4f4e9;--good-ink:#14532d;--warn:#fdf0d9;--warn-ink:#6b4206}
@media(prefers-color-scheme:dark){:root{--ink:#e8edf3;--soft:#a5b1bf;--paper:#12171d;--card:#1b222b;--line:#36414e;
--accent:#7db8f5;--on-accent:#0c1824;--good:#173524;--good-ink:#b9e8c8;--warn:#3b2c10;--warn-ink:#f6d9a4}}
*{box-sizing:border-box}
body{margin:0;padding:1.5rem 1rem;background:var(--paper);color:var(--ink);font:1.0625rem/1.5 system-ui,sans-serif}
main{max-width:34rem;margin:0 auto;padding:1.5rem;background:var(--card);border:1px solid var(--line);
border-radius:.75rem}
h1{margin:0 0 .5rem;font-size:1.5rem;line-height:1.25}
p{margin:0 0 1rem;overflow-wrap:anywhere}
fieldset{margin:0 0 1.25rem;padding:0;border:0}
label{display:grid;grid-template-columns:auto 1fr;gap:0 .875rem;align-items:start;padding:.875rem 0;
border-top:1px solid var(--line);cursor:pointer}
input{width:1.5rem;height:1.5rem;margin:0;accent-color:var(--accent)}
small{grid-column:2;color:var(--soft);font-size:.9375rem}
button{width:100%;padding:.875rem 1rem;border:0;border-radius:.5rem;background:var(--accent);color:var(--on-accent);
font:inherit;font-weight:600;cursor:pointer}
input:focus-visible,button:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
footer{margin-top:1.25rem;color:var(--soft);font-size:.9375rem}footer p{margin:0}
.good,.warn{padding:.75rem 1rem;border-radius:.5rem}
.good{background:var(--good);color:var(--good-ink)}.warn{background:var(--warn);color:var(--warn-ink)}
"""

_STYLE_SOURCE = f"'sha256-{base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()}'"
#: As for every page, but that a form may be sent in here.
POLICY = f"default-src 'none'; style-src {_STYLE_SOURCE}; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whose page it is. `name`: the customer's. `asks`: the address for questions."""

    name: str
    address: str
    language: str
    wants: frozenset[Topic]
    asks: str


_GOOD = frozenset({Note.SAVED, Note.ALL_OFF})


def contact_page(visitor: Visitor, note: Note | None = None) -> str:
    """The page as the visitor's choice stands."""
    words = LANGUAGES[visitor.language]

    def said(sentence: str) -> str:
        return escape(sentence.format(name=visitor.name, asks=visitor.asks))

    told = ""
    if note is not None:
        told = f'<p class="{"good" if note in _GOOD else "warn"}" role="status">{said(words.notes[note])}</p>\n'
    choices = "\n".join(_choice(topic, words, ticked=topic in visitor.wants) for topic in Topic)
    return _page(
        visitor.language,
        words.title,
        f"""<main>
<h1>{said(words.title)}</h1>
<p>{said(words.lead)}<br>{escape(visitor.address)}</p>
{told}<form method="post">
<input type="hidden" name="{CHOSEN}" value="yes">
<fieldset aria-label="{said(words.title)}">
{choices}
</fieldset>
<button>{said(words.save)}</button>
</form>
<footer><p>{said(words.questions)}</p></footer>
</main>""",
    )


def wrong_link_page() -> str:
    """The page for a token that is none."""
    told = "\n".join(
        f'<div lang="{language}"><h1>{escape(title)}</h1>\n<p>{escape(text)}</p></div>'
        for language, title, text in WRONG_LINK
    )
    return _page("nl", WRONG_LINK[0][1], f"<main>\n{told}\n</main>")


def _choice(topic: Topic, words: Words, *, ticked: bool) -> str:
    name, when = words.topics[topic]
    checked = " checked" if ticked else ""
    return (
        f'<label><input type="checkbox" name="{topic}" value="yes"{checked}>'
        f"<strong>{escape(name)}</strong><small>{escape(when)}</small></label>"
    )


def _page(language: str, title: str, body: str) -> str:
    return f"""<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{escape(title)}</title>
<style>{_STYLE}</style>
</head>
<body>
{body}
</body>
</html>
"""
