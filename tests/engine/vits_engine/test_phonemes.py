"""Phonemes without the program that the library runs."""

from __future__ import annotations

import shutil

import pytest

from tests.engine.vits_engine import tiny

if tiny.why_not():
    pytest.skip(tiny.why_not(), allow_module_level=True)

from engine.vits_engine.phonemes import Espeak

TEXTS = ("Printing, in the only sense with which we are at present concerned!", "Read this: the boats are 7 (seven).")


def test_punctuation_stays_where_it_is() -> None:
    made = Espeak("en-us").phonemize("Hello, world!", separator="")
    assert made.startswith("h") and ", " in made and made.endswith("!")


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="the program espeak-ng is not installed")
@pytest.mark.parametrize("text", TEXTS)
def test_they_are_those_of_the_program(text: str) -> None:
    from TTS.tts.utils.text.phonemizers import ESpeak

    assert Espeak("en").phonemize(text, separator="") == ESpeak("en").phonemize(text, separator="")


def test_what_is_read_by_another_language_leaves_no_mark() -> None:
    assert "(" not in Espeak("fr-fr").phonemize("Un football", separator="")


def test_languages_are_known_by_the_librarys_names() -> None:
    assert Espeak("zh-cn").language == "cmn" and Espeak("en").language == "en-us"
    with pytest.raises(RuntimeError, match="not supported"):
        Espeak("tlh-xx")
