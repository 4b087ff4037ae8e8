"""Takes the pictures of the page that the README shows: `python -m docs.screenshots`, into docs/screenshots/.

They are of a real Mynah on an empty data folder, seen by Chromium, by day, by night and on a phone. A voice is cloned
where real speech lies beside the checkout (../shared/speech); without it those two pictures stay as they are.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Browser

from bench import spoken
from engine.clean import keep
from engine.speech import Audio
from tests.fakes.browsing import Site, Tab, chromium, site

FOLDER = Path(__file__).with_name("screenshots")
DESK: Mapping[str, Any] = {"viewport": {"width": 1200, "height": 780}}
PHONE: Mapping[str, Any] = {"viewport": {"width": 360, "height": 740}, "device_scale_factor": 2, "has_touch": True}
WRITTEN = "Good evening. A mynah hears a voice once, and then it says whatever you write."
READER = "1688"
"""Whose recording is cloned: a reader of LibriSpeech."""
PEOPLE = ("Ada", "Bob", "Grace", "Linus")
"""Who else has used it, for the owner's view."""


def main() -> None:
    """Take all of them."""
    FOLDER.mkdir(exist_ok=True)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        browser = stack.enter_context(chromium())
        mynah = stack.enter_context(site(folder, engine__name="auto"))
        for name in _taken(mynah, browser, folder):
            print(FOLDER / f"{name}.png", file=sys.stderr)


def _taken(mynah: Site, browser: Browser, folder: Path) -> Iterator[str]:
    """Take one picture after another; yield the name of each."""
    first = mynah.enter(browser, color_scheme="light", **DESK)
    yield _take(first, "empty-light")
    _talk(first)
    for scheme in ("light", "dark"):
        tab = mynah.enter(browser, color_scheme=scheme, **DESK)
        _hear(tab)
        yield _take(tab, f"chat-{scheme}")
        tab.goes_to("voices").locator("li.voice").first.wait_for()
        yield _take(tab, f"voices-{scheme}")
        tab.goes_to("owner").locator("svg.chart").first.wait_for()
        yield _take(tab, f"owner-{scheme}")
        tab.close()
    phone = mynah.enter(browser, color_scheme="light", **PHONE)
    _hear(phone)
    yield _take(phone, "phone-light")
    phone.close()
    yield from _forms(first)
    if spoken.SPEECH.is_dir():
        yield from _clone(first, folder)
    first.close()
    gate = Tab(browser.new_context(color_scheme="dark", **DESK), mynah.url)
    gate.page.goto(mynah.url)
    gate.page.locator("main.gate").wait_for()
    yield _take(gate, "gate-dark")
    gate.close()


def _talk(tab: Tab) -> None:
    """Say some things, so that there is something to be seen."""
    tab.says("/speak voice=de Guten Abend.")
    tab.says(WRITTEN)


def _hear(tab: Tab) -> None:
    """Show the last answer as it looks while its sound is played."""
    words = tab.page.locator(".spoken").last.locator("span")
    words.first.wait_for()
    words.nth(6).click()
    tab.page.locator(".seek").last.press("Space")
    tab.page.locator(".spoken span.lit").first.wait_for()
    tab.page.locator(".seek").last.press("Space")
    tab.page.locator("body").evaluate("() => document.activeElement.blur()")


def _forms(tab: Tab) -> Iterator[str]:
    """The form of a command, and what is offered while one writes."""
    tab.composer.press_sequentially("/voices ")
    tab.page.locator(".option").first.wait_for()
    yield _take(tab, "completion-light")
    tab.composer.fill("")
    tab.page.keyboard.press("Control+k")
    tab.page.get_by_role("searchbox").fill("speak")
    tab.page.keyboard.press("Enter")
    tab.page.locator("dialog form").wait_for()
    yield _take(tab, "form-light")
    tab.page.keyboard.press("Escape")


def _clone(tab: Tab, folder: Path) -> Iterator[str]:
    """The report card of a recording, and the question whether its person agrees."""
    recording = folder / "ada.wav"
    names = [f"{READER}-142285-000{number}" for number in (0, 3, 6)]
    sound = np.concatenate([spoken.utterance(name) for name in names])
    keep(Audio(samples=sound, rate=spoken.RATE), recording)
    tab.page.locator(".composer input[type=file]").set_input_files(recording)
    tab.page.get_by_role("dialog").get_by_role("button", name="/clone").click()
    form = tab.page.get_by_role("dialog")
    form.get_by_role("textbox", name="Name").fill("Ada")
    card = tab.answer_to(form.get_by_role("button", name="Clone").click)
    tab.until("document.querySelector('.picture img').naturalWidth > 0")
    card.scroll_into_view_if_needed()
    yield _take(tab, "report-card-light")
    asked = tab.answer_to(card.get_by_role("button", name="It is my voice").click)
    asked.scroll_into_view_if_needed()
    yield _take(tab, "consent-light")


def _take(tab: Tab, name: str) -> str:
    """Take a picture, once nothing moves any more."""
    tab.page.wait_for_timeout(400)
    tab.page.screenshot(path=FOLDER / f"{name}.png", animations="disabled", caret="hide")
    return name


if __name__ == "__main__":
    main()
