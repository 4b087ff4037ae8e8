"""What holds for every platform: each says how it shows what there is, and its answers come from the declarations."""

from __future__ import annotations

import inspect

import pytest

from bot import platforms
from bot.adapter import Adapter
from bot.cli_adapter.terminal import Terminal
from bot.features import Feature

KINDS: list[type[Adapter]] = [
    *(kind for name in platforms.names() if (kind := platforms.find(name)) is not None),
    Terminal,
]


def test_the_platforms_are_found_by_being_there() -> None:
    assert {kind.name for kind in KINDS} >= {"discord", "telegram", "terminal"}
    assert len({kind.name for kind in KINDS}) == len(KINDS)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: str(kind.name))
def test_each_says_how_it_shows_every_feature(kind: type[Adapter]) -> None:
    assert set(kind.shows) == set(Feature)
    for words in kind.shows.values():
        assert 0 < len(words) <= 240 and "\n" not in words and not words.endswith("."), words


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: str(kind.name))
def test_each_can_carry_something(kind: type[Adapter]) -> None:
    assert kind.limits.text >= 1_000 and kind.limits.file_bytes >= 1_000_000 and 1 <= kind.limits.sends <= 100
    assert 0 < kind.pace <= 10
    assert not inspect.isabstract(kind)
