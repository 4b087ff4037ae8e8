"""What the acceptance tests share: the program, the page before a browser, and things to say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.acceptance.books import BOOK, chapter
from tests.acceptance.program import Program

if TYPE_CHECKING:  # what drives a browser is imported where one is started
    from playwright.sync_api import Browser

    from tests.fakes.browsing import Site, Tab


@pytest.fixture
def mynah(tmp_path: Path) -> Program:
    """The program, with an empty data folder."""
    return Program(tmp_path)


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A Mynah with its page, for all tests of a file."""
    from tests.fakes.browsing import site

    with site(tmp_path_factory.mktemp("page")) as running:
        yield running


@pytest.fixture(scope="module")
def flags() -> Sequence[str]:
    """What the browser is started with; a file that needs more has a fixture of that name."""
    return ()


@pytest.fixture(scope="module")
def browser(flags: Sequence[str]) -> Iterator[Browser]:
    """Chromium, for all tests of a file."""
    from tests.fakes.browsing import chromium

    with chromium(*flags) as started:
        yield started


@pytest.fixture
def options() -> Mapping[str, Any]:
    """Who opens the tab, in Playwright's words; a file that wants somebody else has a fixture of that name."""
    return {}


@pytest.fixture
def tab(here: Site, browser: Browser, options: Mapping[str, Any]) -> Iterator[Tab]:
    """The page, opened; when it is closed, nothing may have gone wrong in it unseen."""
    opened = here.enter(browser, **options)
    yield opened
    opened.close()
    assert not opened.complaints
    assert not opened.foreign


@pytest.fixture(scope="session")
def long_text() -> str:
    """A text that takes the engine a second or so: long enough to be seen under way, and to be cut off."""
    sentences = (f"This is sentence number {n}, and it is not the last of them." for n in range(260))
    return " ".join(sentences)


@pytest.fixture(scope="session")
def book_chapter() -> str:
    """A chapter of The Time Machine."""
    if not BOOK.exists():
        pytest.skip(f"{BOOK} is not there")
    return chapter(BOOK, 3)
