"""Markdown, as a person would read it aloud."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from html import unescape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_COLUMNS = 200
"""The widest table that is read as one: the parser gives every row as many cells as the first one has."""
_MARKS = 10_000
"""The most brackets, or bars, of a text that is taken for Markdown; each of them is looked at many times."""
_NESTING = 100
"""How deep quotes, lists and emphasis may stand in one another; what is deeper is not read."""
_TEXTS = frozenset({"text", "txt", "plain", "plaintext", "poem", "verse", "quote"})
"""What a fenced block may call itself to be read; code is left out."""
_PROSE = 0.85
"""The least of an indented block, from 0 to 1, that is letters and blanks where people did not mean code."""

_FRONT = re.compile(r"\A(---|\+\+\+)[ \t]*\n(?:[\w-]+[ \t]*[:=]|\s*#)(?:[^\n]*\n)*?(?:\1|\.\.\.)[ \t]*(?:\n|\Z)")
"""What tools keep before the text, between lines of their own."""
_NOTE = re.compile(r"\[\^[^\]\s]{1,40}\]:?")
"""The sign of a footnote."""
_BOX = re.compile(r"\[[ xX]\] ")
"""Before an item of a list that is to be done."""
_ENDED = re.compile(r"[.!?:;\u2026\u3002\uff01\uff1f][\"'\u2019\u201d\u00bb)\]]*\Z")
_TAG = re.compile(r"<!--|-->|<(/?)([A-Za-z][A-Za-z0-9-]*)[^<>]*>|<[!?][^<>]*>")
_UNREAD = frozenset({"script", "style", "template", "head", "svg"})
"""HTML that holds nothing to read."""
_BLOCKS = frozenset(
    {
        *(
            "p",
            "div",
            "br",
            "hr",
            "section",
            "article",
            "blockquote",
            "details",
            "summary",
            "ul",
            "ol",
            "li",
            "table",
            "tr",
        )
    }
    | {f"h{level}" for level in range(1, 7)}
)
"""HTML that begins on a line of its own."""


def aloud(text: str) -> str:
    """Return what a person would read of a Markdown text, paragraph by paragraph, with empty lines between.

    Headings and the rows of tables end as sentences do, links are their words, pictures what is said of them
    (`alt`), items keep their numbers. Left out are code in fenced blocks (but not what calls itself text), HTML's
    tags and comments, the signs of footnotes, and what stands before the text between '---'. Takes time in
    proportion to the text; one of little but brackets or bars is given back as it is. Read with markdown-it-py, as
    CommonMark with tables.
    """
    text = _FRONT.sub("", text.replace("\r\n", "\n").removeprefix("\ufeff"), count=1)
    wide = any(line.count("|") > _COLUMNS for line in text.split("\n"))
    if wide or max(text.count("["), text.count("|")) > _MARKS:
        return text
    return "\n\n".join(block for block in _blocks(_parser().parse(text)) if block.strip())


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"maxNesting": _NESTING}).enable(["table", "strikethrough"])


def _blocks(tokens: Sequence[Token]) -> Iterator[str]:
    """Yield headings, paragraphs, items and rows."""
    number, heading = "", False
    row: list[str] | None = None
    for token in tokens:
        match token.type:
            case "heading_open" | "heading_close":
                heading = token.nesting > 0
            case "list_item_open":
                number = f"{token.info}{token.markup} " if token.info else ""
            case "list_item_close":
                number = ""
            case "tr_open":
                row = []
            case "tr_close":
                yield _ended(", ".join(filter(None, row or ())))
                row = None
            case "inline":
                words = _BOX.sub("", _inline(token.children or ()), count=1).strip()
                if row is not None:
                    row.append(" ".join(words.split()))
                elif words:
                    yield number + (_ended(words) if heading else words)
                    number = ""
            case "fence" if token.info.strip().lower() in _TEXTS:
                yield token.content
            case "code_block" if _prose(token.content):
                yield token.content
            case "html_block":
                yield _untagged(token.content)


def _inline(tokens: Sequence[Token]) -> str:
    """Return the words of a paragraph."""
    words: list[str] = []
    for token in tokens:
        match token.type:
            case "text":
                words.append(_NOTE.sub("", token.content))
            case "code_inline":
                words.append(token.content)
            case "softbreak":
                words.append(" ")
            case "hardbreak":
                words.append("\n")
            case "image":
                words.append(_inline(token.children or ()))
            case "html_inline":
                words.append(_untagged(token.content))
    return "".join(words)


def _ended(words: str) -> str:
    return words if not words or _ENDED.search(words) else f"{words}."


def _prose(block: str) -> bool:
    readable = sum(character.isalpha() or character.isspace() for character in block)
    return readable >= _PROSE * len(block)


def _untagged(html: str) -> str:
    """Return the words of some HTML; in one pass, for what is opened and never closed is common."""
    words: list[str] = []
    begin, unread = 0, ""
    for tag in _TAG.finditer(html):
        if not unread:
            words.append(html[begin : tag.start()])
        begin = tag.end()
        name = (tag[2] or "").lower()
        if unread == "-->" or (not unread and tag[0] == "<!--"):
            unread = "" if tag[0] == "-->" else "-->"
        elif unread:
            unread = "" if tag[1] and name == unread else unread
        elif name in _UNREAD and not tag[1]:
            unread = name
        elif name in _BLOCKS:
            words.append("\n")
    if not unread:
        words.append(html[begin:])
    return unescape("".join(words))
