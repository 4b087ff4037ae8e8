"""Reads the project's Markdown pages: their fenced blocks, links and tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.house.source import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), ROOT / "data" / "README.md"])
FENCE = re.compile(r"^```(\w*)[ ]?([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]+\]\(([^)\s]+)\)")


@dataclass(frozen=True, kw_only=True)
class Block:
    """A fenced block of a page."""

    language: str
    """What it is written in: 'console', 'python' …"""
    title: str
    """What else its first line says, such as the file that it is."""
    text: str
    """What stands in it."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """A command of a console block, and what the page says that it prints."""

    command: str
    """As typed into a shell."""
    prints: tuple[str, ...]
    """Line by line; '…' stands for anything, and a number for any number."""


def blocks(page: Path) -> list[Block]:
    """Every fenced block of a page."""
    found = FENCE.findall(page.read_text(encoding="utf-8"))
    return [Block(language=language, title=title.strip(), text=text) for language, title, text in found]


def steps(block: Block) -> Iterator[Step]:
    """Every command of a console block."""
    command, prints = "", list[str]()
    for line in [*block.text.splitlines(), "$ "]:
        if not line.startswith("$ "):
            prints.append(line)
            continue
        if command:
            yield Step(command=command, prints=tuple(prints))
        command, prints = line.removeprefix("$ ").strip(), []


def links(page: Path) -> list[str]:
    """Where a page points to, outside its fenced blocks."""
    return LINK.findall(FENCE.sub("", page.read_text(encoding="utf-8")))


def anchors(page: Path) -> set[str]:
    """The headings of a page as links name them."""
    heads = re.findall(r"^#+ (.+)$", FENCE.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def rows(page: Path, heading: str) -> list[list[str]]:
    """The cells of the first table whose head begins with `heading`."""
    lines = page.read_text(encoding="utf-8").splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith(f"| {heading} |"))
    table = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        table.append([cell.strip() for cell in line.strip("|").split("|")])
    return table


def alike(said: tuple[str, ...], printed: str) -> bool:
    """Whether a program printed what a page says: '…' stands for anything, a number for any number."""
    number = r"\d[\d.,:]*"
    pattern = r"\s*".join(
        "".join(".*?" if part == "…" else number if re.fullmatch(number, part) else re.escape(part) for part in parts)
        for line in said
        if (parts := [p for p in re.split(rf"(…|{number})", line.strip()) if p])
    )
    return re.fullmatch(rf"\s*{pattern}\s*", printed, re.DOTALL) is not None
