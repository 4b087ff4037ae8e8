"""All the files that intake has to stand."""

from __future__ import annotations

import functools

from tests.hostile_audio import bombs, headers, honest, polyglots, texts
from tests.hostile_audio.case import Case


@functools.cache
def corpus() -> tuple[Case, ...]:
    """Every file, each with a name of its own."""
    found = tuple(each for part in (texts, headers, bombs, polyglots, honest) for each in part.cases())
    assert len({each.name for each in found}) == len(found)
    return found
