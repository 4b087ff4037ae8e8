"""A person before a browser: a Mynah with its page in a thread of its own, and Chromium to look at it.

The browser is driven from the test's own thread, so that a test reads as what somebody does and sees, in turn.
"""

from __future__ import annotations

import asyncio
import shutil
import threading
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, TypeVar

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # it comes without types
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, sync_playwright

from tests.fakes.pages import Paged, paged

T = TypeVar("T")

PATIENCE = 60.0
"""Seconds after which what has not come will not come, on a machine that has much else to do."""
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--mute-audio")
AUTOPLAY = "--autoplay-policy=no-user-gesture-required"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
"""What axe looks for."""
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")

LAST = """(done) => Math.max(0, ...[...document.querySelectorAll('li.message')]
    .filter((each) => !done || (each.matches('.from-mynah:not([hidden])') && !each.querySelector('.ticket')))
    .map((each) => Number(each.dataset.id)))"""
"""The number of the last message; if `done`, of the last answer that is no ticket."""


class Site:
    """A Mynah with its page, in a thread of its own."""

    def __init__(self, tmp_path: Path, **settings: Any) -> None:
        self._tmp_path = tmp_path
        self._settings = settings
        self._up = threading.Event()
        self._trouble: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="the site", daemon=True)
        self._state: Any = None
        self.paged: Paged
        self.loop: asyncio.AbstractEventLoop

    def start(self) -> None:
        """Start it; returns when it listens."""
        self._thread.start()
        assert self._up.wait(PATIENCE), "it does not come up"
        if self._trouble:
            raise self._trouble

    def stop(self) -> None:
        """Stop it, in order."""
        self.loop.call_soon_threadsafe(self._over.set)
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive(), "it does not stop"

    def call(self, work: Callable[[Paged], Coroutine[Any, Any, T]]) -> T:
        """Do something in its thread, and return what came of it."""
        return asyncio.run_coroutine_threadsafe(work(self.paged), self.loop).result(PATIENCE)

    @property
    def url(self) -> str:
        """Where the page is."""
        return self.paged.url

    def link(self) -> str:
        """An address that lets one in, once."""
        return self.call(lambda paged: paged.page.link())

    def enter(self, browser: Browser, **options: Any) -> Tab:
        """Open the page as its owner, who came in by a link before; options are those of a browser's context."""
        context = browser.new_context(storage_state=self._state, **options)
        tab = Tab(context, self.url)
        tab.page.goto(self.url if self._state else self.link())
        tab.page.locator(".scroller[aria-busy=false]").wait_for(state="attached")
        self._state = self._state or context.storage_state()
        return tab

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:
            self._trouble = error
            self._up.set()

    async def _serve(self) -> None:
        self.loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        async with paged(self._tmp_path, **self._settings) as self.paged:
            self._up.set()
            await self._over.wait()


class Tab:
    """One tab, and what went wrong in it that nobody sees."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        context.set_default_timeout(PATIENCE * 1000)
        self.page: Page = context.new_page()
        self.url = url
        self.complaints: list[str] = []
        """What the browser has said to its console: script errors, and what the page's policy forbids."""
        self.foreign: list[str] = []
        """Addresses elsewhere that the page has asked for."""
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda asked: self._note(asked.url))

    def _hear(self, told: ConsoleMessage) -> None:
        if told.type == "error":
            self.complaints.append(told.text)

    def _note(self, address: str) -> None:
        if not address.startswith((self.url, "blob:", "data:")):
            self.foreign.append(address)

    @property
    def composer(self) -> Locator:
        """Where one writes."""
        return self.page.locator("#composer")

    def says(self, line: str) -> Locator:
        """Write something, send it, and return the answer to it, once it is there."""
        self.composer.fill(line)
        return self.answer_to(lambda: self.composer.press("Enter"))

    def answer_to(self, doing: Callable[[], object]) -> Locator:
        """Do something, and return what Mynah says to it, once it is all there."""
        before = self.page.evaluate(LAST, False)
        doing()
        self.until(f"(before) => ({LAST})(true) > before", before)
        return self.page.locator(f'li.message[data-id="{self.page.evaluate(LAST, True)}"]')

    def until(self, expression: str, given: object = None) -> None:
        """Wait until a script says yes. Playwright's own way would have the page evaluate text, which it may not."""
        deadline = time.monotonic() + PATIENCE
        while not self.page.evaluate(expression, given):
            assert time.monotonic() < deadline, expression
            self.page.wait_for_timeout(20)

    def goes_to(self, view: str) -> Locator:
        """Go to a view, and return it."""
        self.page.locator(f'nav a[href="#{view}"]').click()
        found = self.page.locator(f"section.{view}")
        found.wait_for()
        return found

    def violations(self) -> list[str]:
        """What axe finds wrong for those who cannot see well, by day and by night: each rule, and what breaks it."""
        told = []
        for scheme in SCHEMES:
            self.page.emulate_media(color_scheme=scheme)
            for each in Axe().run(self.page, options=RULES).response["violations"]:
                told.append(f"{scheme}: {each['id']}: {', '.join(str(node['target']) for node in each['nodes'])}")
        self.page.emulate_media(color_scheme=SCHEMES[0])
        return told

    def close(self) -> None:
        """Close it."""
        self.page.context.close()


@contextmanager
def site(tmp_path: Path, **settings: Any) -> Iterator[Site]:
    """Run a Mynah with its page; settings are given as `web__upload_mb=2`."""
    made = Site(tmp_path, **settings)
    made.start()
    try:
        yield made
    finally:
        made.stop()


@contextmanager
def chromium(*flags: str) -> Iterator[Browser]:
    """Start Debian's Chromium; a test that wants it where it is not there is passed over."""
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("chromium is not installed")
    with sync_playwright() as playwright:
        arguments: Sequence[str] = (*FLAGS, AUTOPLAY, *flags)
        browser = playwright.chromium.launch(executable_path=program, args=list(arguments))
        try:
            yield browser
        finally:
            browser.close()
