from __future__ import annotations

import numpy as np
import pytest

from engine.conversion.pairs import find, inside, pair, words_of
from engine.recogniser import Heard, Phone, Recogniser
from tests.engine.conversion.voices import HIGH, LOW, apart, said

TEXT = "The boats wait in the harbour until the evening."


def word(name: str, *phones: Phone) -> Heard:
    return Heard(name=name, first=phones[0].first, until=phones[-1].until, score=0.0, phones=phones)


def test_words_are_letters_in_lower_case() -> None:
    assert words_of("It\u2019s 5 o'clock \u2013 Ada's, no?") == ["it's", "o'clock", "ada's", "no"]


def test_frames_are_paired_phone_by_phone_evenly() -> None:
    one = [word("go", Phone("G", 10, 12), Phone("OW", 12, 16))]
    other = [word("go", Phone("G", 0, 4), Phone("OW", 4, 6))]
    found = pair(one, other)
    assert found[:4].tolist() == [[20, 0], [21, 2], [22, 4], [23, 6]]
    assert found[4:].tolist() == [[24 + step, 8 + step // 2] for step in range(8)]


def test_what_is_not_said_alike_is_left_out() -> None:
    one = [word("a", Phone("AH", 0, 5)), word("b", Phone("B", 5, 6), Phone("IY", 6, 9)), word("c", Phone("S", 9, 30))]
    other = [word("a", Phone("EY", 0, 5)), word("b", Phone("B", 5, 12), Phone("IY", 12, 14))]
    assert pair(one, other).tolist() == [[12 + step, 24 + step * 4 // 6] for step in range(6)]
    assert pair([], other).shape == (0, 2)


def test_what_lies_behind_the_end_is_left_out() -> None:
    pairs = np.array([[0, 0], [5, 9], [9, 5]])
    assert inside(pairs, 6, 9).tolist() == [[0, 0]]


def test_two_voices_that_say_the_same_are_paired_nearly_everywhere() -> None:
    recogniser = Recogniser()
    found = [find(recogniser, said(speaker, TEXT), words_of(TEXT)) for speaker in (LOW, HIGH)]
    assert [len(each) for each in found] == [len(words_of(TEXT))] * 2
    pairs = inside(pair(*found), len(apart(LOW, TEXT).pitch), len(apart(HIGH, TEXT).pitch))
    assert len(pairs) > 0.6 * apart(LOW, TEXT).speech.sum()
    near = np.abs(pairs[:, 0] - pairs[:, 1])
    assert np.median(near) < 20


@pytest.mark.parametrize("words", [[], ["harbour"]])
def test_words_that_are_not_there_are_not_found(words: list[str]) -> None:
    assert find(Recogniser(), np.zeros(16_000, np.float32), words) == ()
