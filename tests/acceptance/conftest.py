"""What the acceptance tests share: the program, and things to say."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance.books import BOOK, chapter
from tests.acceptance.program import Program


@pytest.fixture
def mynah(tmp_path: Path) -> Program:
    """The program, with an empty data folder."""
    return Program(tmp_path)


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
