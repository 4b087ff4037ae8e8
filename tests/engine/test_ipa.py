# ruff: noqa: RUF001  # sounds are what it is about

from __future__ import annotations

import pytest

from engine.ipa import is_nucleus


@pytest.mark.parametrize("sound", ["a", "iː", "aɪə", "əl", "ɑ̃", "n̩", "r̩", "ø", "o̞", "ɚ", "ˈɛ"])
def test_vowels_and_syllabic_consonants_are_nuclei(sound: str) -> None:
    assert is_nucleus(sound)


@pytest.mark.parametrize("sound", ["t", "tʃ", "ŋ", "j", "ʲ", "ɪ̯", "l", "˥", "5", "", "ˈ"])
def test_consonants_glides_and_tones_are_none(sound: str) -> None:
    assert not is_nucleus(sound)
