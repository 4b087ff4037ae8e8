"""What the page's files have to keep: nothing from elsewhere, no text as HTML, nothing inline, and no lost ends."""

from __future__ import annotations

import re
import subprocess
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.house.source import ROOT

PAGE = ROOT / "bot" / "web"
MODULES = sorted((PAGE / "js").glob("*.js"))
STYLES = sorted((PAGE / "css").glob("*.css"))
FILES = [path for path in sorted(PAGE.rglob("*")) if path.is_file()]
MODULE_LINES, FUNCTION_LINES, LINE = 350, 60, 120
SENTENCE = re.compile(r"""["`].{60,}["`]""")
NAMESPACE = "http://www.w3.org/2000/svg"
AS_HTML = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|DOMParser|srcdoc")
BEGINS = re.compile(r"^( *)(?:export )?(?:async )?(?:function \w+|#?\w+)\(.*\) \{$")
IMPORTED = re.compile(r'^import (?:\{([^}]*)\}) from "\./([\w.]+)";$', re.MULTILINE)
EXPORTED = re.compile(r"^export (?:async )?(?:function|class|const) (\w+)", re.MULTILINE)


def named(path: Path) -> str:
    return path.relative_to(PAGE).as_posix()


class Tags(HTMLParser):
    """Every tag of a page, with its attributes and what stands in it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.inside: list[tuple[str, str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if data.strip() and self.tags:
            self.inside.append((self.tags[-1][0], data.strip()))


@pytest.mark.parametrize("path", FILES, ids=named)
def test_nothing_comes_from_elsewhere(path: Path) -> None:
    addresses = set(re.findall(r"(?:https?:)?//[\w.-]+\.[a-z]{2,}[^\s\"'`)]*", path.read_text(encoding="utf-8")))
    assert addresses <= {NAMESPACE, NAMESPACE.removeprefix("http:")}


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_text_is_never_read_as_html(path: Path) -> None:
    assert not AS_HTML.findall(path.read_text(encoding="utf-8"))


def test_the_page_has_nothing_inline_and_everything_that_it_names() -> None:
    page = Tags((PAGE / "index.html").read_text(encoding="utf-8"))
    assert not [tag for tag, _ in page.inside if tag in ("script", "style")]
    assert not [name for _, given in page.tags for name in given if name.startswith("on") or name == "style"]
    places = [value for _, given in page.tags for name, value in given.items() if name in ("src", "href") and value]
    assert places and all(place.startswith("/app/") for place in places)
    assert not [place for place in places if not (PAGE / place.removeprefix("/app/")).is_file()]
    assert {f"/app/{named(path)}" for path in STYLES} <= set(places)


def test_every_import_finds_what_it_asks_for() -> None:
    texts = {path.name: path.read_text(encoding="utf-8") for path in MODULES}
    offered = {name: set(EXPORTED.findall(text)) for name, text in texts.items()}
    lost = [
        f"{name}: {each.strip()} from {source}"
        for name, text in texts.items()
        for wanted, source in IMPORTED.findall(text)
        for each in wanted.split(",")
        if each.strip() not in offered.get(source, ())
    ]
    assert not lost
    used = {source for text in texts.values() for _, source in IMPORTED.findall(text)} | {"main.js", "theme_first.js"}
    assert used == set(texts)


def test_every_import_is_used() -> None:
    texts = {path.name: path.read_text(encoding="utf-8") for path in MODULES}
    idle = [
        f"{name}: {each.strip()}"
        for name, text in texts.items()
        for wanted, _ in IMPORTED.findall(text)
        for each in wanted.split(",")
        if len(re.findall(rf"\b{each.strip()}\b", text)) < 2
    ]
    assert not idle


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_a_module_fits_an_afternoon_and_a_function_a_screen(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= MODULE_LINES
    assert not [line for line in lines if len(line) > LINE and not SENTENCE.search(line)]
    assert not [f"{name}: {length} lines" for name, length in functions(lines) if length > FUNCTION_LINES]
    assert lines[0].startswith("/*"), "a module says what it is"


def functions(lines: list[str]) -> Iterator[tuple[str, int]]:
    """Every function or method with its length, told by where its brace closes at its own depth."""
    for at, line in enumerate(lines):
        if found := BEGINS.match(line):
            end = next(place for place in range(at + 1, len(lines)) if lines[place] == f"{found[1]}}}")
            yield line.strip(), end - at + 1


@pytest.mark.parametrize("path", STYLES, ids=named)
def test_a_style_uses_no_colour_of_its_own(path: Path) -> None:
    """Colours are named once, for day and for night; a figure elsewhere would hold at one of them only."""
    if path.name != "tokens.css":
        plain = re.sub(r"light-dark\([^()]*\)", "", path.read_text(encoding="utf-8"))
        assert not re.findall(r"#[0-9a-f]{3,8}\b(?!\s*\{)", plain.replace("background: #ffffff;", ""))


def test_every_colour_that_is_used_is_named() -> None:
    named_ones = set(re.findall(r"^  (--[\w-]+):", (PAGE / "css" / "tokens.css").read_text("utf-8"), re.MULTILINE))
    used = {name for path in STYLES for name in re.findall(r"var\((--[\w-]+)", path.read_text(encoding="utf-8"))}
    assert used <= named_ones
    assert named_ones <= used


def test_the_logo_is_a_drawing_and_no_program() -> None:
    for path in (PAGE / "icons").glob("*.svg"):
        tags = {each.tag.removeprefix(f"{{{NAMESPACE}}}") for each in ElementTree.parse(path).iter()}
        assert tags <= {"svg", "rect", "path", "circle"}
        assert path.stat().st_size < 4_000


def test_what_is_served_is_small() -> None:
    """The page is fetched over and over; its files need no build because they are few and short."""
    assert sum(path.stat().st_size for path in FILES) < 250_000


def test_git_ignores_none_of_it() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("this is no checkout")
    ignored = subprocess.run(["git", "check-ignore", *map(str, FILES)], cwd=ROOT, capture_output=True, text=True)
    assert not ignored.stdout
