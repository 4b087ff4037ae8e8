"""The text of a chapter of an EPUB, taken out by hand until Mynah can do it itself."""

from __future__ import annotations

import html
import re
import zipfile
from pathlib import Path

from tests.acceptance.program import ROOT

BOOK = ROOT.parent / "shared" / "books" / "time-machine.epub"
"""A book that lies beside the repository where somebody put it there."""


def chapter(book: Path, number: int) -> str:
    """Return the plain text of a chapter, a paragraph a line."""
    with zipfile.ZipFile(book) as archive:
        page = archive.read(f"epub/text/chapter-{number}.xhtml").decode("utf-8")
    body = page[page.index("<body") :]
    paragraphs = re.findall(r"<p[^>]*>(.*?)</p>", body, re.DOTALL)
    return "\n".join(" ".join(html.unescape(re.sub(r"<[^>]+>", "", each)).split()) for each in paragraphs)
