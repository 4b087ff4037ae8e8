from __future__ import annotations

import numpy as np
import pytest

from engine.conversion.pairs import words_of
from engine.conversion.understanding import SENTENCES, distance, errors


@pytest.mark.parametrize(
    ("one", "other", "count"),
    [
        ("", "", 0),
        ("a b c", "a b c", 0),
        ("a b c", "", 3),
        ("", "a b", 2),
        ("a b c", "a x c", 1),
        ("a b c", "a c", 1),
        ("a b c", "a b x c", 1),
        ("a b c d", "b c d e", 2),
        ("the boats wait", "the goats wade", 2),
    ],
)
def test_words_are_counted_that_are_wrong_missing_or_too_many(one: str, other: str, count: int) -> None:
    assert distance(one.split(), other.split()) == count
    assert distance(other.split(), one.split()) == count


def test_of_silence_every_word_is_misheard() -> None:
    silence = np.zeros(16_000, np.float32)
    assert errors([(sentence, silence) for sentence in SENTENCES[:4]]) == 1.0


def test_the_sentences_are_long_enough_to_count_on() -> None:
    assert sum(len(words_of(sentence)) for sentence in SENTENCES) >= 60
