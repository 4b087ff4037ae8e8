"""The page's modules one by one, in a browser but without a Mynah: what they make of what they are given."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

from tests.fakes.browsing import chromium
from tests.house.source import ROOT

ADDRESS = "http://page.test"
TYPES = {".js": "text/javascript", ".css": "text/css", ".html": "text/html", ".svg": "image/svg+xml"}
COMMANDS = [
    {
        "name": "speak",
        "summary": "Say a text in a voice.",
        "params": [
            {"name": "text", "kind": "text", "required": True, "instead": "file", "endings": []},
            {"name": "sample_rate", "kind": "choice", "required": False, "choices": ["auto", "8000"], "endings": []},
            {"name": "file", "kind": "file", "required": False, "endings": ["txt", "md"]},
        ],
    },
    {"name": "quota set", "summary": "Set it.", "params": [{"name": "metric", "kind": "choice", "required": True}]},
    {"name": "quota show", "summary": "Show it.", "params": []},
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def page(browser: Browser) -> Page:
    """A page of nothing, from which the modules can be imported."""

    def serve(route: Route) -> None:
        path = route.request.url.removeprefix(f"{ADDRESS}/app/")
        file = ROOT / "bot" / "web" / path
        if not file.is_file():
            route.fulfill(body="<!doctype html><title>Nothing</title>", content_type="text/html")
        else:
            route.fulfill(body=file.read_text("utf-8"), content_type=TYPES[Path(path).suffix])

    page = browser.new_page()
    page.route(f"{ADDRESS}/**", serve)
    page.goto(ADDRESS)
    return page


def call(page: Page, module: str, script: str, given: Any = None) -> Any:
    """Run a script with a module as `m` and what is given as `given`."""
    return page.evaluate(
        f"async (given) => {{ const m = await import('/app/js/{module}.js'); return {script}; }}", given
    )


def place(page: Page, line: str) -> Any:
    """Where the cursor is at the end of a line, without the commands themselves."""
    script = """(async () => {
        const { Commands } = await import('/app/js/commands.js');
        const found = m.placeIn(given.line, given.line.length, new Commands(given.commands));
        return found && { ...found, command: found.command?.name, param: found.param?.name, given: null };
    })()"""
    return call(page, "line", f"await {script}", {"line": line, "commands": COMMANDS})


@pytest.mark.parametrize(
    ("line", "stage"),
    [
        ("Hello", None),
        ("/sp", "command"),
        ("/quota s", "command"),
        ("/quota set ", "param"),
        ("/quota set metric=", "value"),
        ("/speak sam", "param"),
        ("/speak sample-rate=8", "value"),
        ("/speak Hello sam", None),
        ("/speak nothing=8", None),
    ],
)
def test_where_the_cursor_is_in_a_line(page: Page, line: str, stage: str | None) -> None:
    found = place(page, line)
    assert (found and found["stage"]) == stage


def test_a_value_in_quotes_is_one_value(page: Page) -> None:
    found = place(page, '/quota set metric="two words')
    assert (found["param"], found["typed"]) == ("metric", "two words")
    assert call(page, "line", "m.quoted(given)", "two words") == '"two words"'
    assert call(page, "line", "m.quoted(given)", "one") == "one"


def test_numbers_are_said_as_people_say_them(page: Page) -> None:
    assert call(page, "say", "given.map(m.clock)", [0, 7.9, 61, 3729]) == ["0:00", "0:07", "1:01", "1:02:09"]
    assert call(page, "say", "given.map(m.roughly)", [0, 0.2, 89, 90, 7200]) == ["0 s", "1 s", "89 s", "2 min", "2 h"]
    assert call(page, "say", "given.map(m.size)", [0, 999, 1000, 23_456_000]) == ["0 B", "999 B", "1.0 kB", "23 MB"]


def test_a_waveform_has_its_bars_however_many_peaks_there_are(page: Page) -> None:
    bars = "new m.Waveform(given).element.querySelector('.played').getAttribute('d').match(/M/g).length"
    assert {call(page, "waveform", bars, [0.5] * peaks) for peaks in (0, 1, 40, 96, 400)} == {96}


def test_words_light_up_one_after_another_and_a_long_text_is_shown_in_part(page: Page) -> None:
    words = [f"word{n}" for n in range(1000)]
    at, timed = 0, []
    for n, word in enumerate(words):
        timed.append({"start": n / 2, "end": n / 2 + 0.4, "text": word, "from": at, "to": at + len(word)})
        at += len(word) + 1
    info = {"text": " ".join(words), "words": timed}
    script = """(() => {
        const spoken = new m.SpokenWords(given, () => {});
        return [0.1, 0.6, 250, 499.9].map((at) => (spoken.show(at), spoken.element.querySelector('.lit').textContent));
    })()"""
    assert call(page, "spoken_words", script, info) == ["word0", "word1", "word500", "word999"]
    assert call(page, "spoken_words", "new m.SpokenWords(given, () => {}).element.children.length", info) < 400


def test_elements_are_made_of_text_only(page: Page) -> None:
    script = """(() => {
        const made = m.h('p.a.b', {title: given}, given, [null, false, given]);
        return [made.textContent, made.title, made.className, made.children.length];
    })()"""
    assert call(page, "dom", script, "<b>&") == ["<b>&<b>&", "<b>&", "a b", 0]


def test_the_likeliest_command_comes_first(page: Page) -> None:
    script = "new m.Commands(given).matching('/show').map((each) => each.name)"
    assert call(page, "commands", script, COMMANDS) == ["quota show"]
    script = "new m.Commands(given).taking('a.MD').map((each) => each.command.name)"
    assert call(page, "commands", script, COMMANDS) == ["speak"]
