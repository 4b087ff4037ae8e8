"""What the tests of the quota and of the queue begin with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.places import Place
from tests.storage.books import Books


@pytest.fixture
def books(template: Path) -> Iterator[Books]:
    opened = Books(template)
    yield opened
    opened.check()
    opened.close()


@pytest.fixture
def ada(books: Books) -> int:
    return books.person("ada")


@pytest.fixture
def place(books: Books) -> Place:
    return books.place()
