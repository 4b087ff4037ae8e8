"""What the house's rules are held against is read once for all of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.house.source import forget


@pytest.fixture(scope="module", autouse=True)
def once() -> Iterator[None]:
    """Keep what was understood of files for the tests of a file, and no longer."""
    yield
    forget()
