from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.cepstra import RATE
from engine.recogniser import Recogniser
from tests.engine.speech_sounds import pcm, spoken

pytest.importorskip("pocketsphinx")

WORDS = [
    "the",
    "old",
    "keeper",
    "counts",
    "the",
    "boats",
    "in",
    "the",
    "harbour",
    "and",
    "nobody",
    "has",
    "ever",
    "asked",
    "him",
    "why",
]
"""What `spoken` says."""


@pytest.fixture(scope="module")
def recogniser() -> Recogniser:
    return Recogniser()


def sound() -> NDArray[np.int16]:
    import soxr  # type: ignore[import-untyped]  # it has no types

    audio = spoken(speaker="en-us")
    return pcm(soxr.resample(audio.samples, audio.rate, RATE))


def test_it_knows_words_by_their_spelling_and_learns_others_once() -> None:
    recogniser = Recogniser()
    assert recogniser.name("Keeper") == "keeper"
    assert recogniser.name("don\u2019t") == "don't"
    assert recogniser.learnt == 0
    assert recogniser.name("Quuxstraat") == recogniser.name("quuxstraat") != ""
    assert recogniser.learnt == 1


@pytest.mark.parametrize("word", ["", "x" * 101, "\u3000"])
def test_what_nobody_can_say_has_no_name(recogniser: Recogniser, word: str) -> None:
    assert recogniser.name(word) == ""


def test_it_hears_each_word_one_after_another(recogniser: Recogniser) -> None:
    heard = recogniser.hear(sound(), [recogniser.name(word) for word in WORDS], phones=True)
    assert heard is not None
    assert [word.name.partition("(")[0] for word in heard] == WORDS
    assert all(a.until <= b.first for a, b in pairwise(heard))
    assert [phone.name for phone in heard[1].phones] == ["OW", "L", "D"]
    assert all(word.phones[0].first == word.first and word.phones[-1].until == word.until for word in heard)
    assert all(-10 * (word.until - word.first) < word.score < 0 for word in heard)


def test_it_hears_the_first_words_where_more_are_said(recogniser: Recogniser) -> None:
    names = [recogniser.name(word) for word in [*WORDS, "since", "then"]]
    heard = recogniser.hear_some(sound(), names, 9)
    again = recogniser.hear_some(sound(), names, 9)
    whole = recogniser.hear(sound(), names[:-2])
    assert heard is not None and whole is not None
    assert heard == again
    assert [word.name for word in heard] == [word.name for word in whole[:9]]
    assert all(abs(a.first - b.first) <= 3 for a, b in zip(heard, whole, strict=False))
