"""A mirror on loopback with a small model in the published layout."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine.catalogue import Published, published
from tests.fakes.mirror import Mirror, serving, xtts_files


@pytest.fixture
def xtts() -> Published:
    return published()["xtts_v2"]


@pytest.fixture
def mirror(xtts: Published) -> Iterator[Mirror]:
    """A mirror that has the small model."""
    with serving() as served:
        served.publish(xtts, xtts_files())
        yield served
