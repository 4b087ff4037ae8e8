"""The text of books in EPUB, taken out by hand until Mynah can do it itself."""

from __future__ import annotations

import html
import re
import zipfile
from pathlib import Path

from tests.acceptance.program import ROOT

FOLDER = ROOT.parent / "shared" / "books"
"""Where books lie beside the repository, if somebody has put them there."""
BOOK = FOLDER / "time-machine.epub"
OTHER_BOOK = FOLDER / "childrens-literature.epub"

PAGE = 1_500
"""How many characters a page has, about."""


def chapter(book: Path, number: int) -> str:
    """Return the plain text of a chapter, a paragraph a line."""
    return "\n".join(paragraphs(book, f"epub/text/chapter-{number}.xhtml"))


def page(book: Path, place: str, first: int) -> str:
    """Return a page of a file within a book from its paragraph number `first` on, cut after a sentence."""
    text = "\n".join(paragraphs(book, place)[first:])
    *_, end = (match.end() for match in re.finditer(r"[.!?][”\"]?(?=\s)", text[: PAGE + 200]) if match.end() <= PAGE)
    return text[:end]


def paragraphs(book: Path, place: str) -> list[str]:
    """Return the paragraphs of a file within a book, each on one line."""
    with zipfile.ZipFile(book) as archive:
        found = archive.read(place).decode("utf-8")
    body = found[found.index("<body") :]
    inner = re.findall(r"<p(?: [^>]*)?>(.*?)</p>", body, re.DOTALL)
    return [" ".join(html.unescape(re.sub(r"<[^>]+>", "", each)).split()) for each in inner]
