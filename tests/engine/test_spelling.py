# ruff: noqa: RUF001  # letters and sounds of many scripts are what it is about

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.spelling import parts


@pytest.mark.parametrize(
    ("tag", "syllables", "wanted"),
    [
        ("en", "l ɪ t|əl", "lit-tle"),
        ("en", "ɛ k|s t ɹ ə", "ex-tra"),
        ("en", "k ʊ d|ə n t", "could-n't"),
        ("en", "d ɔː|t ə", "daugh-ter"),
        ("fr", "b a|l ɔ̃", "bal-lon"),
        ("es", "k a|ʎ e", "ca-lle"),
        ("it", "f a|m i|ʎ a", "fa-mi-glia"),
        ("ru", "v t o r|nʲ i k", "втор-ник"),
        ("ja", "ɡ a k|k o|o", "がっ-こ-う"),
        ("ko", "k a m|s a", "감-사"),
        ("en", "s t ɹ ɛ ŋ θ", "strength"),
        ("en", "θ ɹ iː", "3"),
    ],
)
def test_letters_go_with_their_sounds(tag: str, syllables: str, wanted: str) -> None:
    sounds = [syllable.split() for syllable in syllables.split("|")]
    assert parts(wanted.replace("-", ""), sounds, tag) == tuple(wanted.split("-"))


@pytest.mark.parametrize(
    ("word", "syllables"),
    [
        ("John", "dʒ ɒ n|p ɔː l"),
        ("Dr", "d ɒ k|t ə"),
        ("42", "f ɔː|t i|t uː"),
        ("R&D", "ɑː|ɹ ə n|d iː"),
        ("东京市", "d ʊ ŋ|tɕ i ŋ"),
        ("東京は", "t oː|k j oː|w a"),
        ("سلام", "s a|l aː m"),
        ("cat", "e|l ə|f ə n t"),
        ("", "a|b a"),
        ("x" * 61, "a|b a"),
    ],
)
def test_where_letters_do_not_go_with_the_sounds_nothing_is_guessed(word: str, syllables: str) -> None:
    assert parts(word, [syllable.split() for syllable in syllables.split("|")], "en") is None


SOUND = st.sampled_from(["a", "t", "əl", "ɚ", "s", "j", "ŋ", "?"])
SOUNDS = st.lists(st.lists(SOUND, min_size=1, max_size=4), max_size=5)


@given(st.text(st.sampled_from("atlersxj'-йßé\u0301字か한١ "), max_size=10), SOUNDS)
def test_parts_are_as_many_as_syllables_and_together_the_word(word: str, syllables: list[list[str]]) -> None:
    found = parts(word, syllables, "en")
    if found is not None:
        assert len(found) == len(syllables)
        assert "".join(found) == word
        assert all(found)
